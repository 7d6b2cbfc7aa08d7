using System.Buffers.Text;

namespace Tunduk.Evidence.Soap;

/// <summary>A message with everything but the signature value: sign <see cref="SignedInfo"/>, then <see cref="Complete"/>.</summary>
public sealed class PreparedSoapSignature
{
    private readonly byte[] before;
    private readonly byte[] after;

    internal PreparedSoapSignature(
        byte[] before, byte[] after, byte[] signedInfo, SoapExchange exchange, IReadOnlyList<SoapCoveredPart> covered)
    {
        this.before = before;
        this.after = after;
        SignedInfo = signedInfo;
        Exchange = exchange;
        Covered = covered;
    }

    /// <summary>The canonical SignedInfo: the bytes to hash and sign by the input's algorithm.</summary>
    public ReadOnlyMemory<byte> SignedInfo { get; }

    /// <summary>What the message's Exchange block says.</summary>
    public SoapExchange Exchange { get; }

    /// <summary>What the signature covers.</summary>
    public IReadOnlyList<SoapCoveredPart> Covered { get; }

    /// <summary>The signed message. Outside of the inserted pieces its bytes are those of the source.</summary>
    /// <param name="signatureValue">The signature over <see cref="SignedInfo"/>; ECDSA as r and s joined.</param>
    public byte[] Complete(ReadOnlySpan<byte> signatureValue)
    {
        if (signatureValue.IsEmpty)
        {
            throw new ArgumentException("A signature value is needed.", nameof(signatureValue));
        }

        int encoded = Base64.GetMaxEncodedToUtf8Length(signatureValue.Length);
        byte[] message = GC.AllocateUninitializedArray<byte>(before.Length + encoded + after.Length);
        before.CopyTo(message, 0);
        Base64.EncodeToUtf8(signatureValue, message.AsSpan(before.Length), out _, out int written);
        after.CopyTo(message, before.Length + written);
        return message;
    }
}

namespace Tunduk.Evidence.Http;

/// <summary>A message with everything but the signature: sign <see cref="SignatureBase"/>, then <see cref="Complete"/>.</summary>
public sealed class PreparedHttpSignature
{
    private readonly string label;
    private readonly List<HttpHeaderField> headers;

    internal PreparedHttpSignature(string label, byte[] signatureBase, List<HttpHeaderField> headers, IReadOnlyList<string> covered)
    {
        this.label = label;
        this.headers = headers;
        SignatureBase = signatureBase;
        Covered = covered;
    }

    /// <summary>The bytes to hash and sign. With <c>outbound: detached</c> they are the content of the archived CMS signature.</summary>
    public ReadOnlyMemory<byte> SignatureBase { get; }

    /// <summary>What the signature covers, as component identifiers.</summary>
    public IReadOnlyList<string> Covered { get; }

    /// <summary>
    /// The header fields to set on the message, each in place of every field of that name. Content-Type is among them, canonically
    /// spelled, where the message has one.
    /// </summary>
    /// <param name="signatureValue">The signature over <see cref="SignatureBase"/>; ECDSA as r and s joined.</param>
    public IReadOnlyList<HttpHeaderField> Complete(ReadOnlySpan<byte> signatureValue)
    {
        if (signatureValue.IsEmpty)
        {
            throw new ArgumentException("A signature value is needed.", nameof(signatureValue));
        }

        return
        [
            .. headers,
            new HttpHeaderField(HttpSignatureNames.Signature, string.Concat(label, "=:", Convert.ToBase64String(signatureValue), ":")),
        ];
    }
}

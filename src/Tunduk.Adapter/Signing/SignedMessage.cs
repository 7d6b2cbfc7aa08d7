using System.Security.Cryptography;
using Tunduk.Adapter.Exchange;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Signing;

/// <summary>A message of ours, ready to leave.</summary>
internal sealed class SignedMessage(ReadOnlyMemory<byte> envelope, SoapHeaders headers, ReadOnlyMemory<byte> signatureValue, ReadOnlyMemory<byte> detached, SigningKey key)
{
    private byte[]? sha512;

    /// <summary>The bytes that leave.</summary>
    public ReadOnlyMemory<byte> Envelope { get; } = envelope;

    /// <summary>Its X-Road headers.</summary>
    public SoapHeaders Headers { get; } = headers;

    /// <summary>The embedded signature's value, which an answer confirms; empty when detached.</summary>
    public ReadOnlyMemory<byte> SignatureValue { get; } = signatureValue;

    /// <summary>CMS signature over <see cref="Envelope"/>; empty when embedded.</summary>
    public ReadOnlyMemory<byte> Detached { get; } = detached;

    /// <summary>SHA-512 of <see cref="Envelope"/>: the value the request hash in the answer must have.</summary>
    public ReadOnlyMemory<byte> Sha512 => sha512 ??= SHA512.HashData(Envelope.Span);

    /// <summary>What the archive keeps.</summary>
    public MessageRecord ToRecord(FilteredBody body) => new()
    {
        Body = body.Json,
        Envelope = Envelope,
        DetachedSignature = Detached,
        Removed = body.Removed,
        RemovedAfterReceipt = false,
        Signature = Detached.IsEmpty ? SignatureStatus.OwnEmbedded : SignatureStatus.OwnDetached,
        CertificateSha256 = key.CertificateSha256,
    };
}

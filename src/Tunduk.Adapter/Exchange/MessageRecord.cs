using Tunduk.Adapter.Filtering;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>What the archive is to keep of one message.</summary>
internal sealed record MessageRecord
{
    /// <summary>The body as JSON after filtering: every leaf becomes a value of its own.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The envelope: as sent, or as received. Kept whole only where nothing had to be removed from it.</summary>
    public required ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>Content type of the envelope.</summary>
    public string MediaType { get; init; } = "text/xml; charset=utf-8";

    /// <summary>Detached signature over <see cref="Envelope"/> (CMS), if that is how it is signed.</summary>
    public ReadOnlyMemory<byte> DetachedSignature { get; init; }

    /// <summary>The message's signature header and <c>ta:Exchange</c>, kept where the envelope itself cannot be.</summary>
    public ReadOnlyMemory<byte> SignatureParts { get; init; }

    /// <summary>What was removed, by name.</summary>
    public IReadOnlyList<RemovedField> Removed { get; init; } = [];

    /// <summary>True when fields were removed from the envelope after it was received, so that it may not be kept.</summary>
    public bool RemovedAfterReceipt { get; init; }

    public SignatureStatus Signature { get; init; }

    /// <summary>SHA-256 of the signer's certificate, or empty.</summary>
    public ReadOnlyMemory<byte> CertificateSha256 { get; init; }

    /// <summary>X-Road fault code, where the message is a fault.</summary>
    public string? FaultCode { get; init; }
}

using Tunduk.Adapter.Attachments;
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

    /// <summary>What <see cref="DetachedSignature"/> is over where that is not the message itself (REST: the signature base).</summary>
    public ReadOnlyMemory<byte> SignatureBase { get; init; }

    /// <summary>The message's signature header and <c>ta:Exchange</c>, kept where the envelope itself cannot be.</summary>
    public ReadOnlyMemory<byte> SignatureParts { get; init; }

    /// <summary>The answer as it is given, to be given again to repeats; empty where none are answered.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>What was removed, by name.</summary>
    public IReadOnlyList<RemovedField> Removed { get; init; } = [];

    /// <summary>True when fields were removed from the envelope after it was received, so that it may not be kept.</summary>
    public bool RemovedAfterReceipt { get; init; }

    public SignatureStatus Signature { get; init; }

    /// <summary>SHA-256 of the signer's certificate, or empty.</summary>
    public ReadOnlyMemory<byte> CertificateSha256 { get; init; }

    /// <summary>SHA-256 of the sender's latest checkpoint as its signature covers it: this archive is then an anchor of the sender's.</summary>
    public ReadOnlyMemory<byte> PeerCheckpoint { get; init; }

    /// <summary>The message with its attachments, where it has any.</summary>
    public MultipartMessage? Multipart { get; init; }

    /// <summary>A REST body on disk; null where it is in <see cref="Envelope"/>.</summary>
    public SpooledBody? Spooled { get; init; }

    /// <summary>Values beside the body: a REST message's path and query, as JSON.</summary>
    public ReadOnlyMemory<byte> Address { get; init; }

    /// <summary>Largest single piece a security server would log, in bytes.</summary>
    public long LargestPart => Math.Max(Math.Max(Envelope.Length, Spooled?.Length ?? 0), Multipart?.Parts.Select(part => part.Length).DefaultIfEmpty().Max() ?? 0);

    /// <summary>X-Road fault code, where the message is a fault.</summary>
    public string? FaultCode { get; init; }
}

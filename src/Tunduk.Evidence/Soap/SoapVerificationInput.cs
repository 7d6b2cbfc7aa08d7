using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Soap;

/// <summary>What a signature is held against.</summary>
public sealed record SoapVerificationInput
{
    /// <summary>Which way the message came.</summary>
    public required SoapDirection Direction { get; init; }

    /// <summary>Who may sign.</summary>
    public required SignerTrust Trust { get; init; }

    /// <summary>The moment of receipt.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>
    /// Responses: the request they must answer. Null in requests, and for a response read later from an archive alone, whose
    /// binding is then reported but not compared.
    /// </summary>
    public required SoapRequestBinding? Request { get; init; }

    /// <summary>Every X-Road header as the application read it, except <c>requestHash</c>.</summary>
    public IReadOnlyList<SoapHeaderValue> Headers { get; init; } = [];

    /// <summary>Attachments as received.</summary>
    public IReadOnlyList<SoapAttachmentDigest> Attachments { get; init; } = [];

    /// <summary>
    /// The message as this side knows it was signed: an own copy, or the sandbox's. A digest that does not fit is then explained
    /// with path and offset of the first difference; nothing else depends on it.
    /// </summary>
    public Tunduk.Xml.XmlTape? SecondForm { get; init; }

    /// <summary>How far clocks may differ. Default 60 s.</summary>
    public TimeSpan AllowedSkew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Longest time from Created to Expires. Default 1 h.</summary>
    public TimeSpan MaximumLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>SHA-256 of own signing certificates: their signatures are copies of ours, unless pinned as the peer's.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OwnCertificates { get; init; } = [];
}

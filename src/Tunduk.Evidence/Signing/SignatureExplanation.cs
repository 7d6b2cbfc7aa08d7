namespace Tunduk.Evidence.Signing;

/// <summary>
/// Where and how a verification failed, within what may be shown: names, algorithms, lengths, counts, seconds. Never text of the
/// message and never a digest. Full detail is for the own information system; a counterparty gets the code.
/// </summary>
public sealed record SignatureExplanation
{
    /// <summary>Element, attribute, header, component or parameter by name; of foreign names in REST only the length.</summary>
    public string? Element { get; init; }

    /// <summary>Line of the element, from 1; SOAP alone.</summary>
    public int? Line { get; init; }

    /// <summary>Algorithm by its identifier if the project knows it; otherwise its length in bytes.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Transform applied; SOAP alone.</summary>
    public string? Transform { get; init; }

    /// <summary>Bytes of the canonical form that was hashed; SOAP alone.</summary>
    public int? CanonicalLength { get; init; }

    /// <summary>Bytes of the signature base (RFC 9421 §2.5); REST alone.</summary>
    public int? BaseLength { get; init; }

    /// <summary>Seconds past the allowed moment, the allowed skew not subtracted.</summary>
    public double? SkewSeconds { get; init; }

    /// <summary>Count found, where a count is the fault.</summary>
    public int? Found { get; init; }

    /// <summary>Serial number of the certificate.</summary>
    public string? CertificateSerial { get; init; }

    /// <summary>Serial numbers of the chain that was found, from the certificate up, each with its fault.</summary>
    public string? Chain { get; init; }

    /// <summary>Where a second form is at hand: path of the innermost element that differs, by names and positions; SOAP alone.</summary>
    public string? Path { get; init; }

    /// <summary>Where a second form is at hand: offset of the first byte that differs, in the canonical form or the value.</summary>
    public int? DiffersAt { get; init; }

    /// <summary>Length of the value the message should have had, where lengths differ.</summary>
    public long? ExpectedLength { get; init; }

    /// <summary>Length of the value found.</summary>
    public long? FoundLength { get; init; }
}

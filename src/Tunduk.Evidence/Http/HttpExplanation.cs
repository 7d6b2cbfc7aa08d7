namespace Tunduk.Evidence.Http;

/// <summary>
/// Where and how a verification failed, within what may be shown: names of the profile, algorithms, lengths, counts, seconds. Never
/// text of the message and never a digest. Full detail is for the own information system; a counterparty gets the code.
/// </summary>
public sealed record HttpExplanation
{
    /// <summary>Component, header, parameter or label by name; of foreign names only the length.</summary>
    public string? Element { get; init; }

    /// <summary>Algorithm by its registered name if the project knows it; otherwise its length.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Bytes of the signature base.</summary>
    public int? BaseLength { get; init; }

    /// <summary>Seconds past the allowed moment, the allowed skew not subtracted.</summary>
    public double? SkewSeconds { get; init; }

    /// <summary>Count found, where a count is the fault.</summary>
    public int? Found { get; init; }

    /// <summary>Serial number of the certificate.</summary>
    public string? CertificateSerial { get; init; }

    /// <summary>Serial numbers of the chain that was found, from the certificate up, each with its fault.</summary>
    public string? Chain { get; init; }

    /// <summary>Length of the value this side has, where two differ.</summary>
    public long? ExpectedLength { get; init; }

    /// <summary>Length of the value found.</summary>
    public long? FoundLength { get; init; }

    /// <summary>Offset of the first difference from what this side has.</summary>
    public int? DiffersAt { get; init; }
}

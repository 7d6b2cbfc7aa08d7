namespace Tunduk.Evidence.Bundles;

/// <summary>A line of the evidence file: something a signature is judged with. It is never an anchor.</summary>
/// <param name="Kind"><see cref="Certificate"/>, <see cref="Ocsp"/>, <see cref="RevocationList"/> or <see cref="Timestamp"/>.</param>
/// <param name="Content">DER.</param>
/// <param name="Record">The entry of the log that keeps it, if one does.</param>
public sealed record BundledEvidence(string Kind, byte[] Content, string? Record = null)
{
    /// <summary>An X.509 certificate.</summary>
    public const string Certificate = "certificate";

    /// <summary>An OCSP response (RFC 6960).</summary>
    public const string Ocsp = "ocsp";

    /// <summary>A certificate revocation list (RFC 5280 §5).</summary>
    public const string RevocationList = "crl";

    /// <summary>A time-stamp token (RFC 3161) over the SHA-256 of a checkpoint's whole note.</summary>
    public const string Timestamp = "timestamp";
}

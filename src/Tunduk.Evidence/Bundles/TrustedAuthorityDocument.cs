namespace Tunduk.Evidence.Bundles;

/// <summary>A root that certificates in a bundle may lead to.</summary>
public sealed record TrustedAuthorityDocument
{
    /// <summary>For <see cref="For"/>: issues certificates of signers.</summary>
    public const string Signer = "signer";

    /// <summary>For <see cref="For"/>: issues certificates of time-stamping authorities, or is one itself.</summary>
    public const string Timestamp = "timestamp";

    /// <summary>The certificate (DER, base64).</summary>
    public required byte[] Certificate { get; init; }

    /// <summary>What it is believed in.</summary>
    public required IReadOnlyList<string> For { get; init; }
}

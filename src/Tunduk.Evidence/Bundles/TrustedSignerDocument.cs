namespace Tunduk.Evidence.Bundles;

/// <summary>A certificate that may have signed messages.</summary>
public sealed record TrustedSignerDocument
{
    /// <summary>SHA-256 of the certificate, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whose it is, in words.</summary>
    public required string Owner { get; init; }

    /// <summary>First moment it counts.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Last moment it counts.</summary>
    public DateTimeOffset? Until { get; init; }
}

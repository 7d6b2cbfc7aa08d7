namespace Tunduk.Evidence.Bundles;

/// <summary>A trust file as it is written (proto/BUNDLE-FORMAT.md §6): who the reader believes, and in what.</summary>
public sealed record TrustDocument
{
    /// <summary>The one value of <see cref="Format"/>.</summary>
    public const string Version = "tunduk-trust/1";

    /// <summary>Always <see cref="Version"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The logs whose records are to be checked.</summary>
    public required IReadOnlyList<TrustedLogDocument> Logs { get; init; }

    /// <summary>Certificates that may have signed messages, beside those issued under an authority.</summary>
    public IReadOnlyList<TrustedSignerDocument> Signers { get; init; } = [];

    /// <summary>Roots of authorities.</summary>
    public IReadOnlyList<TrustedAuthorityDocument> Authorities { get; init; } = [];

    /// <summary>Algorithms checkpoints may be signed with, e.g. <c>rsa-pkcs1-sha256</c>; empty: all of the format.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>A checkpoint without a time-stamp of a trusted authority is a failure. Default false.</summary>
    public bool RequireTimestamp { get; init; }

    /// <summary>A checkpoint's signer issued under an authority needs revocation data of that time. Default false.</summary>
    public bool RequireRevocation { get; init; }
}

namespace Tunduk.Evidence.Bundles;

/// <summary>What a bundle says of itself; signed as a whole (proto/BUNDLE-FORMAT.md §3).</summary>
public sealed record BundleManifest
{
    /// <summary>Always <see cref="BundleFormat.Version"/>.</summary>
    public required string Format { get; init; }

    /// <summary>When it was made, by the exporting adapter's clock.</summary>
    public required DateTimeOffset Made { get; init; }

    /// <summary><c>included</c>: these records are in the logs. <c>all</c>: these are all entries of each log from first to last.</summary>
    public required string Proves { get; init; }

    /// <summary>How much was shown: <c>metadata</c>, <c>names</c>, <c>masked</c>, <c>full</c> or <c>evidence</c>.</summary>
    public required string Depth { get; init; }

    /// <summary>Who took it.</summary>
    public required string Reader { get; init; }

    /// <summary>The grant it was taken under.</summary>
    public string? Grant { get; init; }

    /// <summary>The entry of the export itself: purpose, case and query stand there under their commitments.</summary>
    public required string Access { get; init; }

    /// <summary>Every log the records come from.</summary>
    public required IReadOnlyList<BundledLog> Logs { get; init; }

    /// <summary>Lines of the records file.</summary>
    public required long Records { get; init; }

    /// <summary>The other files but the signature: name, bytes and SHA-256 in hexadecimal.</summary>
    public required IReadOnlyList<BundledFile> Files { get; init; }

    /// <summary>32 random bytes: the manifest's digest tells nothing of what it names.</summary>
    public required byte[] Salt { get; init; }
}

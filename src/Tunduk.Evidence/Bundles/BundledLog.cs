namespace Tunduk.Evidence.Bundles;

/// <summary>One log of a bundle, and the tree its proofs lead to.</summary>
public sealed record BundledLog
{
    /// <summary>Log id.</summary>
    public required string Log { get; init; }

    /// <summary>Origin of its checkpoints.</summary>
    public required string Origin { get; init; }

    /// <summary>Size of the checkpoint that every proof of this log leads to; its note stands in the checkpoints file.</summary>
    public required long Size { get; init; }

    /// <summary>Records of this log in the bundle.</summary>
    public required long Records { get; init; }

    /// <summary>With <c>proves: all</c>: index of the first entry.</summary>
    public long? First { get; init; }

    /// <summary>With <c>proves: all</c>: index of the last entry.</summary>
    public long? Last { get; init; }

    /// <summary>Proofs that trees of other checkpoints in the bundle, or of checkpoints the reader has, are the beginning of this one.</summary>
    public IReadOnlyList<BundledConsistency>? Consistency { get; init; }
}

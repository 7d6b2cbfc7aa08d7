namespace Tunduk.Evidence.Bundles;

/// <summary>One record: a line of the records file (proto/BUNDLE-FORMAT.md §4).</summary>
public sealed record BundledRecord
{
    /// <summary>Record id.</summary>
    public required string Record { get; init; }

    /// <summary>The leaf's exact bytes (proto/ENTRY-FORMAT.md §2).</summary>
    public required byte[] Leaf { get; init; }

    /// <summary>Inclusion proof to the log's checkpoint: hashes of 32 bytes from the leaf upwards.</summary>
    public required IReadOnlyList<byte[]> Proof { get; init; }

    /// <summary>Leaves of the commitment tree in their order, 2^depth of them; absent where nothing of the sealed part is shown.</summary>
    public IReadOnlyList<BundledLeaf>? Leaves { get; init; }

    /// <summary>What is left of the sealed part, as the exporter states it: <c>none</c>, <c>complete</c>, <c>partial</c> or <c>erased</c>.</summary>
    public required string Sealed { get; init; }

    /// <summary>Partial and erased: the entry that says who erased it and on what basis.</summary>
    public string? ErasedBy { get; init; }

    /// <summary>A request's end.</summary>
    public string? End { get; init; }

    /// <summary>Names and masked values at the depths that show no values: stated by the exporter, not proven.</summary>
    public IReadOnlyList<BundledStatement>? Stated { get; init; }
}

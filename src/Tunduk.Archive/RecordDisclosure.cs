using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>A record with its proof and its whole commitment tree: what is shown of it to whom is the caller's to decide.</summary>
public sealed record RecordDisclosure
{
    public required RecordId Record { get; init; }
    public required LogEntry Entry { get; init; }

    /// <summary>The leaf's exact bytes.</summary>
    public required ReadOnlyMemory<byte> Leaf { get; init; }

    /// <summary>Inclusion proof to the checkpoint that was asked for; it was checked.</summary>
    public required IReadOnlyList<LogHash> Proof { get; init; }

    /// <summary>What is left of the sealed part.</summary>
    public required SealState State { get; init; }

    /// <summary>2^depth leaves in their order; empty where nothing is left or nothing was sealed.</summary>
    public IReadOnlyList<DisclosedLeaf> Leaves { get; init; } = [];

    /// <summary>The entry that ended this request.</summary>
    public RecordId? End { get; init; }

    // Values must not reach a log line through a record's generated text.
    public override string ToString() => Record.ToString();
}

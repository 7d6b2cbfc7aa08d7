using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

/// <summary>What one transaction commits: all of it or nothing.</summary>
internal sealed class StoreBatch
{
    public required LogId Log { get; init; }

    /// <summary>The size the log must have: a second writer is found by it.</summary>
    public required long ExpectedSize { get; init; }
    public List<StoreRow> Rows { get; } = [];
    public List<LogTree.Tile> Tiles { get; } = [];
    public List<SignedCheckpoint> Checkpoints { get; } = [];
}

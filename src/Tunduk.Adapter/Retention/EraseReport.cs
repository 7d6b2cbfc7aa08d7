namespace Tunduk.Adapter.Retention;

/// <summary>What an erasure did.</summary>
/// <param name="Erased">Records that lost values.</param>
/// <param name="Nothing">Records that had nothing of what was asked for.</param>
/// <param name="Entries">The entries that say so.</param>
/// <param name="Epochs">Seal epochs of what was erased: until they are sealed, an older backup can be opened with today's keys.</param>
/// <param name="FilesClean">Whether the store's own files hold no trace any more.</param>
internal sealed record EraseReport(long Erased, long Nothing, IReadOnlyList<string> Entries, IReadOnlyList<int> Epochs, bool FilesClean)
{
    /// <summary>Looks, and holds that were released, that lost the value they searched for; who looked, when and why stays.</summary>
    public long Looks { get; init; }
}

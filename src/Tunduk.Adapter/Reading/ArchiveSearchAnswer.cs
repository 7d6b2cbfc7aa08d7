namespace Tunduk.Adapter.Reading;

/// <summary>One page of what was found, newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Next">Pass as <c>after</c> for the next page; null on the last.</param>
internal sealed record ArchiveSearchAnswer(IReadOnlyList<EntryView> Entries, string? Next);

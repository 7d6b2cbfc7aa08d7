namespace Tunduk.Archive;

/// <summary>One page of entries, newest first.</summary>
/// <param name="Entries">Metadata only; the sealed part is opened by <c>GetAsync</c>.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
public sealed record SearchPage(IReadOnlyList<ArchiveEntry> Entries, PageToken? Next);

namespace Tunduk.Archive;

/// <summary>One page of entries, newest first.</summary>
/// <param name="Entries">Metadata only; fewer than asked, even none, on the last page and where a search of two frequent values has looked at enough; the sealed part is opened by <c>GetAsync</c>.</param>
/// <param name="Next">Where the next page begins; null on the last one, and only there.</param>
public sealed record SearchPage(IReadOnlyList<ArchiveEntry> Entries, PageToken? Next);

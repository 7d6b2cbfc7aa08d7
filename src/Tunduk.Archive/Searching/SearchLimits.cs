namespace Tunduk.Archive.Searching;

/// <summary>Where one way of searching ends and the next one begins, in entries. Tests make them small, to go every way in a small archive.</summary>
/// <param name="Examined">Entries that one page looks at; then it ends where it stands.</param>
/// <param name="Few">Entries a keyed hash may lead to so that all of them are read.</param>
/// <param name="LookAhead">Newest entries that are looked at before the runs of many shapes.</param>
/// <param name="Piece">Entries that are looked up in a frequent hash at once.</param>
/// <param name="FewRuns">Runs that are read without looking at the newest entries first.</param>
/// <param name="MostRuns">Runs that are merged; with more of them the newest entries are gone through instead. Also the walks down an index after which a page
/// ends where it stands.</param>
internal sealed record SearchLimits(int Examined, int Few, int LookAhead, int Piece, int FewRuns, int MostRuns)
{
    public static readonly SearchLimits Default = new(40_000, 8192, 2048, 1024, 64, 20_000);
}

namespace Tunduk.Archive.Stores;

/// <summary>The key of an entry in every store: number of its log in the database · 2^40 + index in the log.</summary>
internal static class EntrySeq
{
    private const int IndexBits = 40;

    public static long Of(int log, long index) => ((long)log << IndexBits) | index;

    public static int LogOf(long seq) => (int)(seq >> IndexBits);

    public static long IndexOf(long seq) => seq & ((1L << IndexBits) - 1);
}

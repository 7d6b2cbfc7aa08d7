namespace Tunduk.Archive.Searching;

/// <summary>
/// Place of an entry in the order of a search: by time, then by key. A store whose keys alone are in the order of time has 0 for every time.
/// </summary>
internal readonly record struct EntryKey(long Time, long Seq) : IComparable<EntryKey>
{
    /// <summary>After every entry.</summary>
    public static readonly EntryKey Last = new(long.MaxValue, long.MaxValue);

    public int CompareTo(EntryKey other) => Time == other.Time ? Seq.CompareTo(other.Seq) : Time.CompareTo(other.Time);

    public static bool operator <(EntryKey left, EntryKey right) => left.CompareTo(right) < 0;

    public static bool operator >(EntryKey left, EntryKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(EntryKey left, EntryKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EntryKey left, EntryKey right) => left.CompareTo(right) >= 0;
}

/// <summary>An entry that may match, with the shape that it has.</summary>
internal readonly record struct Candidate(EntryKey Key, int Shape);

/// <summary>Entries from <paramref name="From"/> on that stand before <paramref name="Before"/>.</summary>
internal readonly record struct SearchSpan(EntryKey From, EntryKey Before);

/// <summary>Entries of one shape, or those of them that one keyed hash leads to: they lie in the index together, in order.</summary>
internal readonly record struct SearchRun(byte[]? Mac, int Shape);

using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Searching;

/// <summary>
/// What a store's tables must answer for a search; every call is a bounded number of walks down an index. Everything is in order of
/// <see cref="EntryKey"/>, newest first, unless it says otherwise.
/// </summary>
internal interface ISearchRows
{
    /// <summary>The entries that a query's times and page token leave.</summary>
    SearchSpan Span(SearchQuery query);

    /// <summary>
    /// The span in pieces, newest first, where its rows lie in tables by time: what is found in the newest costs no walk down an index of all others.
    /// A store with one table gives the span itself.
    /// </summary>
    IEnumerable<SearchSpan> Slices(SearchSpan span);

    /// <summary>Shapes that all conditions on metadata allow, in no order.</summary>
    IReadOnlyList<int> Shapes(SearchQuery query);

    /// <summary>The newest entries of a span, whatever their shape.</summary>
    IReadOnlyList<Candidate> Newest(SearchSpan span, int limit);

    /// <summary>Of each run the newest entries before its place, each run's in order; <paramref name="take"/> gets the number of the run.</summary>
    void Read(IReadOnlyList<(int Number, SearchRun Run, EntryKey Before)> runs, EntryKey from, int limit, Action<int, EntryKey> take);

    /// <summary>Entries that any of these keyed hashes leads to, in no order. None of the span is missing, unless there are more than the limit; others may be among them.</summary>
    IReadOnlyList<Candidate> OfTerm(IReadOnlyList<byte[]> macs, SearchSpan within, int limit);

    /// <summary>Shapes of the entries of a slice that any of these keyed hashes leads to, in no order; a walk down the index for each of them. Some may
    /// have no entry in the slice, but none that has one is missing. Null where one of the hashes has more than <paramref name="most"/>.</summary>
    IReadOnlyCollection<int>? ShapesOf(IReadOnlyList<byte[]> macs, SearchSpan slice, int most);

    /// <summary>Those that any of these keyed hashes leads to, in the order given.</summary>
    IReadOnlyList<Candidate> Having(IReadOnlyList<Candidate> rows, IReadOnlyList<byte[]> macs);

    /// <summary>Leaves of entries, in the order given; an entry that is gone is left out.</summary>
    IReadOnlyList<(Candidate Row, byte[] Leaf)> Leaves(IReadOnlyList<Candidate> rows);

    /// <summary>The entries that ended these requests, by the number of the request.</summary>
    IReadOnlyDictionary<long, EndRow> Ends(IReadOnlyList<EntryKey> requests);
}

using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Searching;

// Over 300 lines: three ways to one page, which share the walk and its limits.

/// <summary>Finds a page of entries, newest first, in a time that does not go with the size of the archive.</summary>
/// <remarks>
/// Everything an entry's metadata can be searched by makes its <em>shape</em>; an archive has few of them, a few thousand where many services
/// are used. Entries are indexed by (shape, time), keyed hashes by (hash, shape, time). So conditions on metadata become a set of shapes, and
/// a search takes the first of these ways that does:
/// <list type="number">
/// <item>a hash that leads to few entries: those of the newest months if it stands alone, else all of them, held against shapes and other hashes;</item>
/// <item>what matches often is among the newest entries, which lie together: those, as long as that costs less than the next way;</item>
/// <item>the runs of the shapes, or of the shapes of the first hash that every other one has too, merged newest first, slice by slice of time;
/// which shapes those are is found out from whichever has fewer of them, conditions or hash.</item>
/// </list>
/// So what never matches is known after a walk down the index for each shape of the smaller side. What would take longer than that all the same
/// (two frequent hashes that never meet in one entry, tens of thousands of shapes on both sides) is cut off: after <see cref="SearchLimits.Examined"/>
/// entries or <see cref="SearchLimits.MostRuns"/> walks a page ends where the search stands, and the next one goes on from there. So a page may be
/// short, or empty, and not be the last.
/// </remarks>
internal sealed class EntrySearch
{
    // Shapes that are tried in a hash one by one, rather than asking which ones it has: for each of the few runs.
    private const int FewProbes = 16;

    // Finding out which shapes a hash has reads a page for each; it is tried where that may save most of the walks for those asked for.
    private const int Saving = 4;

    // Entries that are looked through in the time of one walk down an index.
    private const int EntriesARun = 4;
    private readonly ISearchRows rows;
    private readonly SearchSpan span;
    private readonly int want;
    private readonly SearchLimits limits;
    private readonly HashSet<int>? shapes;

    private EntrySearch(ISearchRows rows, SearchSpan span, HashSet<int>? shapes, int want, SearchLimits limits)
    {
        this.rows = rows;
        this.span = span;
        this.shapes = shapes;
        this.want = want;
        this.limits = limits;
    }

    /// <summary>What was found: at most one entry more than a page, and where the search stood when it gave up.</summary>
    private readonly record struct Found(List<Candidate> Rows, EntryKey? GaveUpAt = null);

    /// <summary>Entries that match. <paramref name="terms"/>: for each search term its keyed hashes under every index key.</summary>
    public static SearchPage Find(ISearchRows rows, SearchQuery query, IReadOnlyList<IReadOnlyList<byte[]>> terms, SearchLimits limits)
    {
        int pageSize = Math.Clamp(query.PageSize, 1, 1000);
        if (terms.Any(static macs => macs.Count == 0))
        {
            return new SearchPage([], null); // nothing was ever indexed
        }

        HashSet<int>? shapes = HasConditions(query) ? [.. rows.Shapes(query)] : null;
        SearchSpan span = rows.Span(query);
        if (shapes is { Count: 0 } || span.From >= span.Before)
        {
            return new SearchPage([], null);
        }

        // The kinds that lead to the fewest entries first.
        List<IReadOnlyList<byte[]>> ordered = [.. Enumerable.Range(0, terms.Count).DistinctBy(i => query.Terms[i]).OrderBy(i => Commonness(query.Terms[i].Kind)).Select(i => terms[i])];
        EntrySearch search = new(rows, span, shapes, pageSize + 1, limits);
        return search.Page(ordered.Count == 0 ? search.ByShape() : search.ByTerms(ordered), query, pageSize);
    }

    private static bool HasConditions(SearchQuery query) =>
        query.Counterparty is not null || query.OwnSubsystem is not null || query.Service is not null || query.Agreement is not null || query.Stage is not null
        || query.Code is not null || query.OwnSubsystems is not null || query.Counterparties is not null || query.Services is not null
        || query.Signature is not null || query.Role is not null || query.Kinds.Count > 0;

    private static int Commonness(IndexKind kind) => kind switch
    {
        IndexKind.Pin or IndexKind.Tin or IndexKind.Document or IndexKind.Plate => 0,
        IndexKind.MessageId => 1,
        IndexKind.UserId or >= IndexKind.SearchedPin => 2,
        IndexKind.Basis => 3,
        _ => 4,
    };

    private Found ByShape()
    {
        if (shapes is null)
        {
            return new Found([.. rows.Newest(span, want)]);
        }

        if (shapes.Count <= limits.FewRuns)
        {
            return new Found(Merged(shapes, span, want));
        }

        List<Candidate> found = [];
        bool tooMany = shapes.Count > limits.MostRuns;
        return Ahead(found, [], span, tooMany ? null : shapes.Count) is not { } rest ? new Found(found)
            : tooMany ? new Found(found, rest.Before)
            : new Found([.. found, .. Merged(shapes, rest, want - found.Count)]);
    }

    // What matches often is among the newest, and they lie together: those are looked through as long as it costs less than a walk down the index
    // for each of so many runs; null where there is no other way. Gives what is left of the span, null when nothing is left to be looked for.
    private SearchSpan? Ahead(List<Candidate> found, List<IReadOnlyList<byte[]>> terms, SearchSpan rest, int? runs)
    {
        int examined = 0;
        long cost = 0;
        do
        {
            IReadOnlyList<Candidate> newest = rows.Newest(rest, limits.LookAhead);
            cost += newest.Count;
            foreach (Candidate[] piece in newest.Where(row => shapes is null || shapes.Contains(row.Shape)).Chunk(limits.LookAhead / EntriesARun))
            {
                found.AddRange(HavingAll(piece, terms, -1).Take(want - found.Count));
                cost += (long)EntriesARun * piece.Length * terms.Count;
                if (found.Count == want)
                {
                    return null;
                }
            }

            if (newest.Count < limits.LookAhead)
            {
                return null;
            }

            examined += newest.Count;
            rest = rest with { Before = newest[^1].Key };
        }
        while (examined < limits.Examined && (runs is not { } walks || (want - found.Count) * cost / Math.Max(1, found.Count) < EntriesARun * (long)walks));
        return rest;
    }

    private List<Candidate> Merged(IReadOnlyCollection<int> of, SearchSpan within, int count)
    {
        List<Candidate> taken = [];
        foreach (SearchSpan slice in rows.Slices(within))
        {
            taken.AddRange(new RunMerge(rows, Runs(of, null), slice, want).Take(count - taken.Count));
            if (taken.Count == count)
            {
                break;
            }
        }

        return taken;
    }

    private Found ByTerms(List<IReadOnlyList<byte[]>> terms)
    {
        IReadOnlyList<Candidate>? rarest = null;
        int rare = -1;
        if (terms.Count == 1)
        {
            if (OfOne(terms[0]) is { } page)
            {
                return new Found(page);
            }
        }
        else
        {
            for (int i = 0; i < terms.Count && rarest is not { Count: 0 }; i++)
            {
                IReadOnlyList<Candidate> some = rows.OfTerm(terms[i], span, limits.Few + 1);
                if (some.Count <= limits.Few && (rarest is null || some.Count < rarest.Count))
                {
                    (rarest, rare) = (some, i);
                }
            }
        }

        if (rarest is not null)
        {
            List<Candidate> found = [];
            foreach (Candidate[] piece in Matching(rarest, span).Chunk(Math.Min(limits.Piece, want)))
            {
                found.AddRange(HavingAll(piece, terms, rare));
                if (found.Count >= want)
                {
                    break;
                }
            }

            return new Found([.. found.Take(want)]);
        }

        List<Candidate> newest = [];
        return Ahead(newest, terms, span, shapes?.Count ?? limits.LookAhead) is { } rest ? Together(newest, terms, rest) : new Found(newest);
    }

    // Slice by slice of time, as long as few were read: what lies before the page is not looked at. Null: the hash leads to many.
    private List<Candidate>? OfOne(IReadOnlyList<byte[]> macs)
    {
        List<Candidate> found = [];
        int left = limits.Few;
        foreach (SearchSpan slice in rows.Slices(span))
        {
            IReadOnlyList<Candidate> some = rows.OfTerm(macs, slice, left + 1);
            if (some.Count > left)
            {
                return null;
            }

            left -= some.Count;
            found.AddRange(Matching(some, slice).Take(want - found.Count));
            if (found.Count == want)
            {
                break;
            }
        }

        return found;
    }

    // Those of the span that have one of the shapes, newest first, each once.
    private IEnumerable<Candidate> Matching(IReadOnlyList<Candidate> some, SearchSpan within) => some
        .Where(row => row.Key < within.Before && row.Key >= within.From && (shapes is null || shapes.Contains(row.Shape)))
        .DistinctBy(static row => row.Key).OrderByDescending(static row => row.Key);

    private Found Together(List<Candidate> found, List<IReadOnlyList<byte[]>> terms, SearchSpan rest)
    {
        int examined = 0;
        long walks = 0;
        int months = 1;
        foreach (SearchSpan slice in rows.Slices(rest))
        {
            if (walks >= limits.MostRuns)
            {
                return new Found(found, slice.Before);
            }

            if (Common(terms, slice, out int tried) is not { } common)
            {
                return Ahead(found, terms, rest with { Before = slice.Before }, null) is { } left ? new Found(found, left.Before) : new Found(found);
            }

            // Slices grow: a walk down the index of the next one costs twice as much.
            walks += (long)tried * months;
            months *= 2;
            RunMerge driver = new(rows, [.. common.SelectMany(shape => terms[0].Select(mac => new SearchRun(mac, shape)))], slice, terms.Count == 1 ? want : limits.Piece);
            int asked = terms.Count == 1 ? want - found.Count : limits.Piece;
            List<Candidate> piece;
            do
            {
                piece = driver.Take(asked);
                found.AddRange(HavingAll(piece, terms, 0).Take(want - found.Count));
                examined += piece.Count;
                if (found.Count == want)
                {
                    return new Found(found);
                }

                if (piece.Count == asked && examined >= limits.Examined)
                {
                    return new Found(found, piece[^1].Key);
                }
            }
            while (piece.Count == asked);
        }

        return new Found(found);
    }

    // Every hash leads to many entries: only shapes that all of them have are compared. Null: there are too many to say which.
    private IReadOnlyCollection<int>? Common(List<IReadOnlyList<byte[]>> terms, SearchSpan slice, out int tried)
    {
        IReadOnlyCollection<int> common;
        tried = shapes?.Count ?? int.MaxValue;
        if (tried <= FewProbes * limits.FewRuns)
        {
            common = shapes!;
        }
        else if (rows.ShapesOf(terms[0], slice, Math.Min(shapes is null ? tried : tried / Saving, limits.MostRuns)) is { } ofFirst)
        {
            tried = ofFirst.Count;
            common = shapes is null ? ofFirst : [.. ofFirst.Where(shapes.Contains)];
        }
        else if (tried <= limits.MostRuns)
        {
            common = shapes!;
            tried *= 2;
        }
        else
        {
            return null;
        }

        for (int i = terms.Count - 1; i > 0 && common.Count > 0; i--)
        {
            SearchRun[] looked = Runs(common, terms[i]);
            HashSet<int> there = [];
            rows.Read([.. looked.Select((run, n) => (n, run, slice.Before))], slice.From, 1, (n, _) => there.Add(looked[n].Shape));
            tried += common.Count;
            common = [.. common.Where(there.Contains)];
        }

        return common;
    }

    // In the order of the index: what is read after one another lies after one another.
    private static SearchRun[] Runs(IReadOnlyCollection<int> shapes, IReadOnlyList<byte[]>? macs) =>
        [.. (macs ?? [null!]).SelectMany(mac => shapes.Order().Select(shape => new SearchRun(mac, shape)))];

    private IReadOnlyList<Candidate> HavingAll(IReadOnlyList<Candidate> piece, List<IReadOnlyList<byte[]>> terms, int but)
    {
        for (int i = 0; i < terms.Count && piece.Count > 0; i++)
        {
            piece = i == but ? piece : rows.Having(piece, terms[i]);
        }

        return piece;
    }

    private SearchPage Page(Found found, SearchQuery query, int pageSize)
    {
        List<(EntryKey Key, LogEntry Entry)> decoded = [];
        foreach ((Candidate row, byte[] leaf) in rows.Leaves([.. found.Rows.Take(pageSize)]))
        {
            if (!EntryDecoder.TryDecode(leaf, out LogEntry? entry, out string? error))
            {
                throw new StoreException(ArchiveFaultCode.ArchiveUnreadable, Phrases.Of("Searching.EntryDoesNotDecode", error));
            }

            // A span may have been cut by a guess; the times that were asked for hold.
            if (!(entry!.Time < query.From || entry.Time >= query.Until))
            {
                decoded.Add((row.Key, entry));
            }
        }

        // The end of an exchange is mostly on the page itself: it is newer, and found by what its request is found by.
        Dictionary<RecordId, RecordId> here = [];
        foreach ((_, LogEntry entry) in decoded.Where(static d => d.Entry is { Link: not null, Kind: EntryKind.Response or EntryKind.Refusal or EntryKind.OutcomeUnknown }))
        {
            here[entry.Link!.Value] = new RecordId(entry.Log, entry.Index); // the first one stands last
        }

        IReadOnlyDictionary<long, EndRow> ends = rows.Ends([.. decoded.Where(d => d.Entry.Kind == EntryKind.Request && !here.ContainsKey(new RecordId(d.Entry.Log, d.Entry.Index))).Select(static d => d.Key)]);
        EntryKey? next = found.Rows.Count > pageSize ? found.Rows[pageSize - 1].Key : found.GaveUpAt;
        return new SearchPage(
            [.. decoded.Select(d =>
            {
                RecordId record = new(d.Entry.Log, d.Entry.Index);
                return new ArchiveEntry(record, d.Entry, here.TryGetValue(record, out RecordId beside) ? beside : ends.TryGetValue(d.Key.Seq, out EndRow end) ? end.Record : null);
            })],
            next is { } key ? new PageToken(key.Time, key.Seq) : null);
    }
}

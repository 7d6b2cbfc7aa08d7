namespace Tunduk.Archive.Searching;

/// <summary>
/// Several runs as one, newest first. Of each run a few entries are read at first and more only when those were used up, so that what it costs
/// goes with the number of runs and the entries taken, not with the entries that match.
/// </summary>
internal sealed class RunMerge
{
    private const int FirstReadTotal = 4096;
    private const int MostAtOnce = 4096;
    private readonly ISearchRows rows;
    private readonly IReadOnlyList<SearchRun> runs;
    private readonly EntryKey from;
    private readonly Queue<EntryKey>[] read;
    private readonly bool[] ended;
    private readonly int[] limits;
    private readonly PriorityQueue<int, EntryKey> heads = new(Comparer<EntryKey>.Create(static (a, b) => b.CompareTo(a)));
    private EntryKey before;

    public RunMerge(ISearchRows rows, IReadOnlyList<SearchRun> runs, SearchSpan span, int want)
    {
        this.rows = rows;
        this.runs = runs;
        from = span.From;
        before = span.Before;
        read = new Queue<EntryKey>[runs.Count];
        ended = new bool[runs.Count];
        limits = new int[runs.Count];
        Array.Fill(limits, Math.Clamp(FirstReadTotal / Math.Max(1, runs.Count), 1, want));
        for (int i = 0; i < runs.Count; i++)
        {
            read[i] = [];
        }

        Fill([.. Enumerable.Range(0, runs.Count)]);
    }

    /// <summary>The next entries; fewer than asked at the end only. An entry that several runs hold comes once.</summary>
    public List<Candidate> Take(int count)
    {
        List<Candidate> taken = [];
        while (taken.Count < count && heads.TryDequeue(out int run, out EntryKey key))
        {
            read[run].Dequeue();
            if (key < before)
            {
                taken.Add(new Candidate(key, runs[run].Shape));
                before = key;
            }

            if (read[run].Count > 0)
            {
                heads.Enqueue(run, read[run].Peek());
            }
            else if (!ended[run])
            {
                limits[run] = Math.Min(limits[run] * 4, MostAtOnce);
                Fill([run]);
            }
        }

        return taken;
    }

    private void Fill(IReadOnlyList<int> numbers)
    {
        foreach (IGrouping<int, int> same in numbers.GroupBy(n => limits[n]))
        {
            rows.Read([.. same.Select(n => (n, runs[n], before))], from, same.Key, (run, key) => read[run].Enqueue(key));
        }

        foreach (int run in numbers)
        {
            ended[run] = read[run].Count < limits[run];
            if (read[run].Count > 0)
            {
                heads.Enqueue(run, read[run].Peek());
            }
        }
    }
}

using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Postgres;

/// <summary>
/// Between which times an entry must lie, from the entries that were read before: times never decrease within a log. So a lookup by number asks the
/// partition of one month instead of all there are. A hint: what is not found in there is looked for everywhere. A few words for each month of a log. Any thread.
/// </summary>
internal sealed class EntryMonths
{
    private readonly Lock access = new();
    private readonly HashSet<int> begun = [];
    private readonly Dictionary<int, SortedList<int, (long First, long Last)>> logs = [];

    /// <summary>True once for each log: whoever asks first tells what months it has.</summary>
    public bool TryBegin(int log)
    {
        lock (access)
        {
            return begun.Add(log);
        }
    }

    /// <summary>An entry was read at this time.</summary>
    public void Learn(long seq, long time)
    {
        int month = PostgresSchema.MonthOf(EntryClock.FromMicro(time));
        int log = EntrySeq.LogOf(seq);
        lock (access)
        {
            if (!logs.TryGetValue(log, out SortedList<int, (long First, long Last)>? months))
            {
                logs.Add(log, months = []);
            }

            months[month] = months.TryGetValue(month, out (long First, long Last) known) ? (Math.Min(known.First, seq), Math.Max(known.Last, seq)) : (seq, seq);
        }
    }

    /// <summary>Times (microseconds) between which the entry lies; the ends of all time where nothing is known.</summary>
    public (long From, long Until) Bounds(long seq)
    {
        long from = long.MinValue;
        long until = long.MaxValue;
        lock (access)
        {
            foreach ((int month, (long first, long last)) in logs.GetValueOrDefault(EntrySeq.LogOf(seq)) ?? [])
            {
                if (first <= seq)
                {
                    from = PostgresSchema.BeginOf(month);
                }

                if (last >= seq)
                {
                    until = PostgresSchema.BeginOf(month + 1) - 1;
                    break;
                }
            }
        }

        return (from, until);
    }
}

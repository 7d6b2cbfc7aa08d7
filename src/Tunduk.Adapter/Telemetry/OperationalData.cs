namespace Tunduk.Adapter.Telemetry;

/// <summary>The newest exchanges as operational records, in memory; the oldest give way.</summary>
/// <param name="capacity">Most records kept; 0 keeps none.</param>
internal sealed class OperationalData(int capacity)
{
    private int most = capacity;
    private readonly Lock gate = new();
    private readonly Queue<OperationalRecord> records = new();

    /// <summary>Most records kept; of more, the oldest go.</summary>
    public int Capacity
    {
        get => Volatile.Read(ref most);
        set
        {
            lock (gate)
            {
                most = value;
                Trim();
            }
        }
    }

    public void Add(OperationalRecord record)
    {
        if (Capacity == 0)
        {
            return;
        }

        lock (gate)
        {
            records.Enqueue(record);
            Trim();
        }
    }

    /// <summary>Records made within a time, oldest first.</summary>
    /// <param name="from">First second.</param>
    /// <param name="to">Last second.</param>
    /// <param name="most">Most records of the answer.</param>
    /// <returns>The records; and the second to go on from when there are more (all records of one second stand in one answer).</returns>
    public (IReadOnlyList<OperationalRecord> Records, long? NextFrom) Read(long from, long to, int most)
    {
        List<OperationalRecord> found;
        lock (gate)
        {
            found = [.. records.Where(record => record.MonitoringDataTs >= from && record.MonitoringDataTs <= to)];
        }

        if (found.Count <= most)
        {
            return (found, null);
        }

        var next = found[most].MonitoringDataTs;
        return next == found[0].MonitoringDataTs
            ? ([.. found.TakeWhile(record => record.MonitoringDataTs == next)], found.FirstOrDefault(record => record.MonitoringDataTs > next)?.MonitoringDataTs)
            : ([.. found.TakeWhile(record => record.MonitoringDataTs < next)], next);
    }

    private void Trim()
    {
        while (records.Count > most)
        {
            records.Dequeue();
        }
    }
}

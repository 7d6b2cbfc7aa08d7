namespace Tunduk.Adapter.Agreements;

/// <summary>
/// What was exchanged in the last minute and on the present day. A minute is the present second and the sixty before it,
/// so that no sixty seconds ever hold more than agreed.
/// </summary>
internal sealed class AgreementCounter
{
    private const int Seconds = 61;

    private readonly int[] buckets = new int[Seconds];
    private readonly Lock gate = new();
    private long newest;
    private DateOnly day;
    private long exchanges;
    private long bytes;

    /// <summary>The limit that is reached; null: none.</summary>
    public string? Passed(AgreementLimits limits, DateOnly today, long second)
    {
        lock (gate)
        {
            Turn(today, second);
            return limits.PerDay is { } most && exchanges >= most ? "perDay"
                : limits.BytesPerDay is { } volume && bytes >= volume ? "bytesPerDay"
                : limits.PerMinute is { } rate && LastMinute() >= rate ? "perMinute"
                : null;
        }
    }

    /// <summary>Counts one exchange unless a limit is reached.</summary>
    public bool TryCount(AgreementLimits limits, DateOnly today, long second)
    {
        lock (gate)
        {
            if (Passed(limits, today, second) is not null)
            {
                return false;
            }

            exchanges++;
            buckets[newest % Seconds]++;
            return true;
        }
    }

    public void Add(DateOnly today, int count, long weight)
    {
        lock (gate)
        {
            Turn(today, newest);
            if (today == day)
            {
                exchanges += count;
                bytes += weight;
            }
        }
    }

    private void Turn(DateOnly today, long second)
    {
        if (today > day)
        {
            day = today;
            exchanges = 0;
            bytes = 0;
        }

        // A clock that goes back counts into the newest second it has seen: nobody gains room by it.
        for (long passed = Math.Max(newest + 1, second - Seconds + 1); passed <= second; passed++)
        {
            buckets[passed % Seconds] = 0;
        }

        newest = Math.Max(newest, second);
    }

    private long LastMinute()
    {
        long sum = 0;
        foreach (int bucket in buckets)
        {
            sum += bucket;
        }

        return sum;
    }
}

namespace Tunduk.Archive.Writing;

/// <summary>Times as stored: whole microseconds since 1970 (UTC).</summary>
internal static class EntryClock
{
    public static long Micro(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset FromMicro(long micro) => DateTimeOffset.UnixEpoch.AddTicks(micro * TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset Truncate(DateTimeOffset time) => FromMicro(Micro(time));
}

namespace Tunduk.Adapter.Configuration;

/// <summary>Time-stamps (RFC 3161) on checkpoints of the log.</summary>
public sealed class TimestampOptions
{
    /// <summary>Authorities, tried in turn beginning with the one that answered last. Empty: no time-stamps.</summary>
    public List<TimestampAuthorityOptions> Authorities { get; set; } = [];

    /// <summary>How often the newest checkpoint is stamped. Range 1 min–1 d, default 1 h.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Longest time without a working authority: after it the adapter signs and sends nothing (<c>timestamp_overdue</c>) until
    /// one answers. Range 1 min–30 d, default 24 h.
    /// </summary>
    public TimeSpan MaximumGap { get; set; } = TimeSpan.FromHours(24);
}

namespace Tunduk.Adapter.Configuration;

/// <summary>The examination of a running adapter (<c>doctor</c> on a schedule).</summary>
public sealed class DoctorOptions
{
    /// <summary>Time from one examination to the next; the first is made at the start. Range 1 min–24 h, 0 for none; default 1 h.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}

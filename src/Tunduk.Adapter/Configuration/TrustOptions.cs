namespace Tunduk.Adapter.Configuration;

/// <summary>Anchors for counterparties' IS signing certificates. Certificates an agreement pins need none of these.</summary>
public sealed class TrustOptions
{
    /// <summary>PEM files of anchors. Nothing is downloaded to build a chain.</summary>
    public List<string> Anchors { get; set; } = [];

    /// <summary>Clock skew accepted in a Timestamp. Range 0–10 min, default 60 s.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Lifetime written into our Timestamps and the most accepted in others'. Range 10 s–1 h, default 5 min.</summary>
    public TimeSpan MessageLifetime { get; set; } = TimeSpan.FromMinutes(5);
}

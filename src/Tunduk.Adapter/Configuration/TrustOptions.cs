namespace Tunduk.Adapter.Configuration;

/// <summary>Whose certificates count, what is asked about them, and whose time. Certificates an agreement pins need no anchor.</summary>
public sealed class TrustOptions
{
    /// <summary>PEM files of anchors. Nothing is downloaded to build a chain.</summary>
    public List<string> Anchors { get; set; } = [];

    /// <summary>PEM files of certificates that may complete a chain to an anchor; not trusted by themselves.</summary>
    public List<string> Intermediates { get; set; } = [];

    /// <summary>
    /// Where revocation is asked, one entry for each authority. A certificate that an agreement accepts by its authority is
    /// refused where its authority has no entry; one that an agreement pins then follows the agreement.
    /// </summary>
    public List<RevocationOptions> Revocation { get; set; } = [];

    /// <summary>Time-stamps on checkpoints.</summary>
    public TimestampOptions Timestamps { get; set; } = new();

    /// <summary>Clock skew accepted in a Timestamp. Range 0–10 min, default 60 s.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Lifetime written into our Timestamps and the most accepted in others'. Range 10 s–1 h, default 5 min.</summary>
    public TimeSpan MessageLifetime { get; set; } = TimeSpan.FromMinutes(5);
}

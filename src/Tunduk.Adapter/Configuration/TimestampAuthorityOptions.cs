namespace Tunduk.Adapter.Configuration;

/// <summary>One time-stamping authority.</summary>
public sealed class TimestampAuthorityOptions
{
    /// <summary>Address (http or https) that takes <c>application/timestamp-query</c>. No default.</summary>
    public string Address { get; set; } = "";

    /// <summary>PEM files of the roots its tokens may rest on, or its own certificate. At least one; nothing else counts.</summary>
    public List<string> Anchors { get; set; } = [];

    /// <summary>Policies (object identifiers) that count; the first is asked for. Empty leaves it to the authority.</summary>
    public List<string> Policies { get; set; } = [];

    /// <summary>Longest wait for an answer. Range 0.1–60 s, default 5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Allows an address on loopback and link-local. Default false.</summary>
    public bool AllowLocalAddresses { get; set; }
}

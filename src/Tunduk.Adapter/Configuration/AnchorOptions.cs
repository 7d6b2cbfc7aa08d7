namespace Tunduk.Adapter.Configuration;

/// <summary>A place outside this host that every checkpoint of the log is sent to; sending never delays an exchange.</summary>
public sealed class AnchorOptions
{
    /// <summary>
    /// <c>https://host/path</c> (POST of the signed checkpoint; 2xx is the receipt, redirects are not followed), or syslog by RFC 5424, which gives no
    /// receipt: <c>syslog+tls://host:6514</c>, <c>syslog+tcp://host:601</c>, <c>syslog+udp://host:514</c>, <c>syslog+unix:///dev/log</c>. No default.
    /// </summary>
    public string Address { get; set; } = "";

    /// <summary>SHA-256 (hex) of the server certificates that are accepted. With https and syslog+tls these or <see cref="Authorities"/>; at least one.</summary>
    public List<string> ServerCertificates { get; set; } = [];

    /// <summary>PEM files of the roots of the server's certificate, which must then be issued for the host name; the machine's own roots count for nothing.</summary>
    public List<string> Authorities { get; set; } = [];

    /// <summary>https: file (mode 0600) whose first line is sent as <c>Authorization: Bearer</c>. Default none.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Longest time of one attempt; what fails is tried again. Range 1 s–1 min, default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Archive;

/// <summary>A place outside this host that every checkpoint is sent to. Sending never delays an append or a checkpoint.</summary>
public sealed record AnchorOptions
{
    /// <summary>The schemes an address may have.</summary>
    public static IReadOnlyList<string> Schemes { get; } = ["https", "syslog+tls", "syslog+tcp", "syslog+udp", "syslog+unix"];

    /// <summary>
    /// <c>https://host/path</c> (the note is sent by POST, 2xx is the receipt), <c>syslog+tls://host:6514</c>, <c>syslog+tcp://host:601</c>,
    /// <c>syslog+udp://host:514</c> (RFC 5424; syslog gives no receipt), or <c>syslog+unix:///dev/log</c>. No default.
    /// </summary>
    public required Uri Address { get; init; }

    /// <summary>SHA-256 of the server certificates that are accepted. For <c>https</c> and <c>syslog+tls</c> these, or <see cref="Authorities"/>.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> ServerCertificates { get; init; } = [];

    /// <summary>Roots of the server's certificate, which must then be issued for the address's host name; the machine's own roots count for nothing.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>Sent as <c>Authorization: Bearer</c> with https; null for none. A secret.</summary>
    public string? BearerToken { get; init; }

    /// <summary>Longest time of one attempt. 1 s to 1 min, default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    // Neither the token nor a password in the address must reach a log line through a record's generated text.
    public override string ToString() => Address.IsAbsoluteUri ? Address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) : "a relative address";
}

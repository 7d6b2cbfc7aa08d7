namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A service on a simulated security server. Settings may change while it runs.</summary>
internal sealed class ServiceRegistration
{
    /// <summary><c>instance/class/code/subsystem/service[/version]</c>; REST services without version.</summary>
    public required string Id { get; init; }

    public ServiceKind Kind { get; init; } = ServiceKind.Wsdl;

    /// <summary>Where the provider's adapter or information system answers; for REST the base of the path.</summary>
    public Uri? Url { get; set; }

    /// <summary>How long the server waits for it. Default 60 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Who may call: subsystem ids. A service nobody is named for answers access_denied.</summary>
    public IList<string> Allowed { get; init; } = [];

    /// <summary>For REST: the method and path (prefix ending in <c>/**</c>, or exact) that are open; empty: all.</summary>
    public IList<RestEndpoint> Endpoints { get; init; } = [];

    /// <summary>The notice of a disabled service; null while it is enabled.</summary>
    public string? DisabledNotice { get; set; }

    /// <summary>With https: whether the server's certificate must be one of the subsystem's certificates. Default true.</summary>
    public bool VerifyTlsCertificate { get; set; } = true;

    /// <summary>The WSDL or OpenAPI file that getWsdl and getOpenAPI hand out.</summary>
    public string? Description { get; set; }
}

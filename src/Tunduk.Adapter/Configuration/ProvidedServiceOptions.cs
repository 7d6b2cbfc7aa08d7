namespace Tunduk.Adapter.Configuration;

/// <summary>A service our information system answers.</summary>
public sealed class ProvidedServiceOptions
{
    /// <summary>Identifier <c>instance/class/member/subsystem/service[/version]</c>; a REST service has no version. No default.</summary>
    public string Service { get; set; } = "";

    /// <summary>File name in the contracts folder (WSDL or OpenAPI). Needed for protocol json; without one the other two filter by the names of the message.</summary>
    public string Contract { get; set; } = "";

    /// <summary>Address of the information system: json and soap are posted to it, of rest it is the base of the path. No default.</summary>
    public string Upstream { get; set; } = "";

    /// <summary>
    /// What the information system speaks: <c>json</c> (the request by its contract), <c>soap</c> (the body element in an envelope
    /// without X-Road headers, which the adapter puts back), <c>rest</c> (as it is). Default json.
    /// </summary>
    public UpstreamProtocol Protocol { get; set; } = UpstreamProtocol.Json;

    /// <summary>Longest time for the information system to answer. Range 1 s–1 h, default 30 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>production</c> (default) or <c>test</c>: what the information system behind <see cref="Upstream"/> is; it must be
    /// what the agreement says of the service.
    /// </summary>
    public string Environment { get; set; } = "production";
}

namespace Tunduk.Adapter.Configuration;

/// <summary>A service our information system answers.</summary>
public sealed class ProvidedServiceOptions
{
    /// <summary>Identifier <c>instance/class/member/subsystem/service[/version]</c>; a REST service has no version. No default.</summary>
    public string Service { get; set; } = "";

    /// <summary>File name in the contracts folder (WSDL or OpenAPI). Needed for protocols json and grpc; without one the other two filter by the names of the message.</summary>
    public string Contract { get; set; } = "";

    /// <summary>
    /// Address of the information system: json and soap are posted to it, of rest it is the base of the path, of grpc the host and
    /// port alone count. No default.
    /// </summary>
    public string Upstream { get; set; } = "";

    /// <summary>
    /// What the information system speaks: <c>json</c> (the request by its contract), <c>soap</c> (the body element in an envelope
    /// without X-Road headers, which the adapter puts back), <c>rest</c> (as it is), <c>grpc</c> (the service
    /// <c>tunduk.adapter.v1.Provider</c>, called over HTTP/2). Default json.
    /// </summary>
    public UpstreamProtocol Protocol { get; set; } = UpstreamProtocol.Json;

    /// <summary>Form of the body that protocol grpc sends: <c>json</c> (default), <c>struct</c>, <c>xml</c>. The answer may have any of the three.</summary>
    public UpstreamBodyForm Body { get; set; } = UpstreamBodyForm.Json;

    /// <summary>Longest time for the information system to answer. Range 1 s–1 h, default 30 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>production</c> (default) or <c>test</c>: what the information system behind <see cref="Upstream"/> is; it must be
    /// what the agreement says of the service.
    /// </summary>
    public string Environment { get; set; } = "production";
}

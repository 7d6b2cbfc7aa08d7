namespace Tunduk.Adapter.Configuration;

/// <summary>A service our information system answers.</summary>
public sealed class ProvidedServiceOptions
{
    /// <summary>Identifier <c>instance/class/member/subsystem/service[/version]</c>. No default.</summary>
    public string Service { get; set; } = "";

    /// <summary>File name in the contracts folder. No default.</summary>
    public string Contract { get; set; } = "";

    /// <summary>Address the request is posted to as JSON. No default.</summary>
    public string Upstream { get; set; } = "";

    /// <summary>Longest time for the information system to answer. Range 1 s–1 h, default 30 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// <c>production</c> (default) or <c>test</c>: what the information system behind <see cref="Upstream"/> is; it must be
    /// what the agreement says of the service.
    /// </summary>
    public string Environment { get; set; } = "production";
}

namespace Tunduk.Adapter.Configuration;

/// <summary>A service our information system may ask for.</summary>
public sealed class ConsumedServiceOptions
{
    /// <summary>Identifier <c>instance/class/member/subsystem/service[/version]</c>. No default.</summary>
    public string Service { get; set; } = "";

    /// <summary>File name in the contracts folder. No default.</summary>
    public string Contract { get; set; } = "";

    /// <summary>Own subsystem that asks when the caller names none. Default: the only entry of <c>Own</c>.</summary>
    public string? Client { get; set; }

    /// <summary>Overrides <c>SecurityServer:ResponseTimeout</c> for this service. Range 1 s–1 h.</summary>
    public TimeSpan? Timeout { get; set; }
}

namespace Tunduk.Adapter.Configuration;

/// <summary>One subsystem of the owner.</summary>
public sealed class OwnSubsystemOptions
{
    /// <summary>Identifier <c>instance/class/member/subsystem</c>. No default.</summary>
    public string Subsystem { get; set; } = "";

    /// <summary>Name of the IS signing key in <c>Keys</c>. No default.</summary>
    public string SigningKey { get; set; } = "";

    /// <summary>Keys that take over, each at its <c>From</c>: of the keys in force the one that came last signs. Default none.</summary>
    public List<string> NextSigningKeys { get; set; } = [];
}

namespace Tunduk.Adapter.Configuration;

/// <summary>One subsystem of the owner.</summary>
public sealed class OwnSubsystemOptions
{
    /// <summary>Identifier <c>instance/class/member/subsystem</c>. No default.</summary>
    public string Subsystem { get; set; } = "";

    /// <summary>Name of the IS signing key in <c>Keys</c>. No default.</summary>
    public string SigningKey { get; set; } = "";
}

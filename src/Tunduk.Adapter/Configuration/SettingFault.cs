namespace Tunduk.Adapter.Configuration;

/// <summary>One fault of the configuration.</summary>
/// <param name="Setting">The setting's name, for example <c>Listen:Is:Address</c>.</param>
/// <param name="Fault">What is wrong with it; never its value when it is a secret.</param>
/// <param name="Remedy">What cures it.</param>
public sealed record SettingFault(string Setting, string Fault, string Remedy)
{
    public override string ToString() => $"{Setting}: {Fault.TrimEnd('.')}. {Remedy}";
}

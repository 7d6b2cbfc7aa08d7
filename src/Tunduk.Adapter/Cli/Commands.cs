using System.CommandLine;

namespace Tunduk.Adapter.Cli;

/// <summary>The command line (ARCHITECTURE "Command line").</summary>
internal static class Commands
{
    public static IEnumerable<Command> All()
    {
        yield return RunCommand.Create();
        yield return Sandbox.SandboxCommand.Create();
        yield return VerifyCommand.Create();
        yield return ExplainCommand.Create();
        yield return ArchiveCommand.Create();
        yield return AgreementCommand.Create();
        yield return ContractCommand.Create();
        yield return KeysCommand.Create();
        yield return DoctorCommand.Create();
    }

    /// <summary><c>--json</c>, which every command that prints a result has.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = Phrases.Of("Cli.PrintResultJson") };

    /// <summary><c>--config</c>.</summary>
    public static Option<string> ConfigOption() => new("--config")
    {
        Description = Phrases.Of("Cli.ConfigurationFile"),
        DefaultValueFactory = _ => "adapter.json",
    };
}

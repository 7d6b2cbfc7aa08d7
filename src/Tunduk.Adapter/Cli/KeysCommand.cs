using System.CommandLine;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Cli;

/// <summary><c>keys new|csr|show</c>.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", Phrases.Of("Cli.MakeSigningKeysCertificate"))
    {
        KeysNewCommand.Create(),
        KeysCsrCommand.Create(),
        KeysShowCommand.Create(),
    };

    /// <summary><c>--module</c>.</summary>
    internal static Option<string?> ModuleOption() => new("--module") { Description = Phrases.Of("Cli.TokensPkcs11Library") };

    /// <summary><c>--password-file</c>.</summary>
    internal static Option<string?> PasswordFileOption() => new("--password-file") { Description = Phrases.Of("Cli.FileWhoseFirstLine") };

    /// <summary><c>--password-variable</c>.</summary>
    internal static Option<string?> PasswordVariableOption() => new("--password-variable") { Description = Phrases.Of("Cli.EnvironmentVariableKeyPassword") };

    /// <summary>Prints what is wrong with a key and gives the exit code for it.</summary>
    internal static int NotOk(KeyFault fault)
    {
        Output.Line(Phrases.Of("Cli.FaultGiven", fault.CodeName, fault.Problem, fault.Remedy));
        return Output.NotOk;
    }
}

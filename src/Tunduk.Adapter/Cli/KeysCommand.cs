using System.CommandLine;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Cli;

/// <summary><c>keys new|csr|show</c>.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Make IS signing keys and certificate requests, and show certificates in play.")
    {
        KeysNewCommand.Create(),
        KeysCsrCommand.Create(),
        KeysShowCommand.Create(),
    };

    /// <summary><c>--module</c>.</summary>
    internal static Option<string?> ModuleOption() => new("--module") { Description = "Tokens: the PKCS#11 library, for example /usr/lib/softhsm/libsofthsm2.so." };

    /// <summary><c>--password-file</c>.</summary>
    internal static Option<string?> PasswordFileOption() => new("--password-file") { Description = "File whose first line is the key's password or the token's PIN." };

    /// <summary><c>--password-variable</c>.</summary>
    internal static Option<string?> PasswordVariableOption() => new("--password-variable") { Description = "Environment variable with the key's password or the token's PIN." };

    /// <summary>Prints what is wrong with a key and gives the exit code for it.</summary>
    internal static int NotOk(KeyFault fault)
    {
        Output.Line($"FAULT {fault.CodeName}: {fault.Problem}. {fault.Remedy}");
        return Output.NotOk;
    }
}

using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Cli;

/// <summary><c>keys new</c>: a private key in a file or in a token.</summary>
internal static class KeysNewCommand
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly byte[] P256 = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
    private static readonly byte[] P384 = [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22];

    public static Command Create()
    {
        var output = new Argument<string>("key") { Description = Phrases.Of("Cli.FilePrivateKeyPem") };
        var kind = new Option<string>("--kind") { Description = Phrases.Of("Cli.Rsa2048Rsa3072"), DefaultValueFactory = _ => "rsa-2048" };
        var (module, file, variable) = (KeysCommand.ModuleOption(), KeysCommand.PasswordFileOption(), KeysCommand.PasswordVariableOption());
        var command = new Command("new", Phrases.Of("Cli.MakePrivateKeyFile")) { output, kind, module, file, variable };
        command.SetAction(parsed =>
        {
            var (key, wanted) = (parsed.GetValue(output)!, parsed.GetValue(kind)!.ToLowerInvariant());
            if (wanted is not ("rsa-2048" or "rsa-3072" or "rsa-4096" or "p-256" or "p-384"))
            {
                return Output.Wrong(Phrases.Of("Cli.KindRsa2048Rsa"));
            }

            if (!TokenUri.IsOne(key))
            {
                return InFile(key, wanted);
            }

            return SecretFile.TryReadLine(parsed.GetValue(file), parsed.GetValue(variable), out var pin, out var fault)
                ? InToken(key, wanted, parsed.GetValue(module), pin)
                : KeysCommand.NotOk(fault);
        });
        return command;
    }

    private static int InFile(string file, string kind)
    {
        if (File.Exists(file))
        {
            return Output.Wrong(Phrases.Of("Cli.ExistsKeyNeverOverwritten", file));
        }

        using AsymmetricAlgorithm key = kind switch
        {
            "p-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "p-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            _ => RSA.Create(Bits(kind)),
        };
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
        stream.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
        stream.Flush(flushToDisk: true);
        Output.Line(Phrases.Of("Cli.ReadableYouAloneNext", file, kind));
        return Output.Ok;
    }

    private static int InToken(string text, string kind, string? module, string? pin)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Output.Wrong(Phrases.Of("Cli.TokensSupportedLinuxOnly"));
        }

        if (!TokenUri.TryParse(text, out var uri, out var fault)
            || (fault = TokenSession.Generate(uri, module ?? "", pin, Bits(kind), kind switch { "p-256" => P256, "p-384" => P384, _ => [] })) is not null)
        {
            return KeysCommand.NotOk(fault);
        }

        Output.Line(Phrases.Of("Cli.MadeTokenNeverLeaves", uri, kind, module));
        return Output.Ok;
    }

    private static int Bits(string kind) => kind.StartsWith("rsa-", StringComparison.Ordinal) ? int.Parse(kind[4..]) : 0;
}

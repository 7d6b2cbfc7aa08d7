using System.Text.Json;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Conventions;
using Tunduk.Adapter.Tests.Processes;

namespace Tunduk.Adapter.Tests.Keys;

/// <summary>The page for owners (KEYS.md) walked to the letter: every command with the real openssl, SoftHSM and pkcs11-tool, then every settings block. About thirty processes: it takes its seconds.</summary>
public sealed partial class KeysPageTests
{
    [Fact]
    public async Task Page_EveryCommandAndEverySetting_DoesWhatItSays()
    {
        using var token = await SoftToken.EmptyAsync();
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Tunduk.Adapter", "Keys", "KEYS.md"));
        var commands = Blocks().Matches(page).Where(block => block.Groups[1].Value == "sh").SelectMany(block => block.Groups[2].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        commands.Count.ShouldBeGreaterThan(20);
        var script = $"set -euo pipefail\ncd '{token[""]}'\ntunduk-adapter() {{ setsid -w dotnet exec '{AdapterProcess.Program}' \"$@\"; }}\n"
            + string.Concat(commands.Select(command => $"echo '>>' {Quoted(command)}\n{command}\n"));

        var (code, output) = await token.RunAsync("bash", "-c", script);

        code.ShouldBe(0, output);
        Count(output, "it belongs to the certificate").ShouldBe(8, output);
        output.ShouldContain("key_pkcs12_rc4");
        output.ShouldContain("refused, as it should be");
        output.ShouldContain("token.crt.pem: OK");
        output.ShouldContain("C = KG, O = Loans Ltd, serialNumber = 60000000, CN = loans");
        output.ShouldContain("is a private key in a token, EC on the curve P-256, and signs");

        var settings = Blocks().Matches(page).Where(block => block.Groups[1].Value == "json").Select(block => block.Groups[2].Value).ToList();
        foreach (var (name, key) in settings.SelectMany(text => JsonSerializer.Deserialize<AdapterOptions>(text)!.Keys))
        {
            File.Exists(token[key.Certificate]).ShouldBeTrue(key.Certificate);
            if (key.Key is { } uri && TokenUri.IsOne(uri))
            {
                output.ShouldContain($"keys show {key.Certificate} --key \"{uri}\" --module {key.Module} --password-file {key.PasswordFile}");
                continue;
            }

            var faults = new List<SettingFault>();
            SigningKeyLoader.Load(name, key, file => token[file], null, TimeProvider.System, faults)?.Dispose();
            faults.ShouldBeEmpty();
        }

        settings.Count.ShouldBe(5);
    }

    /// <summary>Every code a key's file or token can have is on the page.</summary>
    [Fact]
    public async Task Page_EveryCode_StandsOnIt()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "src", "Tunduk.Adapter", "Keys", "KEYS.md"));

        Enum.GetValues<KeyFaultCode>().Select(code => new KeyFault(code, "", "").CodeName).Where(code => !page.Contains($"`{code}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    private static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    [GeneratedRegex("^```(\\w+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}

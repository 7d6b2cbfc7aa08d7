using System.Diagnostics;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Keys;

/// <summary>A token of SoftHSM in a folder of its own, and the adapter's program in fresh processes without a terminal before it.</summary>
internal sealed class SoftToken : IDisposable
{
    public const string Module = "/usr/lib/softhsm/libsofthsm2.so";
    public const string Label = "is";
    public const string Pin = "5678-secret";
    private const string OfficerPin = "1234-officer";
    private readonly TemporaryFolder folder = new();

    private SoftToken()
    {
        Directory.CreateDirectory(Tokens);
        File.WriteAllText(folder["softhsm.conf"], $"directories.tokendir = {Tokens}\n");
        PinFile = Secret("pin.txt", Pin + "\n");
    }

    public string PinFile { get; }

    /// <summary>OpenSC's spy: a PKCS#11 library that hands every call on to <see cref="Module"/> and writes it down.</summary>
    public static string Spy { get; } = Directory.GetDirectories("/usr/lib", "*-linux-gnu").Select(libraries => Path.Combine(libraries, "pkcs11-spy.so")).First(File.Exists);

    /// <summary>How often somebody tried a PIN through the spy.</summary>
    public int Logins => File.Exists(folder["spy.log"]) ? File.ReadLines(folder["spy.log"]).Count(line => line.EndsWith(": C_Login", StringComparison.Ordinal)) : 0;

    public string Tokens => folder["tokens"];

    public string this[string name] => folder[name];

    public static async Task<SoftToken> CreateAsync()
    {
        var token = new SoftToken();
        var (code, output) = await token.RunAsync("softhsm2-util", "--init-token", "--free", "--label", Label, "--so-pin", OfficerPin, "--pin", Pin);
        code.ShouldBe(0, output);
        return token;
    }

    /// <summary>A place for tokens, without one.</summary>
    public static Task<SoftToken> EmptyAsync() => Task.FromResult(new SoftToken());

    public string Secret(string name, string content)
    {
        File.WriteAllText(folder[name], content);
        File.SetUnixFileMode(folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return folder[name];
    }

    /// <summary>An adapter's settings of a key in this token. A helper is a process: on a loaded machine its start takes seconds.</summary>
    public JsonObject Key(string certificate, string uri, string module = Module) => new()
    {
        ["Certificate"] = folder[certificate],
        ["Key"] = uri,
        ["Module"] = module,
        ["PasswordFile"] = PinFile,
        ["QueueTimeout"] = "00:01:00",
    };

    /// <summary>pkcs11-tool, the judge of tokens.</summary>
    public Task<(int Code, string Output)> JudgeAsync(params string[] arguments) => RunAsync("pkcs11-tool", ["--module", Module, "--token-label", Label, .. arguments]);

    /// <summary>The adapter's program in a new session: whoever asked for a PIN would find no terminal, and would fail or hang.</summary>
    public Task<(int Code, string Output)> AdapterAsync(params string[] arguments) => RunAsync("setsid", ["-w", "timeout", "120", "dotnet", AdapterProcess.Program, .. arguments]);

    /// <summary>Environment of a process that sees the token.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["SOFTHSM2_CONF"] = folder["softhsm.conf"], ["TOKEN_PIN"] = Pin, ["PKCS11SPY"] = Module, ["PKCS11SPY_OUTPUT"] = folder["spy.log"] };

    public void Dispose() => folder.Dispose();

    public async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment)
        {
            process.StartInfo.Environment[name] = value;
        }

        process.Start();
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Keys;

/// <summary>Keys in PKCS#11 tokens (SoftHSM), each start in a fresh process without a terminal.</summary>
public sealed class TokenTests
{
    private const string Uri = "pkcs11:token=is;object=signing";

    [Theory]
    [InlineData("rsa-2048", "RSA")]
    [InlineData("p-256", "EC")]
    public async Task Keys_MadeInTheToken_StaysThereAndSignsARequestOpensslTakes(string kind, string family)
    {
        using var token = await SoftToken.CreateAsync();

        var (code, output) = await token.AdapterAsync("keys", "new", Uri, "--kind", kind, "--module", SoftToken.Module, "--password-file", token.PinFile);
        code.ShouldBe(0, output);
        output = (await token.JudgeAsync("--login", "--pin", SoftToken.Pin, "--list-objects")).Output;
        output.ShouldContain($"Private Key Object; {family}");
        output.ShouldContain("never extractable");

        (code, output) = await token.AdapterAsync("keys", "csr", Uri, "--module", SoftToken.Module, "--password-variable", "TOKEN_PIN", "--member-code", "60009001", "--organisation", "Credit office (invented)", "--name", "loans");
        code.ShouldBe(0, output);
        await File.WriteAllTextAsync(token["request.pem"], output);
        (code, output) = await token.RunAsync("openssl", "req", "-in", token["request.pem"], "-verify", "-noout", "-subject");
        code.ShouldBe(0, output);
        output.ShouldContain("verify OK");
        output.ShouldContain("C = KG, O = Credit office (invented), serialNumber = 60009001, CN = loans");

        // Never overwritten.
        (code, output) = await token.AdapterAsync("keys", "new", Uri, "--kind", kind, "--module", SoftToken.Module, "--password-file", token.PinFile);
        code.ShouldBe(1, output);
        output.ShouldContain("key_token_object");
    }

    [Fact]
    public async Task Keys_TokenNotAsItShould_SaysWhichWayWithinSeconds()
    {
        using var token = await SoftToken.CreateAsync();
        (await token.AdapterAsync("keys", "new", Uri, "--module", SoftToken.Module, "--password-file", token.PinFile)).Code.ShouldBe(0);

        await FailsAsync(token, "key_pin_missing", Uri);
        await FailsAsync(token, "key_pin_missing", Uri, "--password-variable", "NO_SUCH_VARIABLE");
        await FailsAsync(token, "key_token_missing", "pkcs11:token=other;object=signing", "--password-file", token.PinFile);
        await FailsAsync(token, "key_token_object", "pkcs11:token=is;object=other", "--password-file", token.PinFile);
        await FailsAsync(token, "key_token_uri", Uri + "?pin-value=" + SoftToken.Pin);
        await FailsAsync(token, "key_token_uri", "pkcs11:token=is");
        await FailsAsync(token, "key_pin_wrong", Uri, "--password-file", token.Secret("wrong.txt", "9999-wrong"));
        var (_, output) = await token.AdapterAsync("keys", "csr", Uri, "--module", "/nonexistent.so", "--password-file", token.PinFile, "--member-code", "1", "--organisation", "o", "--name", "n");
        output.ShouldContain("key_token_module");
    }

    [Theory]
    [InlineData(0x8, null)]
    [InlineData(0x8 | 0x10000, null)] // One or more wrong tries: the PIN may be tried.
    [InlineData(0x8 | 0x40000, "the token has blocked its PIN")]
    [InlineData(0x8 | 0x20000, "one try of the token's PIN is left")]
    [InlineData(0x8 | 0x60000, "the token has blocked its PIN")]
    [InlineData(0x0, "the token has no user PIN yet")]
    public void Refuse_FlagsOfTheToken_TheLastTryIsNeverSpent(long flags, string? problem)
    {
        var fault = OperatingSystem.IsLinux() ? TokenModule.Refuse((ulong)flags) : null;

        (fault?.CodeName).ShouldBe(problem is null ? null : "key_pin_blocked");
        (fault?.Problem ?? "").ShouldStartWith(problem ?? "");
        (fault?.Remedy.Length > 0).ShouldBe(problem is not null);
    }

    [Fact]
    public async Task Keys_WrongPinForTwoKeysOfOneToken_IsTriedOnce()
    {
        using var token = await SoftToken.CreateAsync();
        (await token.AdapterAsync("keys", "new", Uri, "--module", SoftToken.Module, "--password-file", token.PinFile)).Code.ShouldBe(0);
        await IssueAsync(token);
        await using var server = await SecurityServerDouble.StartAsync();
        using var folder = new TemporaryFolder();
        var folders = await WriteAsync(token, server, folder, SoftToken.Spy, "second");
        token.Secret("pin.txt", "9999-wrong\n");

        var (code, output) = await token.AdapterAsync("keys", "show", "--config", folders.ConsumerConfiguration);

        code.ShouldNotBe(0, output);
        output.ShouldContain("Keys:second: key_pin_wrong: the token's PIN is wrong");
        output.ShouldContain("Keys:token: key_pin_wrong: the token refused this PIN before, and it is not tried again");
        output.ShouldNotContain("9999-wrong");
        token.Logins.ShouldBe(1);
    }

    [Fact]
    public async Task Run_TokenPulledUnderLoad_EveryRequestIsAnsweredOrRefusedByNameAndNothingHangs()
    {
        using var token = await SoftToken.CreateAsync();
        (await token.AdapterAsync("keys", "new", Uri, "--module", SoftToken.Module, "--password-file", token.PinFile)).Code.ShouldBe(0);
        await IssueAsync(token);
        await using var server = await SecurityServerDouble.StartAsync();
        using var folder = new TemporaryFolder();
        var folders = await WriteAsync(token, server, folder);
        await using var adapter = await AdapterProcess.StartAsync(["run", "--config", folders.ConsumerConfiguration, "--print-addresses"], token.Environment);
        (await AskAsync(adapter, folders)).Status.ShouldBe(200);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            var answers = new List<(int Status, string Text)>();
            while (!stop.IsCancellationRequested)
            {
                answers.Add(await AskAsync(adapter, folders));
            }

            return answers;
        })).ToList();
        var before = server.Received.Count;
        await Wait.ForAsync(() => server.Received.Count > before + 10);

        Directory.Move(token.Tokens, token["pulled"]);
        await Wait.ForAsync(async () => (await AskAsync(adapter, folders)).Text.Contains("signing_failed", StringComparison.Ordinal) ? "refused" : null);
        await stop.CancelAsync();
        var all = (await Task.WhenAll(load)).SelectMany(answers => answers).ToList();

        all.ShouldAllBe(answer => answer.Status == 200 || (answer.Status == 503 && (answer.Text.Contains("signing_failed", StringComparison.Ordinal) || answer.Text.Contains("signing_timeout", StringComparison.Ordinal) || answer.Text.Contains("signing_queue_full", StringComparison.Ordinal))));
        adapter.Errors.ShouldNotContain(SoftToken.Pin);
    }

    [Fact]
    public async Task Run_KeyInAToken_SignsAndIsRefusedByNameWhenTheTokenIsPulled()
    {
        using var token = await SoftToken.CreateAsync();
        (await token.AdapterAsync("keys", "new", Uri, "--module", SoftToken.Module, "--password-file", token.PinFile)).Code.ShouldBe(0);
        await IssueAsync(token);
        await using var server = await SecurityServerDouble.StartAsync();
        using var folder = new TemporaryFolder();
        var folders = await WriteAsync(token, server, folder);
        await using var adapter = await AdapterProcess.StartAsync(["run", "--config", folders.ConsumerConfiguration, "--print-addresses"], token.Environment);

        var (status, answer) = await AskAsync(adapter, folders);
        status.ShouldBe(200, answer + adapter.Errors);
        Envelopes.Text(server.Received.Last()).ShouldContain(Convert.ToBase64String(await File.ReadAllBytesAsync(token["is.crt.der"])));

        Directory.Delete(token.Tokens, recursive: true);
        (status, answer) = await AskAsync(adapter, folders);
        status.ShouldBe(503, answer);
        answer.ShouldContain("signing_failed");
        (answer + adapter.Errors).ShouldNotContain(SoftToken.Pin);
    }

    [Fact]
    public async Task Run_MasterKeyInAToken_OpensTheArchiveWithTheTokenAndNeverWithoutIt()
    {
        using var token = await SoftToken.CreateAsync();
        var (code, output) = await token.JudgeAsync("--login", "--pin", SoftToken.Pin, "--keypairgen", "--key-type", "rsa:2048", "--usage-decrypt", "--label", "archive", "--id", "07");
        code.ShouldBe(0, output);
        await using var server = await SecurityServerDouble.StartAsync();
        using var folder = new TemporaryFolder();
        var folders = new SandboxFolders(folder.Path, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        folders.WriteConsumer(TestKeys.Consumer, TestKeys.Provider, server.Address);
        var options = (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(folders.ConsumerConfiguration), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
        options["Archive"]!["MasterKeyToken"] = new JsonObject { ["Key"] = "pkcs11:token=is;object=archive", ["Module"] = SoftToken.Module, ["PasswordFile"] = token.PinFile };
        foreach (var listener in new[] { "Is", "Admin" })
        {
            options["Listen"]![listener]!["Address"] = "http://127.0.0.1:0";
        }

        await File.WriteAllTextAsync(folders.ConsumerConfiguration, options.ToJsonString());
        for (var start = 0; start < 2; start++)
        {
            await using var adapter = await AdapterProcess.StartAsync(["run", "--config", folders.ConsumerConfiguration, "--print-addresses"], token.Environment);
            var (status, answer) = await AskAsync(adapter, folders);
            status.ShouldBe(200, answer + adapter.Errors);
        }

        var master = Path.Combine(Path.GetDirectoryName(folders.ConsumerConfiguration)!, "archive-master.key");
        (await File.ReadAllTextAsync(master)).ShouldStartWith("tunduk-master/1 rsa-oaep-sha256 ");
        File.GetUnixFileMode(master).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (code, output) = await token.AdapterAsync("verify", folders.ConsumerConfiguration);
        code.ShouldBe(0, output);
        output.ShouldContain("sealed parts complete");

        // The token's other keys do not open it, nor does anything without a token.
        (code, output) = await token.JudgeAsync("--login", "--pin", SoftToken.Pin, "--keypairgen", "--key-type", "rsa:2048", "--usage-decrypt", "--label", "other", "--id", "08");
        code.ShouldBe(0, output);
        options["Archive"]!["MasterKeyToken"]!["Key"] = "pkcs11:token=is;object=other";
        await File.WriteAllTextAsync(folders.ConsumerConfiguration, options.ToJsonString());
        (code, output) = await token.AdapterAsync("verify", folders.ConsumerConfiguration);
        code.ShouldBe(1, output);
        output.ShouldContain("does not open the master key");
        ((JsonObject)options["Archive"]!).Remove("MasterKeyToken");
        await File.WriteAllTextAsync(folders.ConsumerConfiguration, options.ToJsonString());
        (code, output) = await token.AdapterAsync("verify", folders.ConsumerConfiguration);
        code.ShouldBe(1, output);
        output.ShouldContain("wrapped by a token, and none is named");
    }

    private static async Task<SandboxFolders> WriteAsync(SoftToken token, SecurityServerDouble server, TemporaryFolder folder, string module = SoftToken.Module, string? second = null)
    {
        var folders = new SandboxFolders(folder.Path, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        folders.WriteConsumer(TestKeys.Consumer, TestKeys.Provider, server.Address);
        var options = (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(folders.ConsumerConfiguration), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
        options["Keys"]!["token"] = token.Key("is.crt.pem", Uri, module);
        if (second is not null)
        {
            options["Keys"]![second] = token.Key("is.crt.pem", Uri, module);
        }

        options["Own"]![0]!["SigningKey"] = "token";
        options["Doctor"] = new JsonObject { ["Interval"] = "00:00:00" }; // It asks the security server too.
        foreach (var listener in new[] { "Is", "Admin" })
        {
            options["Listen"]![listener]!["Address"] = "http://127.0.0.1:0";
        }

        await File.WriteAllTextAsync(folders.ConsumerConfiguration, options.ToJsonString());
        return folders;
    }

    private static async Task<(int Status, string Text)> AskAsync(AdapterProcess adapter, SandboxFolders folders)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(adapter["is"], "v1/services/getPerson")) { Content = TestWorld.Json(TestPersons.Request) };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + folders.ApiKey);
        request.Headers.TryAddWithoutValidation("X-Road-UserId", TestPersons.UserId);
        request.Headers.TryAddWithoutValidation("X-Road-Issue", TestPersons.Issue);
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A certificate for the token's key: issued by the authority of all test keys, by its request.</summary>
    private static async Task IssueAsync(SoftToken token)
    {
        var (_, request) = await token.AdapterAsync("keys", "csr", Uri, "--module", SoftToken.Module, "--password-file", token.PinFile, "--member-code", "60009001", "--organisation", "Credit office (invented)", "--name", "loans");
        using var certificate = TestKeys.Issue(request);
        await File.WriteAllTextAsync(token["is.crt.pem"], certificate.ExportCertificatePem());
        await File.WriteAllBytesAsync(token["is.crt.der"], certificate.RawData);
    }

    private static async Task FailsAsync(SoftToken token, string code, string uri, params string[] more)
    {
        var (exit, output) = await token.AdapterAsync(["keys", "csr", uri, "--module", SoftToken.Module, "--member-code", "1", "--organisation", "o", "--name", "n", .. more]);
        exit.ShouldBe(1, output);
        output.ShouldContain(code);
        output.ShouldNotContain(SoftToken.Pin);
        output.ShouldNotContain("9999-wrong");
        output.ShouldNotContain("Enter PKCS#11");
    }
}

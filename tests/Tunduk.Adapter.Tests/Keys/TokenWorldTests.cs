using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Keys;

/// <summary>What befalls a key in a token while exchanges run: nothing is restarted by hand, nothing hangs.</summary>
public sealed class TokenWorldTests(TokenWorld fixture) : IClassFixture<TokenWorld>
{
    private readonly TestWorld world = fixture.World;
    private readonly SoftToken token = fixture.Token;

    [Fact]
    public async Task Ask_HelperOfTheTokenDiesUnderLoad_NoExchangeIsRefused()
    {
        var replies = await UnderLoadAsync(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                Helpers().ForEach(Kill);
                await MoreAsync(10);
            }
        });

        replies.ShouldAllBe(reply => reply.Status == 200);
    }

    [Fact]
    public async Task Reload_PinFileChangedToAWrongPin_IsNamedAndTheOpenSessionSignsOn()
    {
        token.Secret("pin.txt", "9999-wrong\n");
        await ReadyAsync(text => text.Contains("key_pin_wrong", StringComparison.Ordinal));
        (await world.AskAsync()).Status.ShouldBe(200);
        (await ReadyAsync(text => text.Contains("adapter.json was changed and not taken", StringComparison.Ordinal))).ShouldNotContain("9999-wrong");

        token.Secret("pin.txt", SoftToken.Pin + "\n\n");
        await ReadyAsync(text => !text.Contains("key_pin_wrong", StringComparison.Ordinal));
        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Ask_TokenPulledUnderLoadAndPutBack_SignsAgainWithoutAHand()
    {
        var replies = await UnderLoadAsync(async () =>
        {
            var plugged = Directory.GetDirectories(token.Tokens).ShouldHaveSingleItem();
            Directory.Move(plugged, token["pulled"]);
            await Wait.ForAsync(async () => (await world.AskAsync()).Status == 503 ? "refused" : null);
            await ReadyAsync(text => text.Contains("its token failed", StringComparison.Ordinal) && text.Contains("key_token_missing", StringComparison.Ordinal));

            // While it is away other settings change all the same.
            Change(options => options["Limits"] = new JsonObject { ["MaxConcurrentExchanges"] = 999 });
            await Wait.ForAsync(async () =>
            {
                world.Clock.Expire(ConfigurationWatch.Interval);
                return (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count > 0 ? "taken" : null;
            });

            Directory.Move(token["pulled"], plugged);
            await ReadyAsync(text => !text.Contains("its token failed", StringComparison.Ordinal));
            await MoreAsync(20);
        });

        replies.ShouldAllBe(reply => reply.Status == 200 || (reply.Status == 503 && reply.Text.Contains("\"signing_", StringComparison.Ordinal)));
        for (var i = 0; i < 5; i++)
        {
            (await world.AskAsync()).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task Reload_AnotherKeyOfTheTokenTakesOverUnderLoad_NoExchangeIsRefused()
    {
        HttpReply? ofNext = null;
        var replies = await UnderLoadAsync(async () =>
        {
            Change(options =>
            {
                options["Keys"]!["next"] = fixture.Token.Key("second.crt.pem", TokenWorld.Second);
                options["Keys"]!["next"]!["From"] = TimeProvider.System.GetUtcNow().AddSeconds(-1).ToString("O");
                options["Own"]![0]!["NextSigningKeys"] = new JsonArray("next");
            });
            ofNext = await SignedByAsync(fixture.SecondSha256);
            await MoreAsync(20);
            Change(options =>
            {
                ((JsonObject)options["Keys"]!).Remove("next");
                ((JsonObject)options["Own"]![0]!).Remove("NextSigningKeys");
            });
            await SignedByAsync(fixture.FirstSha256);
            await MoreAsync(20);
        });

        replies.ShouldAllBe(reply => reply.Status == 200);
        ofNext.ShouldNotBeNull();
    }

    [Fact]
    public async Task Sign_HelperHangs_IsEndedAndTheSignatureMadeByAnother()
    {
        var clock = new TestClock();
        using var key = TokenWorld.Open(TokenWorld.Second, clock);
        var session = ((ITokenBacked)key).Session;
        var hung = session.HelperId.ShouldNotBeNull();
        (await Tool.RunAsync("kill", "-STOP", $"{hung}")).Code.ShouldBe(0);

        var text = "text"u8.ToArray();
        var signing = Task.Run(() => ((ECDsa)key).SignData(text, HashAlgorithmName.SHA256));
        await Wait.ForAsync(() => signing.IsCompleted || clock.Expire(TokenSession.OpenLimit) > 0); // Once: the next helper has its time.

        ((ECDsa)key).VerifyData(text, await signing, HashAlgorithmName.SHA256).ShouldBeTrue();
        session.HelperId.ShouldNotBe(hung);
    }

    [Fact]
    public void Sign_AnotherTokenOfTheSameName_SignsNothingInItsPlace()
    {
        var clock = new TestClock();
        using var key = TokenWorld.Open(TokenWorld.First, clock);

        // The key's name goes to another key, as in a token that was made anew.
        TokenUri.TryParse(TokenWorld.Second, out var other, out _).ShouldBeTrue();
        typeof(TokenSession).GetField("uri", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.SetValue(((ITokenBacked)key).Session, other);
        Kill(((ITokenBacked)key).Session.HelperId!.Value);

        var fault = Should.Throw<TokenException>(() => ((RSA)key).SignData("text"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)).Fault;
        fault.CodeName.ShouldBe("key_key_pair");
    }

    [Fact]
    public void Frames_OfAnyKind_AreReadWholeOrNotAtAll()
    {
        var stream = new MemoryStream();
        TokenFrames.Write(stream, TokenCall.SignPss, [1, 2, 3]);
        var whole = stream.ToArray();
        TokenFrames.TryRead(new MemoryStream(whole), out var call, out var content).ShouldBeTrue();
        (call, content!.Length).ShouldBe((TokenCall.SignPss, 3));

        for (var length = 0; length < whole.Length; length++)
        {
            TokenFrames.TryRead(new MemoryStream(whole[..length]), out _, out _).ShouldBeFalse();
        }

        TokenFrames.TryRead(new MemoryStream([0, 0, 1, 1, 3, .. new byte[100]]), out _, out _).ShouldBeFalse("longer than any frame");
        TokenFrames.TryRead(new MemoryStream([255, 255, 255, 255, 3]), out _, out _).ShouldBeFalse("a negative length");
    }

    private async Task<List<HttpReply>> UnderLoadAsync(Func<Task> meanwhile)
    {
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            var answers = new List<HttpReply>();
            while (!stop.IsCancellationRequested)
            {
                answers.Add(await world.AskAsync());
            }

            return answers;
        })).ToList();
        try
        {
            await MoreAsync(5);
            await meanwhile();
        }
        finally
        {
            await stop.CancelAsync();
        }

        return [.. (await Task.WhenAll(load)).SelectMany(answers => answers)];
    }

    private Task MoreAsync(int exchanges)
    {
        var before = world.InformationSystem.Calls.Count;
        return Wait.ForAsync(() => world.InformationSystem.Calls.Count > before + exchanges);
    }

    /// <summary>Waits for what readiness says, while the clocks of watch, queue and session go on.</summary>
    private Task<string> ReadyAsync(Func<string, bool> holds)
    {
        var jumps = 10; // No more: a message that waits for its signature meanwhile is good for five minutes.
        return Wait.ForAsync(async () =>
        {
            if (jumps-- > 0)
            {
                world.Clock.Jump(TokenSession.RetryAfter);
            }

            world.Clock.Expire(ConfigurationWatch.Interval);
            world.Clock.Expire(SigningQueue.TrialAfter);
            var text = (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready")))).Text;
            return holds(text) ? text : null;
        });
    }

    private Task<HttpReply> SignedByAsync(string sha256) => Wait.ForAsync(async () =>
    {
        world.Clock.Expire(ConfigurationWatch.Interval);
        var reply = await world.AskAsync();
        reply.Status.ShouldBe(200, reply.Text);
        var request = (await TestWorld.FindAsync(world.Provider, messageId: reply.MessageId)).Single(entry => entry.Entry.Kind == EntryKind.Request).Entry;
        return Convert.ToHexStringLower(request.CertificateSha256.Span) == sha256 ? reply : null;
    });

    private void Change(Action<JsonObject> change)
    {
        var file = world.Folders.ConsumerConfiguration;
        var options = (JsonObject)JsonNode.Parse(File.ReadAllText(file))!;
        change(options);
        File.WriteAllText(file + ".new", options.ToJsonString());
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Helper processes for tokens of this process.</summary>
    private static List<int> Helpers() =>
        [.. Directory.GetDirectories("/proc/self/task").SelectMany(task => Read(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse)
            .Where(id => Read($"/proc/{id}/cmdline").Contains(TokenHelper.Command, StringComparison.Ordinal))];

    /// <summary>A file of a thread or process that may end meanwhile.</summary>
    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It has ended.
        }
    }
}

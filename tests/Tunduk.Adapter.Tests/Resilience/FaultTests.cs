using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Resilience;

/// <summary>A running adapter with a second security server, a slow service, an expired key, no time-stamps, and far too much to do.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Ask_FirstSecurityServerAway_TheNextIsAskedAndTheFirstAgainWhenItIsBack()
    {
        await using var wire = new FaultyWire();
        using var dead = new DeadAddress();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json => FailOver(json, first: dead.Uri.ToString(), wire),
        });

        (await world.AskAsync()).Status.ShouldBe(200);

        HotChange(world, json => json["SecurityServer"]!["FailOver"] = new JsonArray());
        await TakenAsync(world, async () => (await world.AskAsync()).Text.Contains("security_server_unreachable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ask_FirstSecurityServerBreaksOffAfterBytesWereWritten_NobodyElseIsAsked()
    {
        await using var wire = new FaultyWire();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json =>
            {
                var real = (string)json["SecurityServer"]!["Address"]!;
                wire.Target = new Uri(real);
                json["SecurityServer"]!["Address"] = wire.Address.ToString();
                json["SecurityServer"]!["FailOver"] = new JsonArray(real);
            },
        });
        wire.Mode = FaultyWire.Fault.Reset;

        var refusal = await world.RefusedAsync("security_server_broken", "forward");

        refusal.OutcomeUnknown.ShouldBeTrue();
        world.InformationSystem.Calls.Count.ShouldBeLessThanOrEqualTo(1, "what was written is never written again");
    }

    [Fact]
    public async Task Ask_OneServiceSlow_TheOthersAreAnswered()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json =>
            {
                json["Services"]!["quick"] = json["Services"]!["getPerson"]!.DeepClone();
                json["SecurityServer"]!["MaxConnections"] = 4;
                json["Limits"] = new JsonObject { ["MaxConcurrentExchanges"] = 8 };
            },
        });
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var slow = new SemaphoreSlim(0);
        world.InformationSystem.Misbehave = async context =>
        {
            if (context.Request.Headers["X-Road-Issue"].ToString().Contains("slow", StringComparison.Ordinal))
            {
                slow.Release();
                await go.Task;
            }

            await InformationSystemDouble.Answering(Encoding.UTF8.GetString(RegisterJson.WithEcho(TestPersons.Somebody.Pin, RegisterJson.Person(TestPersons.Somebody))))(context);
        };
        var headers = new Dictionary<string, string?> { ["X-Road-Issue"] = "loan-scoring slow 17" };
        var held = Enumerable.Range(0, 7).Select(_ => world.AskAsync(headers: headers)).ToList();
        await slow.WaitAsync();
        await slow.WaitAsync();

        // Two of it are asked, five wait: one place for exchanges and two connections are left.
        for (var i = 0; i < 5; i++)
        {
            (await world.AskAsync("quick")).Status.ShouldBe(200);
        }

        slow.CurrentCount.ShouldBe(0, "no more of the slow service than its share");
        go.SetResult();
        foreach (var answer in await Task.WhenAll(held))
        {
            if (answer.Status != 200)
            {
                Refusal.CheckForm(answer, "overloaded", "forward");
                answer.Headers["Retry-After"].ShouldBe("1");
            }
        }
    }

    [Fact]
    [Provokes("signing_key_unavailable", Faces.Rest, Faces.Grpc, Faces.Soap)]
    public async Task Ask_KeyExpiresAtNoon_IsRefusedByNameOnEveryFaceAndTheNextKeyNeedsNoRestart()
    {
        using var folder = new TemporaryFolder();
        var now = TimeProvider.System.GetUtcNow();
        using var brief = TestKeys.SelfSigned(X509KeyUsageFlags.DigitalSignature, now.AddDays(-1), now.AddHours(2));
        using var next = TestKeys.SelfSigned(X509KeyUsageFlags.DigitalSignature, now.AddDays(-1), now.AddDays(30));
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json => json["Keys"]!["is"] = Key(folder, "brief", brief),
            ProviderAgreement = text => text.Replace("certificates: [ ", $"certificates: [ {{ sha256: \"{TestKeys.Sha256(brief)}\", from: 2020-01-01, until: 2090-01-01 }}, {{ sha256: \"{TestKeys.Sha256(next)}\", from: 2020-01-01, until: 2090-01-01 }}, ", StringComparison.Ordinal),
        });
        (await world.AskAsync()).Status.ShouldBe(200);

        world.Clock.Jump(TimeSpan.FromHours(3));

        var refusal = await world.RefusedAsync("signing_key_unavailable", "sign");
        refusal.Found.ShouldNotBeNull().ShouldContain("valid from");
        foreach (var face in Faces.All)
        {
            (await Faces.AskAsync(world, face, new Faces.Question())).Code.ShouldNotBeNull().ShouldEndWith("signing_key_unavailable");
        }

        world.InformationSystem.Calls.Count.ShouldBe(1, "nothing is sent unsigned");
        HotChange(world, json => json["Keys"]!["is"] = Key(folder, "next", next));
        await TakenAsync(world, async () => (await world.AskAsync()).Status == 200);
    }

    [Fact]
    [Provokes("timestamp_overdue", Faces.Rest, Faces.Grpc, Faces.Soap)]
    public async Task Ask_NoTimestampForTooLong_IsRefusedByNameOnEveryFace()
    {
        using var folder = new TemporaryFolder();
        using var dead = new DeadAddress();
        var anchor = Path.Combine(folder.Path, "anchor.pem");
        await File.WriteAllTextAsync(anchor, TestKeys.TheAuthority.Root.Certificate.ExportCertificatePem());
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = json => (json["Trust"] ??= new JsonObject())["Timestamps"] = new JsonObject
            {
                ["MaximumGap"] = "01:00:00",
                ["Authorities"] = new JsonArray(new JsonObject { ["Address"] = dead.Uri.ToString(), ["Anchors"] = new JsonArray(anchor), ["AllowLocalAddresses"] = true }),
            },
        });
        (await world.AskAsync()).Status.ShouldBe(200, "none is due yet");

        world.Clock.Jump(TimeSpan.FromHours(2));

        foreach (var face in Faces.All)
        {
            (await Faces.AskAsync(world, face, new Faces.Question())).Code.ShouldNotBeNull().ShouldEndWith("timestamp_overdue");
        }
    }

    /// <summary>Ten times what the adapter takes, for a while (<c>TUNDUK_OVERLOAD_SECONDS</c>, default 5): named refusals, whole answers, bounded memory, nothing left open.</summary>
    [Fact]
    public async Task Ask_TenTimesTheLoadForAWhile_ShedsByNameKeepsItsMemoryAndRecovers()
    {
        const int Places = 8;
        var length = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("TUNDUK_OVERLOAD_SECONDS") ?? "5", System.Globalization.CultureInfo.InvariantCulture));
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = json => json["Limits"] = new JsonObject { ["MaxConcurrentExchanges"] = Places } });
        (await world.AskAsync()).Status.ShouldBe(200);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var started = TimeProvider.System.GetTimestamp();
        var codes = new System.Collections.Concurrent.ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        await Task.WhenAll(Enumerable.Range(0, 10 * Places).Select(_ => Task.Run(async () =>
        {
            while (TimeProvider.System.GetElapsedTime(started) < length || !codes.ContainsKey("overloaded") || codes.GetValueOrDefault("ok") <= Places)
            {
                var reply = await world.AskAsync();
                codes.AddOrUpdate(reply.Status == 200 ? "ok" : reply.Json.GetProperty("code").GetString()!, 1, static (_, count) => count + 1);
            }
        })));

        codes.Keys.ShouldBeSubsetOf(["ok", "overloaded"]);

        // What is shed is not kept; what other tests of this process hold meanwhile, they give back.
        await Wait.ForAsync(() => GC.GetTotalMemory(forceFullCollection: true) - before < 100L * 1024 * 1024);
        (await world.AskAsync()).Status.ShouldBe(200);
        foreach (var host in new[] { world.Consumer, world.Provider })
        {
            await Wait.ForAsync(() => host.Archive.Status.OpenRequests == 0);
        }

        (await TestWorld.FindAsync(world.Consumer, code: "overloaded")).ShouldNotBeEmpty("a refusal is an entry");
    }

    private static void FailOver(JsonObject json, string first, FaultyWire wire)
    {
        wire.Target = new Uri((string)json["SecurityServer"]!["Address"]!);
        json["SecurityServer"]!["Address"] = first;
        json["SecurityServer"]!["FailOver"] = new JsonArray(wire.Address.ToString());
    }

    private static JsonObject Key(TemporaryFolder folder, string name, X509Certificate2 certificate)
    {
        var file = Path.Combine(folder.Path, name + ".pem");
        File.WriteAllText(file, certificate.ExportCertificatePem());
        return new JsonObject { ["Certificate"] = file, ["Key"] = TestKeys.Consumer.KeyPath };
    }

    private static void HotChange(TestWorld world, Action<JsonObject> change)
    {
        var file = world.Folders.ConsumerConfiguration;
        var json = (JsonObject)JsonNode.Parse(File.ReadAllText(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }

    private static Task TakenAsync(TestWorld world, Func<Task<bool>> holds) => Wait.ForAsync(async () =>
    {
        world.Clock.Expire(ConfigurationWatch.Interval);
        return await holds() ? "taken" : null;
    });
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Adapter.Tests.Telemetry;
using Tunduk.Adapter.V1;
using Refusal = Tunduk.Adapter.Tests.Functional.Refusal;

namespace Tunduk.Adapter.Tests.Configuration;

// Over 300 lines: every part that takes a changed setting.

/// <summary><c>adapter.json</c> changed under a running adapter.</summary>
public sealed class HotReloadTests
{
    [Fact]
    public async Task Change_CallerAddedAndRemoved_IsTakenWithoutARestart()
    {
        await using var world = await TestWorld.StartAsync();
        Refusal.CheckForm(await world.AskAsync(key: "new-key"), "caller_unknown", "authenticate");

        Change(world, json => ((JsonArray)json["Callers"]!).Add(EndToEnd.Caller("new", "new-key", ["is"], [SandboxNames.Consumer])));
        await TakenAsync(world, async () => (await world.AskAsync(key: "new-key")).Status == 200);
        (await world.AskAsync()).Status.ShouldBe(200, "the others are as they were");

        Change(world, json => ((JsonArray)json["Callers"]!).RemoveAt(((JsonArray)json["Callers"]!).Count - 1));
        await TakenAsync(world, async () => (await world.AskAsync(key: "new-key")).Status == 401);
        await Wait.ForAsync(async () => (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count == 2 ? "each change is an entry" : null);
    }

    [Fact]
    public async Task Change_FileOfACallersAuthority_IsTakenWithoutAChangeOfTheConfiguration()
    {
        using var folder = new TemporaryFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Callers' authority (invented)", key, HashAlgorithmName.SHA256);
        using var authority = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync(folder["ca.pem"], authority.ExportCertificatePem());
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = new Uri("http://127.0.0.1:1/"),
            Consumer = json => ((JsonArray)json["Callers"]!).Add(new JsonObject
            {
                ["Name"] = "by-authority",
                ["CertificateAuthority"] = folder["ca.pem"],
                ["CertificateSubject"] = "CN=app",
            }),
        });

        await File.WriteAllTextAsync(folder["ca.pem"], "no certificate any more");

        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains(":CertificateAuthority", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_LevelOfTheLog_IsTakenWithoutARestart()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/"), Consumer = json => json["Telemetry"]!["LogLevel"] = "Error" });

        Change(world, json => json["Telemetry"]!["LogLevel"] = "Information");
        await TakenAsync(world, async () => (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count == 1);

        (await ReadyAsync(world)).ShouldNotContain("wait for a restart");
        var log = await world.StopAndReadLogsAsync();
        log.ShouldNotContain("Ready. Log", Case.Sensitive, "an Information while only Error was written");
        log.ShouldContain("was changed and taken");
    }

    [Fact]
    public async Task Change_FileWithFaults_ChangesNothingAndRaisesAnAlarm()
    {
        await using var world = await TestWorld.StartAsync();
        Change(world, json => json["Callers"]![0]!["Roles"] = new JsonArray("king"));

        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("adapter.json was changed and not taken", StringComparison.Ordinal));

        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Change_FileBrokenAndPutBackAsItWas_EndsTheAlarm()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/") });
        Change(world, json => json["Limits"] = new JsonObject { ["MaxDepth"] = 21 });
        await TakenAsync(world, async () => (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count == 1);
        var text = await File.ReadAllTextAsync(world.Folders.ConsumerConfiguration);

        await File.WriteAllTextAsync(world.Folders.ConsumerConfiguration, text[..100]);
        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("not taken", StringComparison.Ordinal));
        await File.WriteAllTextAsync(world.Folders.ConsumerConfiguration, text);

        await TakenAsync(world, async () => !(await ReadyAsync(world)).Contains("not taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_PinThatIsNoDigest_IsNamedAndTheNextChangeIsTaken()
    {
        await using var world = await TestWorld.StartAsync();
        Change(world, json => ((JsonArray)json["Documents"]!["PinnedAgreements"]!).Add("nothex"));
        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("not taken: Documents:PinnedAgreements", StringComparison.Ordinal));
        (await world.AskAsync()).Status.ShouldBe(200);

        Change(world, json =>
        {
            ((JsonArray)json["Documents"]!["PinnedAgreements"]!).RemoveAt(((JsonArray)json["Documents"]!["PinnedAgreements"]!).Count - 1);
            json["Callers"]![0]!["ApiKeySha256"] = new string('0', 64);
        });
        await TakenAsync(world, async () => (await world.AskAsync()).Status == 401);
    }

    [Fact]
    public async Task Change_PartThatThrows_RaisesAnAlarmAndTheNextChangeIsTaken()
    {
        await using var world = await TestWorld.StartAsync();
        AdapterConfiguration.Load(world.Folders.ConsumerConfiguration, out var configuration).ShouldBeEmpty();
        var part = new ThrowingPart();
        await using var watch = new ConfigurationWatch(configuration!, [part], world.Consumer.Archive, world.Clock, NullLogger<ConfigurationWatch>.Instance);
        watch.Start();

        Change(world, json => json["Limits"] = new JsonObject { ["MaxDepth"] = 21 });
        await TakenAsync(world, () => Task.FromResult(watch.Alarms.Any(alarm => alarm.Contains("not taken (FormatException)", StringComparison.Ordinal))));
        part.Throws = false;
        Change(world, json => json["Limits"] = new JsonObject { ["MaxDepth"] = 22 });

        await TakenAsync(world, () => Task.FromResult(part.Taken == 22));
        await TakenAsync(world, () => Task.FromResult(!watch.Alarms.Any(alarm => alarm.Contains("not taken", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Change_SettingThatNeedsARestart_IsNamed()
    {
        await using var world = await TestWorld.StartAsync();
        Change(world, json => json["Archive"]!["Head"] = "another-head");

        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("Archive wait for a restart", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_TelemetryAnchorsTimestampsAndRhythms_AreTakenWithoutARestart()
    {
        await using var authority = await AuthorityServer.StartAsync(TestKeys.TheAuthority, 0, TimeProvider.System, CancellationToken.None);
        await using var collector = await OtlpCollector.StartAsync();
        await using (var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = json => ((JsonObject)json["Archive"]!)["CheckpointInterval"] = "01:00:00" }))
        {
            (await world.AskAsync()).Status.ShouldBe(200);
            var anchor = Path.Combine(world.ConsumerFolder, "anchor.txt");
            Change(world, json =>
            {
                json["Archive"]!["AnchorFile"] = anchor;
                json["Archive"]!["CheckpointEntries"] = 1;
                json["Documents"]!["ContractCheck"] = "00:01:00";
                json["Telemetry"] = new JsonObject { ["OtlpEndpoint"] = collector.Address.ToString(), ["OperationalRecords"] = 1, ["LogFile"] = "logs/other-.log" };
                (json["Trust"] ??= new JsonObject())["Timestamps"] = new JsonObject
                {
                    ["Authorities"] = new JsonArray(new JsonObject
                    {
                        ["Address"] = authority.TsaAddress.AbsoluteUri,
                        ["Anchors"] = new JsonArray(TestKeys.TheAuthority.Root.CertificatePath),
                        ["AllowLocalAddresses"] = true,
                    }),
                };
            });
            await TakenAsync(world, async () => (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count == 1);
            (await ReadyAsync(world)).ShouldNotContain("wait for a restart");

            (await world.AskAsync()).Status.ShouldBe(200);
            await Wait.ForAsync(async () => (await TestWorld.FindAsync(world.Consumer, code: "time_stamp")).FirstOrDefault());
            await Wait.ForAsync(() => world.Consumer.Archive.Status.Anchors is [_, _] and var anchors && anchors.All(one => one.Size > 0));
            (await File.ReadAllTextAsync(anchor)).ShouldContain("sandbox");
            await Wait.ForAsync(async () =>
            {
                // At the start it was off: asked about in a minute at most.
                world.Clock.Expire(ContractDriftSchedule.FirstAfter);
                world.Clock.Expire(TimeSpan.FromMinutes(1));
                return (await GetAsync(world, "metrics")).Split('\n').FirstOrDefault(line => line.StartsWith("tunduk_contract_check_age_seconds", StringComparison.Ordinal));
            });
            Directory.GetFiles(Path.Combine(world.ConsumerFolder, "logs"), "other-*.log").ShouldHaveSingleItem();

            // And off again: nothing is stamped, nobody is asked, and nothing is kept.
            Change(world, json =>
            {
                ((JsonObject)json["Trust"]!).Remove("Timestamps");
                ((JsonObject)json["Archive"]!).Remove("AnchorFile");
                json["Telemetry"]!["OperationalRecords"] = 0;
            });
            await TakenAsync(world, async () => (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count == 2);
            world.Consumer.Archive.Status.Anchors.ShouldBeEmpty();
        }

        collector.Received("/opentelemetry.proto.collector.trace.v1.TraceService/Export").ShouldContain("forward");
    }

    [Fact]
    public async Task Change_ServiceAdded_IsServedOnEveryFaceWithoutARestart()
    {
        await using var world = await TestWorld.StartAsync();
        Refusal.CheckForm(await world.AskAsync("person"), "service_alias_unknown", "authenticate");
        using var client = RpcClient.Of(world);

        Change(world, json => json["Services"]!["person"] = json["Services"]!["getPerson"]!.DeepClone());
        await TakenAsync(world, async () => (await world.AskAsync("person")).Status == 200);

        (await client.CallAsync<ListServicesRequest, ListServicesResponse>(RpcClient.Exchange("ListServices"), new ListServicesRequest())).Services.Select(service => service.Method).ShouldContain("tunduk.services.person.Person/GetPerson_v1");
        var request = RpcClient.GetPerson();
        request.Alias = "person";
        (await client.AskAsync(request)).Json.ToStringUtf8().ShouldContain(TestPersons.Somebody.Surname);

        Change(world, json => ((JsonObject)json["Services"]!).Remove("person"));
        await TakenAsync(world, async () => (await world.AskAsync("person")).Status == 404);
        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Change_NeighboursAndLimits_AreTakenWithoutARestart()
    {
        using var dead = new DeadAddress();
        await using var world = await TestWorld.StartAsync();
        var address = world.SecurityServers.Consumer.Address.ToString();
        Change(world, json => json["SecurityServer"]!["Address"] = dead.Uri.ToString());
        await TakenAsync(world, async () => (await world.AskAsync()).Status == 502);
        await world.RefusedAsync("security_server_unreachable", "forward");

        Change(world, json => json["SecurityServer"]!["Address"] = address);
        await TakenAsync(world, async () => (await world.AskAsync()).Status == 200);

        Change(world, json => json["Limits"] = new JsonObject { ["MaxBody"] = 1024 });
        await TakenAsync(world, async () => (await world.AskAsync()).Text.Contains("at most 1024 bytes", StringComparison.Ordinal));

        Change(world.Folders.ProviderConfiguration, json => json["Provides"]!["getPerson"]!["Upstream"] = dead.Uri.ToString());
        Change(world, json => json["Limits"] = new JsonObject { ["MaxBody"] = 1024 * 1024 });
        await TakenAsync(world, async () => (await world.AskAsync()).Text.Contains("information_system_unreachable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_PinOfANewAgreement_PutsItInForceAndKeepsTheOldOneUntilThen()
    {
        await using var world = await TestWorld.StartAsync();
        var file = Path.Combine(world.ConsumerFolder, "agreements", SandboxAgreements.FileName);
        var next = (await File.ReadAllTextAsync(file)).Replace("purposes: [", "purposes: [audit-of-loans, ", StringComparison.Ordinal).Replace("version: 1", "version: 2", StringComparison.Ordinal);
        next.ShouldContain("audit-of-loans");
        await File.WriteAllTextAsync(file, next);
        var headers = new Dictionary<string, string?> { ["X-Road-Issue"] = "audit-of-loans 17" };
        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("the last good text stays in force", StringComparison.Ordinal));
        await world.RefusedAsync("purpose_not_agreed", "authorize", headers: headers);

        Change(world, json => ((JsonArray)json["Documents"]!["PinnedAgreements"]!).Add(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))));

        // The provider's agreement does not know the purpose: it is the consumer's that lets it pass now.
        await TakenAsync(world, async () => (await world.AskAsync(headers: headers)).Text.Contains("adapter.purpose_not_agreed", StringComparison.Ordinal));
        await Wait.ForAsync(async () =>
        {
            world.Clock.Expire(ConfigurationWatch.Interval);
            return (await TestWorld.FindAsync(world.Consumer, code: "PutInForce")).FirstOrDefault(entry => entry.Entry.AgreementVersion == 2) is null ? null : "the change is an entry";
        });
    }

    [Fact]
    public async Task Change_AgreementBrokenAndBrokenOtherwise_IsLoggedOnceEach()
    {
        // What nobody vouches for is not read at all.
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/"), Consumer = json => json["Documents"]!["AllowUnsignedAgreements"] = true });
        var file = Path.Combine(world.ConsumerFolder, "agreements", "broken.yaml");
        var sound = await File.ReadAllTextAsync(Path.Combine(world.ConsumerFolder, "agreements", SandboxAgreements.FileName));
        foreach (var fault in new[] { "first_of_faults", "second_of_faults" })
        {
            await File.WriteAllTextAsync(file, sound + "\n" + fault + ": 1\n");
            await TakenAsync(world, async () => (await ReadyAsync(world)).Contains(fault, StringComparison.Ordinal));
        }

        // What is wrong elsewhere tells nothing anew of this file.
        await File.WriteAllTextAsync(Path.Combine(world.ConsumerFolder, "agreements", "other.yaml"), sound + "\nthird_of_faults: 1\n");
        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("third_of_faults", StringComparison.Ordinal));

        var log = (await world.StopAndReadLogsAsync()).Split('\n');
        foreach (var fault in new[] { "first_of_faults", "second_of_faults", "third_of_faults" })
        {
            log.Count(line => line.Contains(fault, StringComparison.Ordinal)).ShouldBe(1, fault);
        }

        log.ShouldAllBe(line => !line.Contains("null version", StringComparison.Ordinal) && !line.Contains("and null", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_ContractBroken_ChangesNothingUntilItIsMended()
    {
        await using var world = await TestWorld.StartAsync();
        var json = (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(world.Folders.ConsumerConfiguration))!;
        var file = Path.Combine(world.ConsumerFolder, (string?)json["Documents"]!["Contracts"] ?? "contracts", (string)json["Services"]!["getPerson"]!["Contract"]!);
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text[..^40]);
        await TakenAsync(world, async () => (await ReadyAsync(world)).Contains("changed and not taken", StringComparison.Ordinal));
        (await world.AskAsync()).Status.ShouldBe(200, "what was read last stays in force");

        await File.WriteAllTextAsync(file, text + "<!-- mended -->");
        await TakenAsync(world, async () => !(await ReadyAsync(world)).Contains("not taken", StringComparison.Ordinal));
        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Change_ExchangeUnderWay_EndsAsItBegan()
    {
        using var dead = new DeadAddress();
        await using var world = await TestWorld.StartAsync();
        var asked = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        world.InformationSystem.Misbehave = async context =>
        {
            asked.TrySetResult();
            await go.Task;
            await InformationSystemDouble.Answering(Encoding.UTF8.GetString(RegisterJson.WithEcho(TestPersons.Somebody.Pin, RegisterJson.Person(TestPersons.Somebody))))(context);
        };
        var underWay = world.AskAsync();
        await asked.Task;

        Change(world, json => json["SecurityServer"]!["Address"] = dead.Uri.ToString());
        await TakenAsync(world, async () => (await world.AskAsync()).Text.Contains("security_server_unreachable", StringComparison.Ordinal));
        go.SetResult();

        (await underWay).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Change_UnderLoad_RefusesNobody()
    {
        const int Changes = 12;
        await using var world = await TestWorld.StartAsync();
        using var done = new CancellationTokenSource();
        var answered = 0;
        var asking = Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            var statuses = new List<int>();
            while (!done.IsCancellationRequested)
            {
                statuses.Add((await world.AskAsync()).Status);
                Interlocked.Increment(ref answered);
            }

            return statuses;
        })).ToList();
        for (var change = 0; change < Changes; change++)
        {
            var before = Volatile.Read(ref answered);
            await Wait.ForAsync(() => Volatile.Read(ref answered) > before + 1); // However slow the machine: exchanges lie between two changes.
            var (depth, taken) = (20 + change, change + 1);
            Change(world, json => json["Limits"] = new JsonObject { ["MaxDepth"] = depth });
            Change(world.Folders.ProviderConfiguration, json => json["Limits"] = new JsonObject { ["MaxDepth"] = depth });
            await TakenAsync(world, async () =>
                (await TestWorld.FindAsync(world.Consumer, code: "taken")).Count >= taken && (await TestWorld.FindAsync(world.Provider, code: "taken")).Count >= taken);
        }

        await done.CancelAsync();
        var all = (await Task.WhenAll(asking)).SelectMany(statuses => statuses).ToList();
        all.Count.ShouldBeGreaterThan(Changes);
        all.ShouldAllBe(status => status == 200);
    }

    private static void Change(TestWorld world, Action<JsonObject> change) => Change(world.Folders.ConsumerConfiguration, change);

    private static void Change(string file, Action<JsonObject> change)
    {
        var json = (JsonObject)JsonNode.Parse(File.ReadAllText(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }

    private static Task TakenAsync(TestWorld world, Func<Task<bool>> holds) => Wait.ForAsync(async () =>
    {
        world.Clock.Expire(ConfigurationWatch.Interval);
        return await holds() ? "taken" : null;
    });

    private static async Task<string> GetAsync(TestWorld world, string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(world.Consumer.AdminAddress!, path));
    }

    private static async Task<string> ReadyAsync(TestWorld world)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "health/ready"));
        return (await world.SendAsync(request)).Text;
    }

    private sealed class ThrowingPart : IReloadable
    {
        public bool Throws { get; set; } = true;

        public int Taken { get; private set; }

        public IReadOnlyList<string> Settings => ["Limits"];

        public bool IsBroken => false;

        public IEnumerable<string> Files(AdapterConfiguration configuration) => [];

        public Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults) =>
            Throws ? throw new FormatException() : new Reload(() => Taken = changed.Options.Limits.MaxDepth, static () => { });
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Contracts;

/// <summary>Clause 3.2.2: contracts in use against those served now, on a schedule and by the command line, under the agreement in force.</summary>
public sealed class ContractDriftScheduleTests
{
    private const string File = "sandbox_GOV_70009001_registry_getPerson_v1.wsdl";

    [Fact]
    public async Task Schedule_ProviderServesAnotherContract_HealthMetricsAndCommandSayIt()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            Consumer = options => options["Documents"]!["ContractCheck"] = "12:00:00",
            ConsumerFiles = UseAnother,
        });
        (await HealthAsync(world)).ShouldNotContain("contract getPerson");

        var health = await Wait.ForAsync(async () =>
        {
            world.Clock.Expire(ContractDriftSchedule.FirstAfter);
            var text = await HealthAsync(world);
            return text.Contains("contract getPerson", StringComparison.Ordinal) ? text : null;
        });

        health.ShouldContain("response/nickname the field has vanished");
        health.ShouldContain("response/photo");
        health.ShouldContain("the agreement does not list the field: it is removed until Annex 1 and the agreement name it");
        health.ShouldNotContain("contract getVehicles");
        var metrics = await GetAsync(world, "metrics");
        Metric(metrics, "tunduk_contract_differences", "getPerson", "breaking").ShouldBe("1");
        Metric(metrics, "tunduk_contract_differences", "getPerson", "unlisted").ShouldBe("1");
        Metric(metrics, "tunduk_contract_differences", "getVehicles", "breaking").ShouldBe("0");
        Metric(metrics, "tunduk_contract_unchecked", "getPerson").ShouldBe("0");
        metrics.ShouldContain("tunduk_contract_check_age_seconds");
        (await TestWorld.FindAsync(world.Consumer)).Count(entry => entry.Entry is { Kind: EntryKind.Request, Service: { } service } && service.EndsWith("/getWsdl", StringComparison.Ordinal)).ShouldBe(2, "each question is archived");

        // The same by the command line, with the exit code for cron.
        var (config, key) = await AccessAsync(world);
        var (code, text) = await RunAsync("check", "--config", config, "--key-file", key);
        code.ShouldBe(1, text);
        text.ShouldContain("getPerson: Breaking: getPerson/v1 Response response/nickname: the field has vanished");
        text.ShouldContain("2 differences, 0 not read, of 2 services");
        (code, text) = await RunAsync("check", "--config", config, "--key-file", key, "--json");
        code.ShouldBe(1, text);
        var report = JsonDocument.Parse(text).RootElement;
        report.GetProperty("checked").GetArrayLength().ShouldBe(2);
        report.GetProperty("differences").EnumerateArray().Select(difference => difference.GetProperty("path").GetString()).ShouldBe(["response/nickname", "response/photo"], ignoreOrder: true);
        report.GetProperty("unread").GetArrayLength().ShouldBe(0);
        (code, text) = await RunAsync("check", "--config", config);
        code.ShouldBe(2, text);

        // What the provider serves is imported, and then nothing differs.
        var folder = Path.Combine(world.ConsumerFolder, "contracts");
        (code, text) = await RunAsync("import", "--from-security-server", SandboxNames.GetPerson, "--config", config, "--key-file", key, "--to", folder);
        code.ShouldBe(0, text);
        text.ShouldContain("1 services, all of it can be mapped");
        (code, text) = await RunAsync("check", "--config", config, "--key-file", key);
        code.ShouldBe(0, text);
        (code, text) = await RunAsync("import", "--from-security-server", SandboxNames.Provider + "/none/v1", "--config", config, "--key-file", key, "--to", folder);
        code.ShouldBe(1, text);
        (code, text) = await RunAsync("import", "--from-security-server", "not an identifier", "--config", config, "--key-file", key);
        code.ShouldBe(2, text);
    }

    // A check that could not be made is not passed over in silence.
    [Fact]
    public async Task Schedule_ProviderDoesNotAnswer_HealthAndMetricsSaySo()
    {
        using var dead = new DeadAddress();
        await using var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithProvider = false,
            SecurityServer = dead.Uri,
            Consumer = options => options["Documents"]!["ContractCheck"] = "00:01:00",
        });

        var health = await Wait.ForAsync(async () =>
        {
            world.Clock.Expire(TimeSpan.FromMinutes(1));
            var text = await HealthAsync(world);
            return text.Contains("contract getPerson", StringComparison.Ordinal) ? text : null;
        });

        health.ShouldContain("could not be compared with what is served: security_server_unreachable");
        Metric(await GetAsync(world, "metrics"), "tunduk_contract_unchecked", "getPerson").ShouldBe("1");
    }

    [Fact]
    public async Task Run_ServedContractsOfEveryKind_ReportsProvidedServicesAndWhatCannotBeRead()
    {
        using var folder = new TemporaryFolder();
        SandboxFolders.WriteContracts(folder.Path);
        var options = new AdapterOptions();
        options.Own.Add(new OwnSubsystemOptions { Subsystem = SandboxNames.Provider });
        options.Provides["getPerson"] = new() { Service = SandboxNames.GetPerson, Contract = File, Upstream = "http://127.0.0.1:1/" };
        options.Provides["getVehicles"] = new() { Service = SandboxNames.GetVehicles, Contract = "sandbox_GOV_70009001_registry_getVehicles_v1.wsdl", Upstream = "http://127.0.0.1:1/" };
        var faults = new List<SettingFault>();
        var services = new ServiceCatalogue(options, ContractStore.Load(options, folder.Path, faults));
        faults.ShouldBeEmpty();
        var registered = (await System.IO.File.ReadAllTextAsync(Path.Combine(folder.Path, File))).Replace("name=\"patronymic\"", "name=\"middleName\"", StringComparison.Ordinal);
        var check = new ContractDriftCheck(services, _ => null, (service, _, _, _) => Task.FromResult(service.Code == "getPerson"
            ? new ServedContract(System.Text.Encoding.UTF8.GetBytes(registered), File, null)
            : new ServedContract("<html>"u8.ToArray(), File, null)));

        var report = await check.RunAsync(DateTimeOffset.UnixEpoch, withProvided: true, CancellationToken.None);

        report.IsClean.ShouldBeFalse();
        report.Checked.ShouldBe(["Provides:getPerson", "Provides:getVehicles"]);
        report.Differences.Select(entry => entry.Change.Path).ShouldBe(["response/patronymic", "response/middleName"], ignoreOrder: true);
        report.Differences.ShouldAllBe(entry => entry.Consequence.Contains("Catalogue", StringComparison.Ordinal));
        report.Unread.ShouldHaveSingleItem().Why.ShouldContain("cannot be read as a contract");
        report.Alarms().Count().ShouldBe(2);
        (await check.RunAsync(DateTimeOffset.UnixEpoch, withProvided: false, CancellationToken.None)).IsClean.ShouldBeTrue();
    }

    // In use: a field the provider does not have (any more), and none for one that it has.
    private static void UseAnother(JsonObject options, string folder)
    {
        var path = Path.Combine(folder, "contracts", File);
        var text = System.IO.File.ReadAllText(path);
        var changed = text.Replace("<xsd:element name=\"photo\" ", "<xsd:element name=\"nickname\" ", StringComparison.Ordinal);
        changed.ShouldNotBe(text);
        System.IO.File.WriteAllText(path, changed);
    }

    private static async Task<(string Config, string Key)> AccessAsync(TestWorld world)
    {
        var key = Path.Combine(world.ConsumerFolder, "key.txt");
        await System.IO.File.WriteAllTextAsync(key, world.Folders.ApiKey);
        var options = (JsonObject)JsonNode.Parse(await System.IO.File.ReadAllTextAsync(world.Folders.ConsumerConfiguration))!;
        options["Listen"]!["Is"]!["Address"] = world.Consumer.IsAddress!.ToString().TrimEnd('/');
        var config = Path.Combine(world.ConsumerFolder, "listening.json");
        await System.IO.File.WriteAllTextAsync(config, options.ToJsonString());
        return (config, key);
    }

    private static Task<(int Code, string Output)> RunAsync(params string[] arguments) =>
        Tool.RunAsync("dotnet", ["exec", AdapterProcess.Program, "contract", .. arguments]);

    private static string Metric(string metrics, string name, params string[] labels) => metrics.Split('\n')
        .Single(line => line.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => line.Contains($"\"{label}\"", StringComparison.Ordinal)))
        .Split(' ')[^1];

    private static Task<string> HealthAsync(TestWorld world) => GetAsync(world, "health/ready");

    private static async Task<string> GetAsync(TestWorld world, string path)
    {
        using var get = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, path));
        return (await world.SendAsync(get)).Text;
    }
}

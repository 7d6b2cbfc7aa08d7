using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Configuration;

/// <summary>Faults of form, of name and of rule are reported together.</summary>
public sealed class EveryFaultAtOnceTests
{
    [Fact]
    public void Load_UnknownNamesAndBrokenRules_NamesAllOfThem()
    {
        var folder = Directory.CreateTempSubdirectory("tunduk-config-");
        try
        {
            var file = Path.Combine(folder.FullName, "adapter.json");
            File.WriteAllText(file, """{ "Instance": "x", "Bogus": 1, "Listen": { "Is": { "Adress": "x" } }, "Limits": { "MaxBody": "-1" } }""");

            var named = AdapterConfiguration.Load(file, out var configuration).Select(fault => fault.Setting).ToList();

            configuration.ShouldBeNull();
            foreach (var setting in new[] { "Bogus", "Listen:Is:Adress", "Own", "Archive:Folder", "Archive:MasterKey", "Limits:MaxBody" })
            {
                named.ShouldContain(setting);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("""{ "Archive": { "Anchors": ["https://collector.example/"] } }""", "Archive:Anchors:0")]
    [InlineData("""{ "Callers": [ { "Name": "a", "Roles": "is" } ] }""", "Callers:0:Roles")]
    [InlineData("""{ "Services": { "a": "sandbox/GOV/70009001/registry/getPerson/v1" } }""", "Services:a")]
    [InlineData("""{ "Limits": 5 }""", "Limits")]
    public void Load_AValueWhereMembersOrItemsBelong_IsNamed(string json, string setting)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["adapter.json"], json);

        AdapterConfiguration.Load(folder["adapter.json"], out _).ShouldContain(fault => fault.Setting == setting && fault.Remedy.StartsWith("Write ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "Callers": [ { "Name": "a", "Expires": "24.11.2026" } ] }""", "Callers:0:Expires")]
    [InlineData("""{ "Callers": [ { "Name": "a", "Expires": "11/24/2026" } ] }""", "Callers:0:Expires")]
    [InlineData("""{ "Callers": [ { "Name": "a", "Expires": "2026-11-24T00:00:00" } ] }""", "Callers:0:Expires")]
    [InlineData("""{ "Callers": [ { "Name": "a", "Expires": "" } ] }""", "Callers:0:Expires")]
    [InlineData("""{ "Callers": [ { "Name": "a", "AuthorisedPersons": [ { "UserId": "KG1", "Until": "31.12.2026" } ] } ] }""", "Callers:0:AuthorisedPersons:0:Until")]
    [InlineData("""{ "Callers": [ { "Name": "a", "AuthorisedPersons": [ { "UserId": "KG1", "Until": "2026-12-31T00:00:00Z" } ] } ] }""", "Callers:0:AuthorisedPersons:0:Until")]
    [InlineData("""{ "Callers": [ { "Name": "a", "AuthorisedPersons": [ { "UserId": "KG1", "Until": { "Day": 1 } } ] } ] }""", "Callers:0:AuthorisedPersons:0:Until")]
    [InlineData("""{ "Callers": [ { "Name": "a", "AuthorisedPersons": {} } ] }""", "Callers:0:AuthorisedPersons")]
    [InlineData("""{ "Callers": [ { "Name": "a", "AuthorisedPersons": null } ] }""", "Callers:0:AuthorisedPersons")]
    [InlineData("""{ "Callers": [ { "Name": "a", "AuthorisedPersons": [ null ] } ] }""", "Callers:0:AuthorisedPersons:0")]
    [InlineData("""{ "Callers": [ { "Name": "a", "Services": null } ] }""", "Callers:0:Services")]
    [InlineData("""{ "Callers": [ { "Name": "a", "Services": [ ["b"] ] } ] }""", "Callers:0:Services:0")]
    [InlineData("""{ "Callers": [ { "Name": "a", "Services": [ null ] } ] }""", "Callers:0:Services:0")]
    [InlineData("""{ "Callers": [ { "Name": "a", "MaxConcurrent": "many" } ] }""", "Callers:0:MaxConcurrent")]
    [InlineData("""{ "Trust": { "Revocation": [ { "Authority": "ca.pem", "Timeout": "3 seconds" } ] } }""", "Trust:Revocation:0:Timeout")]
    [InlineData("""{ "Archive": { "Anchors": [ { "Address": "https://collector.example/", "Timeout": 10 } ] } }""", "Archive:Anchors:0:Timeout")]
    [InlineData("""{ "Trust": { "Timestamps": { "MaximumGap": "24:00:00" } } }""", "Trust:Timestamps:MaximumGap")]
    [InlineData("""{ "Limits": { "ProgressTimeout": "0:30" } }""", "Limits:ProgressTimeout")]
    [InlineData("""{ "Provides": { "a": { "Protocol": "1" } } }""", "Provides:a:Protocol")]
    public void Load_AValueWithoutItsSettingsForm_IsNamedWhereverItStands(string json, string setting)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["adapter.json"], json);

        AdapterConfiguration.Load(folder["adapter.json"], out var configuration)
            .ShouldContain(fault => fault.Setting == setting && fault.Fault.Contains("type", StringComparison.Ordinal));

        configuration.ShouldBeNull();
    }

    [Fact]
    public void Load_FormsThatThePageNames_AreTaken()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["adapter.json"], """
            {
              "Callers": [ { "Name": "a", "Expires": "2026-12-31T18:00:00+06:00", "MaxConcurrent": null,
                "AuthorisedPersons": [ { "UserId": "KG1", "From": "2026-01-01", "Until": "2026-12-31" } ], "Services": [] },
                { "Name": "b", "Expires": "2026-12-31T18:00:00.123Z" } ],
              "Documents": { "ContractCheck": "0" },
              "Doctor": { "Interval": "1.00:00:00" },
              "Provides": { "a": { "Protocol": "grpc" } }
            }
            """);

        AdapterConfiguration.Load(folder["adapter.json"], out _).ShouldNotContain(fault => fault.Fault.Contains("type", StringComparison.Ordinal));
    }

    [Fact]
    public void Load_SeveralWrongTypesInOneSection_NamesEachAndCallsNothingOfItMissing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["adapter.json"], """
            {
              "Services": { "a": { "Service": "sandbox/GOV/70009001/registry/getPerson/v1" } },
              "SecurityServer": { "Address": "http://127.0.0.1:1/", "ResponseTimeout": "30 s", "TotalTimeout": "soon" }
            }
            """);

        var named = AdapterConfiguration.Load(folder["adapter.json"], out _).Select(fault => fault.Setting).Where(setting => setting.StartsWith("SecurityServer", StringComparison.Ordinal));

        named.ShouldBe(["SecurityServer:ResponseTimeout", "SecurityServer:TotalTimeout"], ignoreOrder: true);
    }

    [Fact]
    public async Task Start_PlacesAndKeysThatCannotBeUsed_NamesAllOfThemAndMakesNothing()
    {
        using var folder = new TemporaryFolder();
        var folders = new SandboxFolders(folder.Path, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
        folders.WriteConsumer(TestKeys.Consumer, TestKeys.Provider, new Uri("http://127.0.0.1:1/"));
        var json = (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(folders.ConsumerConfiguration), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
        var file = Path.Combine(folder.Path, "a-file");
        await File.WriteAllTextAsync(file, "");
        json["Archive"]!["Folder"] = Path.Combine(file, "archive");
        json["Archive"]!["Head"] = file;
        json["Keys"]!["is"]!["Key"] = file;
        await File.WriteAllTextAsync(folders.ConsumerConfiguration, json.ToJsonString());
        AdapterConfiguration.Load(folders.ConsumerConfiguration, out var configuration).ShouldBeEmpty();

        var (host, faults) = await AdapterHost.StartAsync(configuration!, NullLoggerFactory.Instance, TimeProvider.System, copies: null, CancellationToken.None);

        host.ShouldBeNull();
        var named = faults.Select(fault => fault.Setting).ToList();
        named.ShouldContain("Archive:Folder");
        named.ShouldContain("Archive:Head");
        named.ShouldContain(setting => setting.StartsWith("Keys:is", StringComparison.Ordinal), string.Join("; ", named));
        faults.ShouldAllBe(fault => fault.Remedy.Length > 0);
    }
}

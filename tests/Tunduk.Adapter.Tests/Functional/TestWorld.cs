using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Telemetry;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Functional;

// Over 300 lines: one world: two adapters, their neighbours and the ways to ask.

/// <summary>
/// A whole world on free ports in a folder of its own: the sandbox's configuration, agreements, contracts and simulated
/// security servers, and adapters started from files as <c>run</c> starts them; real Kestrel sockets everywhere.
/// </summary>
internal sealed class TestWorld : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly string folder = Directory.CreateTempSubdirectory("tunduk-world-").FullName;
    private readonly SignedCopies? copies;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>>? names;
    private readonly HttpClient http = new() { Timeout = Wait.Longest };

    private TestWorld(TestWorldOptions? options)
    {
        Folders = new SandboxFolders(folder, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime)) { Contract = options?.Contract, WithPersons = options?.WithPersons == true };
        copies = options?.Copies;
        names = options?.Names;
    }

    public TestClock Clock { get; } = new();

    public SandboxFolders Folders { get; }

    public InformationSystemDouble InformationSystem { get; private set; } = null!;

    public SecurityServerPair SecurityServers { get; private set; } = null!;

    public AdapterHost Provider { get; private set; } = null!;

    public AdapterHost Consumer { get; private set; } = null!;

    public string ProviderFolder => Path.Combine(folder, "provider");

    public string ConsumerFolder => Path.Combine(folder, "consumer");

    public static async Task<TestWorld> StartAsync(TestWorldOptions? options = null)
    {
        var world = new TestWorld(options);
        try
        {
            await world.BuildAsync(options ?? new TestWorldOptions());
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public static string Digest(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>Asks as the consumer's information system does; headers with a null value are left out.</summary>
    public async Task<HttpReply> AskAsync(
        string alias = "getPerson",
        HttpContent? content = null,
        IReadOnlyDictionary<string, string?>? headers = null,
        string? key = null,
        CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Consumer.IsAddress!, "v1/services/" + alias)) { Content = content ?? Json(TestPersons.Request) };
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Authorization"] = "Bearer " + (key ?? Folders.ApiKey),
            ["X-Road-UserId"] = TestPersons.UserId,
            ["X-Road-Issue"] = TestPersons.Issue,
        };
        foreach (var (name, value) in headers ?? new Dictionary<string, string?>())
        {
            all[name] = value;
        }

        foreach (var (name, value) in all.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(request, cancellationToken);
    }

    /// <summary>Asks and expects a refusal of this code; checks everything every refusal must be.</summary>
    public async Task<Refusal> RefusedAsync(
        string code,
        string stage,
        string alias = "getPerson",
        HttpContent? content = null,
        IReadOnlyDictionary<string, string?>? headers = null,
        string? key = null) => await Refusal.CheckAsync(this, await AskAsync(alias, content, headers, key), code, stage);

    public async Task<HttpReply> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        using var response = await http.SendAsync(request, cancellationToken);
        return new HttpReply(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    /// <summary>Posts to the provider adapter as its security server does.</summary>
    public async Task<SoapReply> PostSoapAsync(ReadOnlyMemory<byte> envelope, string? contentType = "text/xml; charset=utf-8")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Provider.SecurityServerAddress!, "soap")) { Content = new ReadOnlyMemoryContent(envelope) };

        // A body that is refused by its announced length is not sent at all.
        request.Headers.ExpectContinue = envelope.Length > 1024 * 1024;
        if (contentType is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return SoapReply.Read(await SendAsync(request));
    }

    /// <summary>Posts what must be refused with this code: a fault, without values, archived under its record or counted.</summary>
    public async Task<SoapReply> FaultAsync(string code, ReadOnlyMemory<byte> envelope, string? contentType = "text/xml; charset=utf-8")
    {
        var calls = InformationSystem.Calls.Count;
        var reply = await PostSoapAsync(envelope, contentType);
        reply.FaultCode.ShouldBe("adapter." + code, reply.Text);
        reply.Status.ShouldBe(500);
        InformationSystem.Calls.Count.ShouldBe(calls, "a refused request reached the information system");
        TestPersons.ShouldHoldNoValue(reply.Text, "a fault");
        if (reply.Record is { } record)
        {
            var entry = await EndOfAsync(Provider, record);
            entry.Code.ShouldBe(code);
        }

        return reply;
    }

    /// <summary>The entry that says how an exchange ended: the record itself, or what ended it.</summary>
    public static async Task<LogEntry> EndOfAsync(AdapterHost host, string record)
    {
        RecordId.TryParse(record, out var id).ShouldBeTrue(record);
        var end = await host.Archive.GetEndAsync(id, CancellationToken.None) ?? await host.Archive.GetAsync(id, CancellationToken.None);
        return end.ShouldNotBeNull("the record is not in the archive").Entry;
    }

    public static async Task<IReadOnlyList<ArchiveEntry>> FindAsync(AdapterHost host, string? messageId = null, string? code = null)
    {
        var query = new SearchQuery { Terms = messageId is null ? [] : [new IndexTerm(IndexKind.MessageId, messageId)], Code = code };
        return (await host.Archive.SearchAsync(query, CancellationToken.None)).Entries;
    }

    /// <summary>Makes the minute pass after which refusals of unknown peers are archived, and finds them.</summary>
    public async Task<ArchiveEntry> CountedAsync(AdapterHost host, string code)
    {
        return await Wait.ForAsync(async () =>
        {
            Clock.Expire(TimeSpan.FromMinutes(1));
            return (await FindAsync(host, code: code)).FirstOrDefault(found => found.Entry.Count is not null);
        });
    }

    public static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    public static ByteArrayContent JsonBytes(byte[] bytes, string contentType = "application/json")
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return content;
    }

    /// <summary>Stops the consumer's adapter and starts it again from its files.</summary>
    public async Task RestartConsumerAsync()
    {
        await Consumer.StopAsync(CancellationToken.None);
        await Consumer.DisposeAsync();
        Consumer = await StartAdapterAsync(Folders.ConsumerConfiguration, null, null);
    }

    /// <summary>Stops both adapters and gives back every line they logged.</summary>
    public async Task<string> StopAndReadLogsAsync()
    {
        await StopAsync();
        return await ReadLogsAsync();
    }

    /// <summary>Every line that has come to the log files so far.</summary>
    public async Task<string> ReadLogsAsync()
    {
        var lines = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(folder, "*.log", SearchOption.AllDirectories).Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == "logs"))
        {
            using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            lines.Append(await reader.ReadToEndAsync());
        }

        return lines.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        http.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task StopAsync()
    {
        for (var i = owned.Count - 1; i >= 0; i--)
        {
            await owned[i].DisposeAsync();
        }

        owned.Clear();
    }

    private async Task BuildAsync(TestWorldOptions options)
    {
        var today = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);
        InformationSystem = await InformationSystemDouble.StartAsync();
        owned.Add(InformationSystem);
        InventedProvider? invented = null;
        if (options.Contract is not null)
        {
            invented = await InventedProvider.StartAsync(options.Contract, CancellationToken.None);
            owned.Add(invented);
        }

        if (options.WithProvider)
        {
            var text = SandboxAgreements.Provider(TestKeys.Sha256(TestKeys.Consumer.Certificate), today);
            WriteAgreements(ProviderFolder, text, options.ProviderAgreement, options.MoreOfProvider);
            Folders.WriteProvider(TestKeys.Provider, TestKeys.Consumer, InformationSystem.Address, invented?.Address);
            Provider = await StartAdapterAsync(Folders.ProviderConfiguration, options.Provider, options.ProviderFiles);
        }

        if (!options.WithConsumer)
        {
            return;
        }

        var address = options.SecurityServer;
        if (address is null)
        {
            var contracts = Path.Combine(folder, "contracts");
            SandboxFolders.WriteContracts(contracts);
            SandboxFolders.WriteDescriptions(contracts);
            SecurityServers = await SecurityServerPair.StartAsync(
                new SecurityServerPairOptions
                {
                    ProviderSoap = options.WithProvider ? new Uri(Provider.SecurityServerAddress!, "soap") : null,
                    ProviderRest = options.WithPersons ? new Uri(Provider.SecurityServerAddress!, "rest/" + SandboxNames.PersonsAlias) : null,
                    RestDescription = options.WithPersons ? Path.Combine(contracts, SandboxNames.PersonsFile) : null,
                    Contracts = contracts,
                    Contract = options.Contract,
                },
                Clock,
                CancellationToken.None);
            owned.Add(SecurityServers);
            address = SecurityServers.Consumer.Address;
        }

        var consumerText = SandboxAgreements.Consumer(TestKeys.Sha256(TestKeys.Provider.Certificate), today);
        WriteAgreements(ConsumerFolder, consumerText, options.ConsumerAgreement, options.MoreOfConsumer);
        Folders.WriteConsumer(TestKeys.Consumer, TestKeys.Provider, address);
        Consumer = await StartAdapterAsync(Folders.ConsumerConfiguration, options.Consumer, options.ConsumerFiles);
    }

    private static void WriteAgreements(string adapter, string text, Func<string, string> change, IReadOnlyDictionary<string, Func<string, string>> more)
    {
        var agreements = Directory.CreateDirectory(Path.Combine(adapter, "agreements")).FullName;
        File.WriteAllText(Path.Combine(agreements, SandboxAgreements.FileName), change(text));
        foreach (var (name, make) in more)
        {
            File.WriteAllText(Path.Combine(agreements, name), make(text));
        }
    }

    private async Task<AdapterHost> StartAdapterAsync(string file, Action<JsonObject>? change, Action<JsonObject, string>? files)
    {
        var json = (JsonObject)JsonNode.Parse(await File.ReadAllTextAsync(file), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
        foreach (var listener in ((JsonObject)json["Listen"]!).Select(entry => entry.Value).OfType<JsonObject>().Where(listener => (string?)listener["Address"] != ""))
        {
            listener["Address"] = "http://127.0.0.1:0";
        }

        // Neighbours of a test count who asks them; a test of the doctor says when it comes.
        json["Doctor"] = new JsonObject { ["Interval"] = "00:00:00" };
        json["Documents"]!["ContractCheck"] = "00:00:00";
        if (json["SecurityServer"] is JsonObject neighbour)
        {
            neighbour["ConnectTimeout"] = "00:00:59"; // A connection or a name takes as long as the machine does.
        }

        change?.Invoke(json);
        files?.Invoke(json, Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, json.ToJsonString());
        var faults = AdapterConfiguration.Load(file, out var configuration);
        faults.ShouldBeEmpty();
        var logs = AdapterLogging.Create(configuration!.Options.Telemetry, configuration.Resolve, console: false);
        owned.Add(new Disposer(logs.Dispose));
        var (host, startFaults) = await AdapterHost.StartAsync(configuration, logs, Clock, copies, names, CancellationToken.None);
        startFaults.ShouldBeEmpty();
        owned.Add(host!);
        return host!;
    }

    private sealed class Disposer(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return ValueTask.CompletedTask;
        }
    }
}

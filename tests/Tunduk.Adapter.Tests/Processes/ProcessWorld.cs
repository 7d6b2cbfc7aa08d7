using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Pki;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>
/// The sandbox as processes: register, provider's adapter, security servers, consumer's adapter, each started as a user
/// would, so that one can be killed while the others go on. A killed adapter comes back on its address.
/// </summary>
internal sealed class ProcessWorld : IAsyncDisposable
{
    public const string ConsumerSide = "consumer";
    public const string ProviderSide = "provider";

    private static readonly JsonDocumentOptions Comments = new() { CommentHandling = JsonCommentHandling.Skip };
    private readonly ProcessWorldOptions options;

    private ProcessWorld(ProcessWorldOptions options)
    {
        this.options = options;
        Folders = new SandboxFolders(options.Data, DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime));
    }

    public SandboxFolders Folders { get; }

    public AdapterProcess Register { get; private set; } = null!;

    public AdapterProcess SecurityServers { get; private set; } = null!;

    public AdapterProcess Provider { get; private set; } = null!;

    public AdapterProcess Consumer { get; private set; } = null!;

    /// <summary>Where the consumer's information system asks for persons.</summary>
    public Uri GetPerson => new(Consumer["is"], "v1/services/getPerson");

    /// <summary>Message ids the consumer's security server received.</summary>
    public IReadOnlyList<string> Received => Journal("security-servers/consumer/received.log");

    /// <summary>Message ids the provider's security server handed to the provider's adapter.</summary>
    public IReadOnlyList<string> Forwarded => Journal("security-servers/provider/forwarded.log");

    /// <summary>Message ids of the register's side effects.</summary>
    public IReadOnlyList<string> Calls => Journal("register/calls.log");

    public static async Task<ProcessWorld> StartAsync(ProcessWorldOptions options)
    {
        var world = new ProcessWorld(options);
        try
        {
            await world.BuildAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    public AdapterProcess Of(string side) => side == ConsumerSide ? Consumer : Provider;

    public string ConfigurationOf(string side) => side == ConsumerSide ? Folders.ConsumerConfiguration : Folders.ProviderConfiguration;

    /// <summary>Starts an adapter that was killed, on the same configuration.</summary>
    public async Task StartAgainAsync(string side)
    {
        await Of(side).DisposeAsync();
        var again = await StartAdapterAsync(ConfigurationOf(side));
        if (side == ConsumerSide)
        {
            Consumer = again;
        }
        else
        {
            Provider = again;
        }
    }

    /// <summary>Stops both adapters in order, the one that asks first, so that their archives can be opened.</summary>
    public async Task StopAdaptersAsync()
    {
        await Consumer.StopAsync();
        await Provider.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { Consumer, SecurityServers, Provider, Register })
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }
    }

    private async Task BuildAsync()
    {
        SandboxCertificate providerKey, consumerKey;
        using (var authority = DevelopmentAuthority.OpenOrCreate(Path.Combine(options.Data, "authority"), TimeProvider.System))
        {
            providerKey = authority.SigningCertificate("is-registry", "70009001", "Population register (invented)", "registry");
            consumerKey = authority.SigningCertificate("is-loans", "60009001", "Credit office (invented)", "loans");
            Register = await AdapterProcess.StartAsync(["sandbox", "--part", "register", "--data", Path.Combine(options.Data, "register")]);
            var register = options.BeforeRegister is null ? Register["address"] : await options.BeforeRegister(Register["address"]);

            Folders.WriteProvider(providerKey, consumerKey, register);
            Change(Folders.ProviderConfiguration, "SecurityServer", options.Provider);
            if (options.ProviderAgreement is { } change)
            {
                ChangeAgreement(Folders.ProviderConfiguration, change);
            }

            Provider = await StartAdapterAsync(Folders.ProviderConfiguration);
            var soap = new Uri(Provider["securityServer"], "soap");
            if (options.BeforeProvider is { } between)
            {
                soap = await between(soap);
            }

            var contracts = Path.Combine(options.Data, "security-servers", "contracts");
            SandboxFolders.WriteContracts(contracts);
            SecurityServers = await AdapterProcess.StartAsync(
            [
                "sandbox", "--part", "security-servers", "--data", Path.Combine(options.Data, "security-servers"),
                "--provider-soap", soap.ToString(), "--contracts", contracts,
            ]);

            Folders.WriteConsumer(consumerKey, providerKey, SecurityServers["consumer"]);
            Change(Folders.ConsumerConfiguration, "Is", options.Consumer);
            Consumer = await StartAdapterAsync(Folders.ConsumerConfiguration, options.ConsumerOpenFiles);
        }
    }

    private Task<AdapterProcess> StartAdapterAsync(string configuration, int? openFiles = null) =>
        AdapterProcess.StartAsync(["run", "--config", configuration, "--print-addresses"], options.Environment, openFiles: openFiles);

    // The listener whose address others know gets a port of its own; nobody asks for the admin's.
    private static void Change(string configuration, string listener, Action<JsonObject>? more)
    {
        var root = Read(configuration);
        root["Listen"]![listener]!["Address"] = $"http://127.0.0.1:{FreePort.Choose()}";
        root["Listen"]!["Grpc"]!["Address"] = "";
        root["Listen"]!["Admin"]!["Address"] = "http://127.0.0.1:0";
        more?.Invoke(root);
        File.WriteAllText(configuration, root.ToJsonString());
    }

    private static void ChangeAgreement(string configuration, Func<string, string> change)
    {
        var file = Path.Combine(Path.GetDirectoryName(configuration)!, "agreements", SandboxAgreements.FileName);
        File.WriteAllText(file, change(File.ReadAllText(file)));
        var root = Read(configuration);
        root["Documents"]!["PinnedAgreements"] = new JsonArray(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
        File.WriteAllText(configuration, root.ToJsonString());
    }

    private static JsonObject Read(string configuration) => JsonNode.Parse(File.ReadAllText(configuration), documentOptions: Comments)!.AsObject();

    private IReadOnlyList<string> Journal(string name)
    {
        var path = Path.Combine(options.Data, name);
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}

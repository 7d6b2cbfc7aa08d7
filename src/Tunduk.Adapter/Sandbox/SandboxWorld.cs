using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Telemetry;

namespace Tunduk.Adapter.Sandbox;

/// <summary>
/// The whole world on one machine: development authority, register, provider adapter, two security servers, consumer
/// adapter, in the order they need each other. The adapters are started from configuration files, as <c>run</c> does.
/// </summary>
internal sealed class SandboxWorld : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly SignedCopies copies = new(_ => true);

    private SandboxWorld(string data, SandboxFolders folders)
    {
        Data = data;
        Folders = folders;
    }

    public string Data { get; }

    public SandboxFolders Folders { get; }

    public DemonstrationRegister Register { get; private set; } = null!;

    public SecurityServerPair SecurityServers { get; private set; } = null!;

    public AdapterHost Provider { get; private set; } = null!;

    public AdapterHost Consumer { get; private set; } = null!;

    /// <summary>Starts everything; on a fault what was started is taken down.</summary>
    public static async Task<(SandboxWorld? World, IReadOnlyList<SettingFault> Faults)> StartAsync(string data, SandboxContract? contract, bool quiet, TimeProvider clock, CancellationToken cancellationToken)
    {
        var full = Path.GetFullPath(data);
        PrivateFiles.CreateFolder(full);
        var folders = new SandboxFolders(full, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)) { Contract = contract, WithPersons = contract?.Services.Any(service => service.Id == SandboxNames.Persons || service.Alias == SandboxNames.PersonsAlias) != true };
        var world = new SandboxWorld(full, folders);
        IReadOnlyList<SettingFault> faults = [];
        try
        {
            faults = await world.BuildAsync(quiet, clock, cancellationToken);
            return faults.Count == 0 ? (world, faults) : (null, faults);
        }
        finally
        {
            if (faults.Count > 0 || world.Consumer is null)
            {
                await world.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = owned.Count - 1; i >= 0; i--)
        {
            await owned[i].DisposeAsync();
        }

        owned.Clear();
    }

    private async Task<IReadOnlyList<SettingFault>> BuildAsync(bool quiet, TimeProvider clock, CancellationToken cancellationToken)
    {
        var authority = DevelopmentAuthority.OpenOrCreate(Path.Combine(Data, "authority"), clock);
        owned.Add(new Disposer(authority));
        Folders.Authority = await AuthorityServer.StartAsync(authority, SandboxPorts.Choose(6010), clock, cancellationToken);
        owned.Add(Folders.Authority);
        var providerKey = authority.SigningCertificate("is-registry", "70009001", "Population register (invented)", "registry");
        var consumerKey = authority.SigningCertificate("is-loans", "60009001", "Credit office (invented)", "loans");

        Register = await DemonstrationRegister.StartAsync(SandboxPorts.Choose(6020), Path.Combine(Data, "register"), cancellationToken);
        owned.Add(Register);

        InventedProvider? invented = null;
        if (Folders.Contract is { } contract)
        {
            invented = await InventedProvider.StartAsync(contract, cancellationToken);
            owned.Add(invented);
        }

        Folders.WriteProvider(providerKey, consumerKey, Register.Address, invented?.Address);
        var (provider, faults) = await StartAdapterAsync(Folders.ProviderConfiguration, "provider", quiet, clock, cancellationToken);
        if (provider is null)
        {
            return faults;
        }

        Provider = provider;
        var contracts = Path.Combine(Data, "security-servers", "contracts");
        SandboxFolders.WriteContracts(contracts);
        SandboxFolders.WriteDescriptions(contracts);
        SecurityServers = await SecurityServerPair.StartAsync(
            new SecurityServerPairOptions
            {
                DataFolder = Path.Combine(Data, "security-servers"),
                ConsumerPort = SandboxPorts.Choose(6080),
                ProviderPort = SandboxPorts.Choose(6081),
                ControlPort = SandboxPorts.Choose(6082),
                ProviderSoap = new Uri(Provider.SecurityServerAddress!, "soap"),
                ProviderRest = Folders.WithPersons ? new Uri(Provider.SecurityServerAddress!, "rest/" + SandboxNames.PersonsAlias) : null,
                RestDescription = Folders.WithPersons ? Path.Combine(contracts, SandboxNames.PersonsFile) : null,
                Contracts = contracts,
                Contract = Folders.Contract,
            },
            clock,
            cancellationToken);
        owned.Add(SecurityServers);

        Folders.WriteConsumer(consumerKey, providerKey, SecurityServers.Consumer.Address);
        var (consumer, consumerFaults) = await StartAdapterAsync(Folders.ConsumerConfiguration, "consumer", quiet, clock, cancellationToken);
        if (consumer is null)
        {
            return consumerFaults;
        }

        Consumer = consumer;
        return [];
    }

    private async Task<(AdapterHost? Host, IReadOnlyList<SettingFault> Faults)> StartAdapterAsync(string file, string name, bool quiet, TimeProvider clock, CancellationToken cancellationToken)
    {
        var faults = AdapterConfiguration.Load(file, out var configuration);
        if (configuration is null)
        {
            return (null, faults);
        }

        var logs = AdapterLogging.Create(configuration.Options.Telemetry, configuration.Resolve, name, console: !quiet);
        owned.Add(new Disposer(logs));
        var (host, startFaults) = await AdapterHost.StartAsync(configuration, logs, clock, copies, cancellationToken);
        if (host is not null)
        {
            owned.Add(host);
        }

        return (host, startFaults);
    }

    private sealed class Disposer(IDisposable thing) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            thing.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

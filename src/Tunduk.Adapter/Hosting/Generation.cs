using System.Collections.Frozen;
using Tunduk.Adapter.Administration;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Listeners;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Rpc;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Telemetry;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// Everything that is made of one reading of the configuration: services, contracts, neighbours, limits, trust, and the faces the
/// listeners show. A change makes another one; a request ends in the generation it began in, and the last to leave a generation
/// that is no longer current takes it down.
/// </summary>
internal sealed class Generation
{
    private readonly List<IDisposable> owned = [];
    private readonly Dictionary<ListenerKind, FaceHost> faces = [];
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int users = 1;
    private AttachmentSpool? spool;

    private Generation(AdapterConfiguration configuration, LastingParts lasting)
    {
        Configuration = configuration;
        Lasting = lasting;
        Own = configuration.Options.Own.Select(own => ClientId.Parse(own.Subsystem)).ToFrozenSet();
        TrustStamps = TrustStampsOf(configuration);
    }

    public AdapterConfiguration Configuration { get; }

    public ContractStore Contracts { get; private set; } = null!;

    /// <summary>Own subsystems.</summary>
    public FrozenSet<ClientId> Own { get; }

    /// <summary>Compares the contracts with those served.</summary>
    public ContractDriftCheck Drift { get; private set; } = null!;

    /// <summary>Where agreements lie and who vouches for them.</summary>
    public AgreementStoreOptions AgreementOptions { get; private set; } = null!;

    public TrustParts Trust { get; private set; } = null!;

    /// <summary>Bytes that transfers under way hold on disk.</summary>
    public long SpooledBytes => spool?.Taken ?? 0;

    /// <summary>Length and time of the files of trust when they were read.</summary>
    public string TrustStamps { get; }

    /// <summary>Completes when nobody uses it any more and everything was given back.</summary>
    public Task Gone => gone.Task;

    private LastingParts Lasting { get; }

    /// <summary>Makes a generation, and nothing that the one before would notice; null, with faults, where that cannot be.</summary>
    /// <param name="configuration">The configuration, validated.</param>
    /// <param name="lasting">What outlives it.</param>
    /// <param name="trust">What is known of authorities and still holds, taken over; null reads it.</param>
    /// <param name="contracts">The contracts, where they have been read; null reads them.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static Generation? Create(AdapterConfiguration configuration, LastingParts lasting, TrustParts? trust, ContractStore? contracts, List<SettingFault> faults)
    {
        var before = faults.Count;
        var generation = new Generation(configuration, lasting);
        generation.Build(trust, contracts, faults);
        if (faults.Count == before)
        {
            return generation;
        }

        generation.Exit();
        return null;
    }

    /// <summary>Length and time of the files of trust as they are now.</summary>
    public static string TrustStampsOf(AdapterConfiguration configuration) => FileStamps.Of(TrustParts.Files(configuration.Options.Trust).Select(configuration.Resolve));

    /// <summary>The face of a listener.</summary>
    public IFaceApplication FaceOf(ListenerKind listener) => faces[listener].Application;

    /// <summary>The routes of a listener.</summary>
    public IReadOnlyList<Endpoint> EndpointsOf(ListenerKind listener) => faces[listener].Endpoints;

    /// <summary>Begins to use it; false where it is gone.</summary>
    public bool TryEnter()
    {
        for (var seen = Volatile.Read(ref users); seen > 0;)
        {
            var found = Interlocked.CompareExchange(ref users, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Ends a use; who made it current ends the first.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            // Not on the thread of the request that happened to be the last.
            _ = Task.Run(TakeDownAsync);
        }
    }

    private void Build(TrustParts? trust, ContractStore? contracts, List<SettingFault> faults)
    {
        var (options, clock) = (Configuration.Options, Lasting.Clock);
        Contracts = contracts ?? ContractStore.Load(options, Configuration.Resolve(options.Documents.Contracts), faults);
        var agreementOptions = AgreementKeeper.StoreOptions(Configuration, faults);
        var securityServer = SecurityServerClient.Create(
            options,
            Configuration.Resolve,
            clock,
            faults,
            certificate => Lasting.Seen.Note("security-server", "SecurityServer:ServerCertificates", certificate, Phrases.Of("Hosting.AdapterDoesNotConnect")),
            Lasting.Names);
        Keep(securityServer);
        trust ??= TrustParts.Create(Configuration, Lasting.Keys, Lasting.Expectations, clock, faults);
        Keep(trust);
        var desk = trust is null ? null : ArchiveDesk.Create(Configuration, Lasting.Archive, Lasting.Keys, Lasting.Holds, () => trust.Counterparties.Revocation, clock, faults);
        if (faults.Count > 0 || agreementOptions is null || trust is null || desk is null)
        {
            return;
        }

        (AgreementOptions, Trust) = (agreementOptions, trust);
        var services = new ServiceCatalogue(options, Contracts);
        var gate = new AgreementGate(Lasting.Agreements);
        var mapping = new BodyMapping(options.Limits);
        var pipeline = Pipeline(services, gate, mapping, securityServer);
        spool = new AttachmentSpool(options.Limits, options.Limits.SpoolFolder ?? Path.GetTempPath(), clock, Lasting.Bodies);
        Drift = new ContractDriftCheck(services, service => gate.TermsOf(service, out _), new ServedContracts(pipeline, spool).GetAsync);
        var authentication = new IsAuthentication(options, Lasting.Door, Lasting.Unauthenticated, Lasting.Metrics);
        Show(ListenerKind.Is, Lasting.Listen.Is, options.Listen.Is, new IsListener(options, authentication, pipeline, services, gate, new DropInFace(options, authentication, pipeline, spool), spool));
        Show(ListenerKind.Grpc, Lasting.Listen.Grpc, options.Listen.Grpc, Rpc(services, pipeline, mapping, spool, desk));
        Show(ListenerKind.SecurityServer, Lasting.Listen.SecurityServer, options.Listen.SecurityServer, new SecurityServerListener(options, pipeline, spool, new ProvidedDescriptions(options, services, Configuration.Resolve(options.Documents.Contracts))));
        var operational = new OperationalDataEndpoint(Lasting.Door, Lasting.Metrics.Operational, Lasting.Archive, Lasting.Unauthenticated, Lasting.Metrics, clock);
        var administration = new AgreementAdministration(Lasting.Agreements, desk, Contracts.FieldsOf, clock, Lasting.Started);
        Show(ListenerKind.Admin, Lasting.Listen.Admin, options.Listen.Admin, new AdminListener(Lasting.Door, Lasting.Health, Lasting.Prometheus, operational, desk, administration, Lasting.Unauthenticated, Lasting.Metrics, Lasting.Bodies));
    }

    private ExchangePipeline Pipeline(ServiceCatalogue services, AgreementGate gate, BodyMapping mapping, SecurityServerClient? securityServer)
    {
        var (options, clock, archive) = (Configuration.Options, Lasting.Clock, Lasting.Archive);
        var always = options.Instance == Sandbox.SandboxNames.Instance ? EntryFlags.Sandbox : EntryFlags.None;
        var informationSystem = new InformationSystemClient(options.Limits, clock, Lasting.Names);
        Keep(informationSystem);
        var list = new Retention.CurrentArchivingList(OwnerDocuments.Open(Configuration, []), clock);
        return new ExchangePipeline(
            services,
            gate,
            mapping,
            new MessageSigning(Lasting.Keys, archive, options.Trust, Trust.Timestamps, Lasting.Copies, clock),
            new MessageVerification(Trust.Counterparties, Lasting.Copies, clock),
            securityServer,
            informationSystem,
            new ExchangeJournal(archive, clock, options.Limits.ArchiveRetry, always, options.Limits.MaxDepth, list.Read, Lasting.Logs.CreateLogger<ExchangeJournal>()),
            new ExchangeLimiter(options.Limits.MaxConcurrentExchanges),
            new RepeatedRequests(archive, options.Limits.RepeatWindow, clock),
            Lasting.UnderWay,
            Lasting.Unauthenticated,
            Lasting.Metrics,
            clock,
            options.SecurityServer.MaxLoggedBody);
    }

    private GrpcListener Rpc(ServiceCatalogue services, ExchangePipeline pipeline, BodyMapping mapping, AttachmentSpool spool, ArchiveDesk desk)
    {
        var options = Configuration.Options;
        var calls = new RpcCalls(Lasting.Site, Lasting.Logs.CreateLogger<RpcCalls>());
        var typed = new TypedServices(services, Lasting.Logs.CreateLogger<TypedServices>());
        return new GrpcListener(
            options,
            Lasting.Door,
            services,
            new ExchangeRpc(pipeline, services, typed, mapping, spool, calls),
            new ArchiveRpc(desk, calls),
            calls,
            typed,
            new TypedRpc(pipeline, spool, calls, options.Limits),
            Lasting.RpcHealth,
            spool.Bodies,
            Lasting.Unauthenticated,
            Lasting.Metrics,
            Lasting.Clock);
    }

    private void Show(ListenerKind listener, ListenerOptions running, ListenerOptions options, IListenerFace face)
    {
        if (running.Address.Length > 0)
        {
            faces.Add(listener, FaceHost.Start(running.Address, options.AllowedHosts, face, Configuration.Options.Limits.MaxBody, Lasting.Logs));
        }
    }

    private void Keep(IDisposable? part)
    {
        if (part is not null)
        {
            owned.Add(part);
        }
    }

    private async Task TakeDownAsync()
    {
        foreach (var face in faces.Values)
        {
            await face.DisposeAsync();
        }

        owned.ForEach(part => part.Dispose());
        gone.SetResult();
    }
}

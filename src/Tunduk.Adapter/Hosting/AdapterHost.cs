using System.Collections.Frozen;
using System.Text.Json;
using Grpc.Health.V1;
using Tunduk.Adapter.Administration;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Doctor;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Listeners;
using Tunduk.Adapter.Reading;
using Tunduk.Adapter.Rpc;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Telemetry;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.GrpcHosting.Health;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// One running adapter: made in one place, in the order things depend on each other, and taken down in reverse. Nothing
/// is static, so that the sandbox runs two of them in one process.
/// </summary>
/// <remarks>Over 300 lines: every part is made here once, and the order they depend on each other is to be read in one place.</remarks>
internal sealed partial class AdapterHost : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly ILogger log;
    private KestrelListener? isListener;
    private KestrelListener? grpcListener;
    private KestrelListener? securityServerListener;
    private KestrelListener? adminListener;
    private AdapterHealth? health;
    private GrpcHealth? grpcHealth;

    private AdapterHost(ILogger log) => this.log = log;

    /// <summary>Address of <c>Listen:Is</c>; null when it is off.</summary>
    public Uri? IsAddress => isListener?.Address;

    /// <summary>Address of <c>Listen:Grpc</c>; null when it is off.</summary>
    public Uri? GrpcAddress => grpcListener?.Address;

    /// <summary>Address of <c>Listen:SecurityServer</c>; null when it is off.</summary>
    public Uri? SecurityServerAddress => securityServerListener?.Address;

    /// <summary>Address of <c>Listen:Admin</c>; null when it is off.</summary>
    public Uri? AdminAddress => adminListener?.Address;

    /// <summary>The archive, for the sandbox's own demonstration.</summary>
    public IArchive Archive { get; private set; } = null!;

    /// <summary>Starts an adapter; on any fault nothing is left running and every fault is listed.</summary>
    /// <param name="configuration">Its settings.</param>
    /// <param name="logs">Where it writes.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="copies">What adapters in one process share of what they signed; null for one alone.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<(AdapterHost? Host, IReadOnlyList<SettingFault> Faults)> StartAsync(
        AdapterConfiguration configuration,
        ILoggerFactory logs,
        TimeProvider clock,
        SignedCopies? copies,
        CancellationToken cancellationToken)
    {
        var host = new AdapterHost(logs.CreateLogger<AdapterHost>());
        var faults = new List<SettingFault>();
        var started = false;
        try
        {
            await host.BuildAsync(configuration, logs, copies, clock, faults, cancellationToken);
            started = faults.Count == 0;
            return started ? (host, faults) : (null, faults);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return (null, [new SettingFault("Listen", exception.Message, "Choose another port, or stop the other process.")]);
        }
        finally
        {
            if (!started)
            {
                await host.DisposeAsync();
            }
        }
    }

    /// <summary>The bound addresses as one line of JSON.</summary>
    public string AddressesAsJson() => JsonSerializer.Serialize(new
    {
        @is = IsAddress?.ToString(),
        grpc = GrpcAddress?.ToString(),
        securityServer = SecurityServerAddress?.ToString(),
        admin = AdminAddress?.ToString(),
    });

    /// <summary>Takes nothing new, lets exchanges under way end, then closes the archive with a last checkpoint.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        health?.Drain();
        grpcHealth?.SetStatus("", HealthCheckResponse.Types.ServingStatus.NotServing);
        foreach (var listener in new[] { isListener, grpcListener, securityServerListener })
        {
            if (listener is not null)
            {
                await listener.StopAsync(cancellationToken);
            }
        }

        LogStopped();
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = owned.Count - 1; i >= 0; i--)
        {
            await owned[i].DisposeAsync();
        }

        owned.Clear();
    }

    private async Task BuildAsync(AdapterConfiguration configuration, ILoggerFactory logs, SignedCopies? copies, TimeProvider clock, List<SettingFault> faults, CancellationToken cancellationToken)
    {
        var options = configuration.Options;
        var metrics = Own(new AdapterMetrics(options.Own[0].Subsystem, options.Telemetry.OperationalRecords));
        var prometheus = Own(new PrometheusText(meter => ReferenceEquals(meter, metrics.Meter) || meter.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || meter.Name == "System.Net.Http"));
        var telemetry = OpenTelemetryExport.Start(options.Telemetry, options.Own[0].Subsystem);
        if (telemetry is not null)
        {
            Own(telemetry);
        }

        var keys = SigningKeys.Load(options, configuration.Resolve, faults, clock);
        var contracts = ContractStore.Load(options, configuration.Resolve(options.Documents.Contracts), faults);
        var agreements = AgreementKeeper.Open(configuration, contracts, metrics, clock, logs, faults);
        if (faults.Count > 0 || agreements is null)
        {
            return;
        }

        Own(keys!);
        var anchors = CounterpartyTrust.ReadAnchors(configuration, faults);
        var authorities = Own(new AuthorityClient(anchors, clock));
        var timestamps = TimestampService.Create(options.Trust, configuration.Resolve, authorities, clock, faults);
        Archive = (await OpenArchiveAsync(configuration, keys!, timestamps.IsOn ? new CheckpointTimestamper(timestamps) : null, clock, faults, cancellationToken))!;
        if (faults.Count > 0)
        {
            return;
        }

        owned.Add(Archive);
        owned.Add(agreements);
        await agreements.StartAsync(Archive);
        ArchiveGauges.Register(metrics.Meter, Archive);
        var always = options.Instance == Sandbox.SandboxNames.Instance ? EntryFlags.Sandbox : EntryFlags.None;
        var unauthenticated = new UnauthenticatedRefusals(Archive, clock, logs.CreateLogger<UnauthenticatedRefusals>());
        owned.Add(unauthenticated);
        unauthenticated.Start();
        var services = new ServiceCatalogue(options, contracts);
        var securityServer = SecurityServerClient.Create(options, configuration.Resolve, clock, faults);
        if (faults.Count > 0)
        {
            return;
        }

        if (securityServer is not null)
        {
            Own(securityServer);
        }

        var informationSystem = Own(new InformationSystemClient(options.Limits, clock));
        var archivingList = new Retention.CurrentArchivingList(OwnerDocuments.Open(configuration, []), clock);
        var journal = new ExchangeJournal(Archive, clock, options.Limits.ArchiveRetry, always, options.Limits.MaxDepth, archivingList.Read, logs.CreateLogger<ExchangeJournal>());
        var trust = CounterpartyTrust.Create(options, configuration, keys!, anchors, authorities, clock, faults);
        if (trust is null)
        {
            return;
        }

        var gate = new AgreementGate(agreements);
        owned.Add(trust);
        SigningMetrics.Observe(metrics.Meter, keys!);
        var inventory = new CertificateInventory(configuration, clock);
        inventory.Add(() => CertificateInventory.Of(keys!));
        inventory.Add(() => CertificateInventory.Of(trust));
        inventory.Observe(metrics.Meter);
        var desk = ArchiveDesk.Create(configuration, Archive, keys!, clock, faults);
        if (desk is null)
        {
            return;
        }

        var ours = options.Own.Select(own => ClientId.Parse(own.Subsystem)).ToFrozenSet();
        copies ??= new SignedCopies(ours.Contains);
        var pipeline = new ExchangePipeline(
            services,
            gate,
            new BodyMapping(options.Limits),
            new MessageSigning(keys!, Archive, options.Trust, timestamps, copies, clock),
            new MessageVerification(trust, copies, clock),
            securityServer,
            informationSystem,
            journal,
            new ExchangeLimiter(options.Limits.MaxConcurrentExchanges),
            new RepeatedRequests(options.Limits.RepeatWindow, clock),
            unauthenticated,
            metrics,
            clock,
            options.SecurityServer.MaxLoggedBody);

        var door = Own(CallerDoor.Create(options, configuration.Resolve, clock, faults));
        var watch = new ConfigurationWatch(configuration, [door, keys!], Archive, clock, logs.CreateLogger<ConfigurationWatch>());
        owned.Add(watch);
        watch.Start();
        var doctor = new DoctorSchedule(token => Examination.RunAsync(configuration, clock, token), options.Doctor.Interval, metrics.Meter, clock, logs.CreateLogger<DoctorSchedule>());
        owned.Add(doctor);
        doctor.Start();
        var spool = new AttachmentSpool(options.Limits, options.Limits.SpoolFolder ?? Path.GetTempPath(), clock);
        var driftCheck = new ContractDriftCheck(services, service => gate.TermsOf(service, out _), new ServedContracts(pipeline, spool).GetAsync);
        var drift = new ContractDriftSchedule(token => driftCheck.RunAsync(clock.GetUtcNow(), withProvided: true, token), securityServer is null ? TimeSpan.Zero : options.Documents.ContractCheck, metrics.Meter, clock, logs.CreateLogger<ContractDriftSchedule>());
        owned.Add(drift);
        drift.Start();
        health = new AdapterHealth(options, Archive, () => [.. agreements.Alarms(), .. drift.Alarms, .. watch.Alarms, .. keys!.Alarms(), .. trust.Alarms(), .. timestamps.Alarms(), .. inventory.Alarms()], () => doctor.Alarms.Where(finding => finding.Subject != "setting").Select(finding => finding.ToString()));
        var authentication = new IsAuthentication(options, door, unauthenticated, metrics);
        var dropIn = new DropInFace(options, authentication, pipeline, spool);
        var descriptions = new ProvidedDescriptions(options, services, configuration.Resolve(options.Documents.Contracts));
        isListener = await ListenAsync("Listen:Is", options.Listen.Is, configuration, logs, new IsListener(options, authentication, pipeline, services, gate, dropIn), faults, cancellationToken);
        if (options.Listen.Grpc.Address.Length > 0)
        {
            grpcHealth = new GrpcHealth();
            var calls = new RpcCalls(logs.CreateLogger<RpcCalls>());
            var typed = new TypedServices(services, logs.CreateLogger<TypedServices>());
            var exchange = new ExchangeRpc(pipeline, services, typed, new BodyMapping(options.Limits), spool, calls);
            grpcListener = await ListenAsync("Listen:Grpc", options.Listen.Grpc, configuration, logs, new GrpcListener(options, door, services, exchange, new ArchiveRpc(desk, calls), typed, new TypedRpc(pipeline, calls, options.Limits), grpcHealth, unauthenticated, metrics), faults, cancellationToken);
        }

        securityServerListener = await ListenAsync("Listen:SecurityServer", options.Listen.SecurityServer, configuration, logs, new SecurityServerListener(options, pipeline, spool, descriptions), faults, cancellationToken);
        adminListener = await ListenAsync("Listen:Admin", options.Listen.Admin, configuration, logs, new AdminListener(door, health, prometheus, new OperationalDataEndpoint(door, metrics.Operational, Archive, unauthenticated, metrics, clock), desk, new AgreementAdministration(agreements, desk, contracts.FieldsOf, clock, clock.GetUtcNow()), unauthenticated, metrics), faults, cancellationToken);
        if (faults.Count > 0)
        {
            return;
        }

        foreach (var warning in AdapterHealth.Permissive(options))
        {
            LogPermissive(warning);
        }

        LogStarted(Archive.Log.ToString(), Archive.Status.Size, IsAddress?.ToString(), GrpcAddress?.ToString(), SecurityServerAddress?.ToString(), AdminAddress?.ToString());
    }

    private async Task<IArchive?> OpenArchiveAsync(AdapterConfiguration configuration, SigningKeys keys, ICheckpointTimestamper? timestamper, TimeProvider clock, List<SettingFault> faults, CancellationToken cancellationToken)
    {
        var opening = await ArchiveSetup.OpenAsync(configuration, keys, timestamper, clock, cancellationToken);
        if (!opening.Ok)
        {
            faults.Add(new SettingFault("Archive", $"{opening.Fault.Name}: {opening.Fault.Detail}", opening.Fault.Remedy));
        }
        else if (opening.Recovered > 0)
        {
            LogRecovered(opening.Recovered);
        }

        return opening.Archive;
    }

    private async Task<KestrelListener?> ListenAsync(string setting, ListenerOptions options, AdapterConfiguration configuration, ILoggerFactory logs, IListenerFace face, List<SettingFault> faults, CancellationToken cancellationToken)
    {
        if (options.Address.Length == 0)
        {
            return null;
        }

        var https = ListenerCertificate.Load(setting, options, configuration.Resolve, faults);
        if (faults.Count > 0)
        {
            return null;
        }

        if (https is not null)
        {
            Own(https);
        }

        var listener = KestrelListener.Create(options, https, logs, configuration.Options.Limits.MaxBody, face);
        owned.Add(listener);
        await listener.StartAsync(cancellationToken);
        return listener;
    }

    private T Own<T>(T thing)
        where T : IDisposable
    {
        owned.Add(new Disposer(thing));
        return thing;
    }

    [LoggerMessage(1001, LogLevel.Information, "Ready. Log {LogId} has {Size} entries. Listening: information system {Is} and {Grpc}, security server {SecurityServer}, admin {Admin}")]
    private partial void LogStarted(string logId, long size, string? @is, string? grpc, string? securityServer, string? admin);

    [LoggerMessage(1002, LogLevel.Warning, "{Setting}")]
    private partial void LogPermissive(string setting);

    [LoggerMessage(1003, LogLevel.Information, "Stopped: nothing new is taken, exchanges under way have ended")]
    private partial void LogStopped();

    [LoggerMessage(1004, LogLevel.Warning, "{Count} requests had no end when the adapter stopped: each now has an outcome-unknown entry")]
    private partial void LogRecovered(int count);

    private sealed class Disposer(IDisposable thing) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            thing.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Doctor;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Listeners;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Telemetry;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// One running adapter: made in one place, in the order things depend on each other, and taken down in reverse. Nothing
/// is static, so that the sandbox runs two of them in one process. What a change of the configuration replaces stands in
/// <see cref="Generation"/>.
/// </summary>
/// <remarks>Over 300 lines: what an adapter has from its start to its end is made here, and the order is to be read in one place.</remarks>
internal sealed partial class AdapterHost : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> owned = [];
    private readonly ILogger log;
    private KestrelListener? isListener;
    private KestrelListener? grpcListener;
    private KestrelListener? securityServerListener;
    private KestrelListener? adminListener;
    private AdapterHealth? health;
    private OpenFiles? openFiles;
    private Generations? generations;
    private LastingParts? lasting;

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

    /// <summary>Bytes that transfers under way hold on disk.</summary>
    public long SpooledBytes => generations?.Current.SpooledBytes ?? 0;

    /// <summary>Bytes of messages under way that are held in memory.</summary>
    public long HeldBytes => lasting?.Bodies.Taken ?? 0;

    /// <summary>The routes of a listener as they are now.</summary>
    internal IReadOnlyList<Endpoint> EndpointsOf(ListenerKind listener) => generations!.Current.EndpointsOf(listener);

    /// <summary>Starts an adapter; on any fault nothing is left running and every fault is listed.</summary>
    /// <param name="configuration">Its settings.</param>
    /// <param name="logs">Where it writes.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="copies">What adapters in one process share of what they signed; null for one alone.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<(AdapterHost? Host, IReadOnlyList<SettingFault> Faults)> StartAsync(
        AdapterConfiguration configuration,
        ILoggerFactory logs,
        TimeProvider clock,
        SignedCopies? copies,
        CancellationToken cancellationToken) => StartAsync(configuration, logs, clock, copies, names: null, cancellationToken);

    /// <summary>The same with names that somebody else resolves than the system.</summary>
    public static async Task<(AdapterHost? Host, IReadOnlyList<SettingFault> Faults)> StartAsync(
        AdapterConfiguration configuration,
        ILoggerFactory logs,
        TimeProvider clock,
        SignedCopies? copies,
        Func<string, CancellationToken, Task<IPAddress[]>>? names,
        CancellationToken cancellationToken)
    {
        var host = new AdapterHost(logs.CreateLogger<AdapterHost>());
        var faults = new List<SettingFault>();
        var started = false;
        try
        {
            await host.BuildAsync(configuration, logs, copies, names, clock, faults, cancellationToken);
            started = faults.Count == 0;
            return started ? (host, faults) : (null, faults);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            return (null, [new SettingFault("Listen", exception.Message, Phrases.Of("Hosting.ChooseAnotherPortStop"))]);
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
    public string AddressesAsJson() => new JsonObject
    {
        ["is"] = IsAddress?.ToString(),
        ["grpc"] = GrpcAddress?.ToString(),
        ["securityServer"] = SecurityServerAddress?.ToString(),
        ["admin"] = AdminAddress?.ToString(),
    }.ToJsonString();

    /// <summary>Takes nothing new, lets exchanges under way end, then closes the archive with a last checkpoint.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        health?.Drain();
        lasting?.Drain();
        await Task.WhenAll(new[] { isListener, grpcListener, securityServerListener }.Select(listener => listener?.StopAsync(cancellationToken) ?? Task.CompletedTask));

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

    private async Task BuildAsync(AdapterConfiguration configuration, ILoggerFactory logs, SignedCopies? copies, Func<string, CancellationToken, Task<IPAddress[]>>? names, TimeProvider clock, List<SettingFault> faults, CancellationToken cancellationToken)
    {
        var options = configuration.Options;
        var metrics = Own(new AdapterMetrics(options.Own[0].Subsystem, options.Telemetry.OperationalRecords));
        var prometheus = Own(new PrometheusText(instrument => ReferenceEquals(instrument.Meter, metrics.Meter) || AdapterMetrics.IsShown(instrument)));
        var telemetry = new TelemetryReload(options.Telemetry, metrics, options.Own[0].Subsystem);
        owned.Add(telemetry);

        // What does not depend on each other is made side by side: a start is mostly reading and compiling.
        var contractFaults = new List<SettingFault>();
        var importing = Task.Run(() => ContractStore.Load(options, configuration.Resolve(options.Documents.Contracts), contractFaults), CancellationToken.None);
        var keys = SigningKeys.Load(options, configuration.Resolve, faults, clock);
        var contracts = await importing;
        faults.AddRange(contractFaults);
        AnchorSettings.Read(configuration, faults);
        ArchiveSetup.CheckPlaces(configuration, faults);
        var agreements = AgreementKeeper.Open(configuration, contracts, metrics, clock, logs, faults);
        if (faults.Count > 0 || agreements is null)
        {
            return;
        }

        Own(keys!);
        agreements.BeginReading();
        var expectations = SignatureExpectations.Open(configuration.Resolve(options.Documents.State), clock);
        owned.Add(expectations);
        if (TrustParts.Create(configuration, keys!, expectations, clock, faults) is not { } trust)
        {
            return;
        }

        TrustParts Trusted() => generations?.Current.Trust ?? trust;
        var timestamper = new CheckpointTimestamper(() => Trusted().Timestamps, () => new LongTermEvidence(Trusted().Counterparties, Trusted().Timestamps), () => keys!.LogKey.Certificate);
        Archive = (await OpenArchiveAsync(configuration, keys!, timestamper, clock, faults, cancellationToken))!;
        if (faults.Count > 0)
        {
            trust.Dispose();
            return;
        }

        owned.Add(new Disposer(() => generations?.EndStamping()));
        owned.Add(Archive);
        owned.Add(agreements);
        await agreements.StartAsync(Archive);
        ArchiveGauges.Register(metrics.Meter, Archive);
        var unauthenticated = new UnauthenticatedRefusals(Archive, clock, logs.CreateLogger<UnauthenticatedRefusals>());
        owned.Add(unauthenticated);
        unauthenticated.Start();
        var door = Own(CallerDoor.Create(options, configuration.Resolve, clock, faults, () => (generations?.Current.Trust ?? trust).Counterparties.Revocation));
        lasting = new LastingParts
        {
            Archive = Archive,
            Keys = keys!,
            Agreements = agreements,
            Door = door,
            Metrics = metrics,
            Prometheus = prometheus,
            Unauthenticated = unauthenticated,
            Expectations = expectations,
            Copies = copies ?? new SignedCopies(id => generations?.Current.Own.Contains(id) ?? false),
            Bodies = new BodyBudget(options.Limits),
            Seen = new SeenCertificates(clock),
            Holds = new Retention.HoldBook(Archive, clock),
            Health = () => health!.Report(),
            Site = SiteOf,
            Listen = options.Listen,
            Clock = clock,
            Names = names,
            Started = clock.GetUtcNow(),
            Logs = logs,
        };
        if (Generation.Create(configuration, lasting, trust, contracts, faults) is not { } first)
        {
            return;
        }

        generations = new Generations(first, lasting);
        owned.Add(generations);
        var inventory = Observe(metrics, keys!, generations, lasting.Seen, clock);
        var ownRevocation = new OwnRevocation(() => generations.Current.Trust.Counterparties.Revocation, inventory, keys!, clock, logs.CreateLogger<OwnRevocation>());
        owned.Add(ownRevocation);
        var doctor = new DoctorSchedule(token => Examination.RunAsync(generations.Current.Configuration, clock, token), () => generations.Current.Configuration.Options.Doctor.Interval, metrics.Meter, clock, logs.CreateLogger<DoctorSchedule>());
        owned.Add(doctor);
        var drift = new ContractDriftSchedule(generations.CheckContractsAsync, () => ContractCheck(generations.Current.Configuration.Options), metrics.Meter, clock, logs.CreateLogger<ContractDriftSchedule>());
        owned.Add(drift);

        // In this order: what comes after the generations looks at them.
        var parts = new List<IReloadable> { door, keys!, generations, new ArchivePolicyReload(Archive), telemetry, new Rhythms([drift.Reconsider, doctor.Reconsider]) };
        parts.AddRange(new[] { logs as IReloadable }.OfType<IReloadable>());
        var watch = new ConfigurationWatch(configuration, parts, Archive, clock, logs.CreateLogger<ConfigurationWatch>());
        owned.Add(watch);
        var stamps = new OverdueWatch(() => generations.Current.Trust.Timestamps.Problem(), clock, logs.CreateLogger<OverdueWatch>());
        owned.Add(stamps);
        var archiveWatch = new ArchiveWatch(() => Archive.Status, clock, logs.CreateLogger<ArchiveWatch>());
        owned.Add(archiveWatch);
        var searches = new SearchesAhead(Archive, logs.CreateLogger<SearchesAhead>());
        owned.Add(searches);
        openFiles = new OpenFiles(OpenFiles.OfProcess(), clock, logs.CreateLogger<OpenFiles>());
        health = new AdapterHealth(
            () => generations.Current.Configuration.Options,
            Archive,
            () => [.. agreements.Alarms(), .. drift.Alarms, .. watch.Alarms, .. keys!.Alarms(), .. expectations.Alarms(), .. generations.Current.Trust.Alarms(), .. inventory.Alarms(), .. openFiles.Alarms],
            () => doctor.Alarms.Where(finding => finding.Subject != "setting").Select(finding => finding.ToString()),
            () => [.. generations.Current.Trust.Timestamps.Problem() is { } overdue ? [overdue] : Array.Empty<string>(), .. keys!.Problems()],
            () => inventory.Rows);
        isListener = await ListenAsync(ListenerKind.Is, options.Listen.Is, configuration, HttpProtocols.Http1, logs, faults, cancellationToken);
        grpcListener = await ListenAsync(ListenerKind.Grpc, options.Listen.Grpc, configuration, HttpProtocols.Http2, logs, faults, cancellationToken);
        securityServerListener = await ListenAsync(ListenerKind.SecurityServer, options.Listen.SecurityServer, configuration, HttpProtocols.Http1, logs, faults, cancellationToken);
        adminListener = await ListenAsync(ListenerKind.Admin, options.Listen.Admin, configuration, HttpProtocols.Http1, logs, faults, cancellationToken);
        if (faults.Count > 0)
        {
            return;
        }

        watch.Start();
        doctor.Start();
        stamps.Start();
        archiveWatch.Start();
        drift.Start();
        ownRevocation.Start();
        searches.Start();
        foreach (var warning in AdapterHealth.Permissive(options))
        {
            LogPermissive(warning);
        }

        LogStarted(Archive.Log.ToString(), Archive.Status.Size, Shown(IsAddress), Shown(GrpcAddress), Shown(SecurityServerAddress), Shown(AdminAddress));
    }

    // Without a security server nobody can be asked.
    private static TimeSpan ContractCheck(AdapterOptions options) => options.SecurityServer.Address.Length == 0 ? TimeSpan.Zero : options.Documents.ContractCheck;

    private static string Shown(Uri? address) => address?.ToString() ?? "off";

    // A listener on every address has none that a client could open: there the name the client asked for stands.
    private Uri? SiteOf(HttpRequest request) => IsAddress is not { } address ? null
        : IPAddress.TryParse(address.Host.Trim('[', ']'), out var bound) && (bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(address) { Host = request.Host.Host }.Uri
            : address;

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

    private static CertificateInventory Observe(AdapterMetrics metrics, SigningKeys keys, Generations generations, SeenCertificates seen, TimeProvider clock)
    {
        SigningMetrics.Observe(metrics.Meter, keys);
        var inventory = new CertificateInventory(() => generations.Current.Configuration, clock);
        inventory.Add(() => CertificateInventory.Of(keys));
        inventory.Add(() => CertificateInventory.Of(generations.Current.Trust.Counterparties));
        inventory.Add(() => seen.All);
        inventory.Judge(() => generations.Current.Trust.Counterparties.Revocation);
        inventory.Observe(metrics.Meter);
        return inventory;
    }

    private async Task<KestrelListener?> ListenAsync(ListenerKind kind, ListenerOptions options, AdapterConfiguration configuration, HttpProtocols protocols, ILoggerFactory logs, List<SettingFault> faults, CancellationToken cancellationToken)
    {
        if (options.Address.Length == 0)
        {
            return null;
        }

        var https = ListenerCertificate.Load($"Listen:{kind}", options, configuration.Resolve, faults);
        if (faults.Count > 0)
        {
            return null;
        }

        if (https is not null)
        {
            Own(https);
        }

        var listener = KestrelListener.Create(options, https, protocols, logs, new GenerationApplication(generations!, kind), lasting!.Clock, socket => openFiles!.Keeps(socket, kind == ListenerKind.Admin), certificate =>
            lasting!.Seen.Note("security-server", $"Listen:{kind}:ClientCertificates", certificate, Phrases.Of("Hosting.ListenTakesNoConnections", kind)));
        owned.Add(listener);
        await listener.StartAsync(cancellationToken);
        return listener;
    }

    private T Own<T>(T thing)
        where T : IDisposable
    {
        owned.Add(new Disposer(thing.Dispose));
        return thing;
    }

    [LoggerMessage(1001, LogLevel.Information, "Ready. Log {LogId} has {Size} entries. Listening: information system {Is} and {Grpc}, security server {SecurityServer}, admin {Admin}")]
    private partial void LogStarted(string logId, long size, string @is, string grpc, string securityServer, string admin);

    [LoggerMessage(1002, LogLevel.Warning, "{Setting}")]
    private partial void LogPermissive(string setting);

    [LoggerMessage(1003, LogLevel.Information, "Stopped: nothing new is taken, exchanges under way have ended")]
    private partial void LogStopped();

    [LoggerMessage(1004, LogLevel.Warning, "{Count} requests had no end when the adapter stopped: each now has an outcome-unknown entry")]
    private partial void LogRecovered(int count);

    private sealed class Disposer(Action dispose) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            dispose();
            return ValueTask.CompletedTask;
        }
    }
}

using System.Text.Json;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.SecurityServers;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// The generation that is current, and the way to the next: a changed configuration is made whole beside the one in force, and
/// put in its place by one reference. No exchange is refused, and none sees half of a change.
/// </summary>
internal sealed class Generations : IReloadable, IAsyncDisposable
{
    private readonly LastingParts lasting;
    private readonly Lock gate = new();
    private readonly HashSet<Task> leaving = [];
    private Generation current;
    private TrustParts stamping;
    private Lazy<string> state;

    /// <summary>Begins with the first generation.</summary>
    public Generations(Generation first, LastingParts lasting)
    {
        current = first;
        this.lasting = lasting;
        stamping = first.Trust.Share();
        state = StateOf(first.Configuration);
    }

    /// <summary>The generation new requests go through; to be looked at, not held.</summary>
    public Generation Current => Volatile.Read(ref current);

    /// <inheritdoc/>
    /// <remarks>Not the addresses and certificates of listeners, nor where the archive and the state lie.</remarks>
    public IReadOnlyList<string> Settings =>
    [
        nameof(AdapterOptions.Instance), nameof(AdapterOptions.Own), nameof(AdapterOptions.SecurityServer), nameof(AdapterOptions.Services), nameof(AdapterOptions.Provides), nameof(AdapterOptions.Limits),
        nameof(AdapterOptions.Doctor), nameof(AdapterOptions.CertificateRequests), nameof(AdapterOptions.Trust),
        .. typeof(DocumentOptions).GetProperties().Where(property => property.Name != nameof(DocumentOptions.State)).Select(property => $"{nameof(AdapterOptions.Documents)}:{property.Name}"),
        "Listen:SoapFaultStatus", "Listen:AllowIsUnauthenticated", "Listen:AllowSecurityServerUnauthenticated", "Listen:Is:AllowedHosts", "Listen:Grpc:AllowedHosts", "Listen:SecurityServer:AllowedHosts", "Listen:Admin:AllowedHosts",
    ];

    /// <inheritdoc/>
    public bool IsBroken => false;

    /// <summary>A generation that stays until the request has ended (<see cref="Generation.Exit"/>).</summary>
    public Generation Enter()
    {
        while (true)
        {
            var generation = Current;
            if (generation.TryEnter())
            {
                return generation;
            }
        }
    }

    /// <summary>Compares the contracts in use now with those served.</summary>
    public async Task<ContractDriftReport> CheckContractsAsync(CancellationToken cancellationToken)
    {
        var generation = Enter();
        try
        {
            return await generation.Drift.RunAsync(lasting.Clock.GetUtcNow(), withProvided: true, cancellationToken);
        }
        finally
        {
            generation.Exit();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Files(AdapterConfiguration configuration)
    {
        var options = configuration.Options;
        var contracts = configuration.Resolve(options.Documents.Contracts);
        return options.Services.Values.Select(service => service.Contract)
            .Concat(options.Provides.Values.Select(service => service.Contract))
            .Where(file => file.Length > 0)
            .SelectMany(file => new[] { file, file + ContractStore.OutcomesSuffix })
            .Select(file => Path.GetFullPath(file, contracts))
            .Concat(TrustParts.Files(options.Trust)
                .Concat(options.Documents.AgreementSigners)
                .Concat(options.Documents.OwnerSigners)
                .Concat(SecurityServerClient.ClientCertificate(options.SecurityServer) is { } client ? new[] { client.Certificate, client.Key, client.PasswordFile }.OfType<string>() : [])
                .Select(configuration.Resolve));
    }

    /// <inheritdoc/>
    public Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults)
    {
        var before = Current;
        if (StateOf(changed).Value == Volatile.Read(ref state).Value)
        {
            return new Reload(static () => { }, static () => { }); // Another part asks for its own sake.
        }

        var trust = TrustIs(before, changed) ? before.Trust.Share() : null;
        return Generation.Create(changed, lasting, trust, null, faults) is { } next ? new Reload(() => Put(next), next.Exit) : null;
    }

    /// <summary>The archive is closed: nothing is stamped any more.</summary>
    public void EndStamping() => stamping.Dispose();

    // Before the archive is closed, which still stamps its last checkpoint.
    public async ValueTask DisposeAsync()
    {
        List<Task> all;
        lock (gate)
        {
            Leave(current);
            all = [.. leaving];
        }

        await Task.WhenAll(all);
    }

    private void Put(Generation next)
    {
        lock (gate)
        {
            var before = current;

            // The agreements first: a service that is new finds its agreement read by its contract.
            lasting.Agreements.Take(next.AgreementOptions, next.Contracts);
            lasting.Bodies.Take(next.Configuration.Options.Limits);
            Volatile.Write(ref current, next);
            Volatile.Write(ref state, StateOf(next.Configuration));
            Leave(before);
            var former = stamping;
            stamping = next.Trust.Share();
            former.Dispose();
        }
    }

    private void Leave(Generation generation)
    {
        leaving.RemoveWhere(task => task.IsCompleted);
        leaving.Add(generation.Gone);
        generation.Exit();
    }

    // The same settings, and files with the same content as when they were read.
    private static bool TrustIs(Generation before, AdapterConfiguration changed) =>
        before.Configuration.Options.Instance == changed.Options.Instance
        && JsonSerializer.Serialize(before.Configuration.Options.Trust) == JsonSerializer.Serialize(changed.Options.Trust)
        && before.TrustStamps == Generation.TrustStampsOf(changed);

    // The files as they are now; the settings, which do not change, are written down when something is compared with them: a start needs it not.
    private Lazy<string> StateOf(AdapterConfiguration configuration)
    {
        var files = FileStamps.Of(Files(configuration));
        return new Lazy<string>(() => JsonSerializer.Serialize(configuration.Options) + files);
    }
}

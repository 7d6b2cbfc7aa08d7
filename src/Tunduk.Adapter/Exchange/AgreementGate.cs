using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Filtering;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>The Authorize stage: which agreement is in force for an exchange, and whether it permits this one.</summary>
internal sealed partial class AgreementGate : IAsyncDisposable
{
    private readonly AgreementStore store;
    private readonly AgreementStoreOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly CancellationTokenSource stop = new();
    private Task loop = Task.CompletedTask;

    private AgreementGate(AgreementStore store, AgreementStoreOptions options, TimeProvider clock, ILogger log)
    {
        this.store = store;
        this.options = options;
        this.clock = clock;
        this.log = log;
    }

    /// <summary>Opens the folder of agreements; a folder or certificate that cannot be read is a fault of the configuration.</summary>
    public static AgreementGate? Open(AdapterConfiguration configuration, ContractStore contracts, TimeProvider clock, ILoggerFactory logs, List<SettingFault> faults)
    {
        var documents = configuration.Options.Documents;
        var signers = new List<X509Certificate2>();
        foreach (var file in documents.AgreementSigners)
        {
            try
            {
                signers.Add(X509CertificateLoader.LoadCertificateFromFile(configuration.Resolve(file)));
            }
            catch (Exception exception) when (exception is System.Security.Cryptography.CryptographicException or IOException)
            {
                faults.Add(new SettingFault("Documents:AgreementSigners", $"{file} is no certificate", "Give a PEM or DER certificate."));
            }
        }

        var folder = configuration.Resolve(documents.Agreements);
        if (!Directory.Exists(folder))
        {
            faults.Add(new SettingFault("Documents:Agreements", $"there is no folder {documents.Agreements}", "Make it; without agreements nothing is exchanged."));
            return null;
        }

        var options = new AgreementStoreOptions
        {
            Folder = folder,
            StateFolder = configuration.Resolve(documents.State),
            Proof = documents.AllowUnsignedAgreements ? AgreementProof.Folder : AgreementProof.PinnedOrSigned,
            Pins = documents.PinnedAgreements.Select(AgreementDigest.Parse).ToHashSet(),
            Signers = signers,
        };
        Directory.CreateDirectory(options.StateFolder);
        var store = new AgreementStore(options, contracts.FieldsOf, clock);
        var gate = new AgreementGate(store, options, clock, logs.CreateLogger<AgreementGate>());
        return gate;
    }

    /// <summary>Reads the documents for the first time and from then on whenever they change; each change is an entry.</summary>
    public async Task StartAsync(IArchive archive)
    {
        await ArchiveAsync(archive, store.Reload());
        loop = Task.Run(() => WatchAsync(archive, stop.Token), CancellationToken.None);
    }

    /// <summary>Documents somebody has to look at.</summary>
    public IEnumerable<string> Alarms() => store.Current.Documents
        .Where(document => document.IsAlarm)
        .Select(document => $"agreement {document.File}: {(document.UsesLastGood ? "the last good text stays in force; " : "")}{string.Join("; ", document.Faults.Take(3))}");

    /// <summary>Finds the agreement of an exchange and notes it.</summary>
    public Outcome<AgreementService> Find(ExchangeRun run, AgreementRole role)
    {
        var match = store.Find(run.Own!.Value, run.Counterparty!.Value, run.Service!.Value, role);
        if (!match.IsFound)
        {
            return ToError(match.Refusal!);
        }

        run.Agreement = match.Agreement;
        run.Terms = match.Service;
        return match.Service;
    }

    /// <summary>Our own request: agreement, person, purpose. The agreement's default basis stands in where there is none.</summary>
    public Outcome<AgreementService> AuthorizeOwn(ExchangeRun run, Caller caller)
    {
        if (!Find(run, AgreementRole.Consumer).TryGet(out var terms, out var error))
        {
            return error;
        }

        if (Decide(run, fromOwnSystem: true) is { } refusal)
        {
            return refusal;
        }

        return caller.MaySpeakFor(run.Headers!.UserId!, DateOnly.FromDateTime(run.Arrived.ToOffset(options.Offset).Date))
            ? terms
            : new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.UserNotAuthorised) { Path = CallHeaders.UserIdName, Expected = "an authorised person of the caller, in force today", Found = "another" };
    }

    /// <summary>A counterparty's request under the agreement already found.</summary>
    public ExchangeError? AuthorizeCounterparty(ExchangeRun run) => Decide(run, fromOwnSystem: false);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private static ExchangeError ToError(PolicyRefusal refusal) => new(ExchangeStage.Authorize, refusal.Code)
    {
        Path = refusal.Path,
        Expected = refusal.Expected,
        Found = refusal.Found,
        Remedy = refusal.Remedy,
    };

    private ExchangeError? Decide(ExchangeRun run, bool fromOwnSystem)
    {
        var headers = run.Headers!;
        var decision = AgreementAuthorizer.Authorize(
            run.Agreement!,
            run.Terms!,
            new AgreementRequest(fromOwnSystem, headers.UserId, headers.Issue, headers.RepresentedParty?.ToString(), Environment: null, run.Arrived),
            options.Offset);
        if (!decision.IsAllowed)
        {
            return ToError(decision.Refusal!);
        }

        if (fromOwnSystem)
        {
            run.Headers = headers with { Issue = decision.Issue };
        }

        run.Flags |= (decision.Noted.Contains("userId", StringComparer.Ordinal) ? EntryFlags.UserIdAbsent : EntryFlags.None)
            | (decision.Noted.Contains("issue", StringComparer.Ordinal) ? EntryFlags.BasisAbsent : EntryFlags.None);
        return null;
    }

    private async Task WatchAsync(IArchive archive, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await ReloadAsync(archive);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private async Task ReloadAsync(IArchive archive)
    {
        try
        {
            if (store.ReloadIfChanged() is { } changes)
            {
                await ArchiveAsync(archive, changes);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is in force stays in force; the next tick looks again.
            LogReloadFailed(exception.GetType().Name);
        }
    }

    private async Task ArchiveAsync(IArchive archive, IReadOnlyList<AgreementChange> changes)
    {
        foreach (var document in store.Current.Documents.Where(document => document.IsAlarm))
        {
            LogAlarm(document.File, string.Join("; ", document.Faults.Take(5)));
        }

        foreach (var change in changes)
        {
            var level = change.Kind is AgreementChangeKind.PutInForce or AgreementChangeKind.Resumed ? LogLevel.Information : LogLevel.Warning;
            LogChange(level, change.Kind, change.File, change.Agreement, change.Version, change.Digest?.ToString());
            var result = await archive.AppendAsync(
                new EntryDraft
                {
                    Kind = EntryKind.ConfigurationChange,
                    EventTime = clock.GetUtcNow(),
                    Stage = "agreement",
                    Code = change.Kind.ToString(),
                    Agreement = change.Agreement,
                    AgreementVersion = change.Version,
                    Subject = $"{change.File} sha256:{change.Digest} by {change.By}",
                },
                CancellationToken.None);
            if (!result.IsDurable)
            {
                LogNotArchived(change.File, result.Fault?.Name);
            }
        }
    }

    [LoggerMessage(EventId = 1301, Message = "Agreement {Kind}: {File} ({Agreement} version {Version}, sha256 {Digest})")]
    private partial void LogChange(LogLevel level, AgreementChangeKind kind, string file, string? agreement, int? version, string? digest);

    [LoggerMessage(1304, LogLevel.Error, "Agreement file {File} is not what it should be: {Faults}")]
    private partial void LogAlarm(string file, string faults);

    [LoggerMessage(1303, LogLevel.Error, "The folder of agreements cannot be read: {Fault}; what was in force stays in force")]
    private partial void LogReloadFailed(string fault);

    [LoggerMessage(1302, LogLevel.Error, "A change of agreement {File} could not be archived: {Fault}")]
    private partial void LogNotArchived(string file, string? fault);
}

using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Telemetry;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// Keeps the agreements of a running adapter: reads the folder whenever it changes, orders stops, and makes an archive
/// entry of whatever came to count or ceased to, and who vouches for it.
/// </summary>
/// <remarks>Over 300 lines: every way by which what is in force changes, and its entry, stand together.</remarks>
internal sealed partial class AgreementKeeper : IAsyncDisposable
{
    /// <summary>Entries of changes appended together; the archive writes them in one batch.</summary>
    private const int Together = 500;

    /// <summary>Days before its end from which an agreement is warned about.</summary>
    private const int EndsSoon = 30;

    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private readonly List<AgreementChange> unarchived = [];
    private readonly Dictionary<string, string> told = new(StringComparer.Ordinal);
    private readonly Recurring looks;
    private AgreementStoreOptions options;
    private ContractStore contracts;
    private IArchive? archive;
    private Task<IReadOnlyList<AgreementChange>>? reading;
    private string? broken;

    private AgreementKeeper(AgreementStoreOptions options, ContractStore contracts, AgreementAccount account, TimeProvider clock, ILogger log)
    {
        this.options = options;
        this.contracts = contracts;
        this.clock = clock;
        this.log = log;
        Account = account;
        Store = new AgreementStore(options, FieldsOf, clock, NamesOf);
        Shadows = new AgreementShadows(() => Volatile.Read(ref this.options).Folder, new AgreementReader(FieldsOf, options.Offset, NamesOf));
        looks = new Recurring(_ => ReloadAsync(), TimeSpan.FromSeconds(2), NotReloaded, clock);
    }

    public AgreementStore Store { get; }

    public AgreementShadows Shadows { get; }

    public AgreementAccount Account { get; }

    /// <summary>Offset of days and hours in documents.</summary>
    public TimeSpan Offset => options.Offset;

    /// <summary>Opens the folder of agreements; a folder or certificate that cannot be read is a fault of the configuration.</summary>
    public static AgreementKeeper? Open(AdapterConfiguration configuration, ContractStore contracts, AdapterMetrics metrics, TimeProvider clock, ILoggerFactory logs, List<SettingFault> faults)
    {
        if (StoreOptions(configuration, faults) is not { } options)
        {
            return null;
        }

        Directory.CreateDirectory(options.StateFolder);
        var account = new AgreementAccount(
            new AgreementMeter(options.Offset),
            new AgreementUsage(),
            new ExcessWatch(configuration.Options.Documents.ExcessAlarm),
            metrics,
            clock,
            logs.CreateLogger<AgreementAccount>());
        return new AgreementKeeper(options, contracts, account, clock, logs.CreateLogger<AgreementKeeper>());
    }

    /// <summary>What a configuration says about its agreements; null with a fault when their folder is not there.</summary>
    public static AgreementStoreOptions? StoreOptions(AdapterConfiguration configuration, List<SettingFault> faults)
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
                faults.Add(new SettingFault("Documents:AgreementSigners", Phrases.Of("Exchange.NoCertificate", file), Phrases.Of("Exchange.GivePemDerCertificate")));
            }
        }

        var folder = configuration.Resolve(documents.Agreements);
        if (!Directory.Exists(folder))
        {
            faults.Add(new SettingFault("Documents:Agreements", Phrases.Of("Exchange.NoFolder", documents.Agreements), Phrases.Of("Exchange.MakeWithoutAgreementsNothing")));
            return null;
        }

        return new AgreementStoreOptions
        {
            Folder = folder,
            StateFolder = configuration.Resolve(documents.State),
            Proof = documents.AllowUnsignedAgreements ? AgreementProof.Folder : AgreementProof.PinnedOrSigned,
            Pins = documents.PinnedAgreements.Select(AgreementDigest.Parse).ToHashSet(),
            Signers = signers,
        };
    }

    /// <summary>Reads the documents once, for a command while no adapter runs: nothing is announced or watched.</summary>
    public void Attach(IArchive log)
    {
        archive = log;
        Store.Reload();
        Shadows.ReloadIfChanged();
    }

    /// <summary>Begins the first reading, beside whatever else a start has to do; <see cref="StartAsync"/> waits for it.</summary>
    public void BeginReading() => reading = Task.Run(() => Store.Reload(), CancellationToken.None);

    /// <summary>Reads the documents for the first time and from then on whenever they change; each change is an entry.</summary>
    public async Task StartAsync(IArchive log)
    {
        archive = log;
        var changes = await (reading ?? Task.FromResult(Store.Reload()));
        TellAlarms();
        await ArchiveAsync(changes);
        Shadows.ReloadIfChanged();
        await MeterSeed.RunAsync(archive, Store.Current.Documents, Account.Meter, options.Offset, clock.GetUtcNow());
        looks.Start();
    }

    /// <summary>
    /// Takes other contracts, pins and signers: what is in force is judged by them from here on, and each change is an entry soon
    /// after. Where the documents cannot be read now, those in force stay, and the next look reads them.
    /// </summary>
    public void Take(AgreementStoreOptions changed, ContractStore changedContracts)
    {
        lock (gate)
        {
            Volatile.Write(ref options, changed);
            Volatile.Write(ref contracts, changedContracts);
            try
            {
                unarchived.AddRange(Store.Take(changed));
                Shadows.Forget();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                LogReloadFailed(exception.GetType().Name);
            }
        }
    }

    /// <summary>What somebody has to look at.</summary>
    public IEnumerable<string> Alarms() => Store.Current.Documents
        .Where(document => document.IsAlarm)
        .Select(document => Phrases.Of("Exchange.Agreement", document.File, document.UsesLastGood ? Phrases.Of("Exchange.LastGoodTextStays") : "", string.Join("; ", document.Faults.Take(3))))
        .Concat(Ending())
        .Concat(Shadows.Faults.Take(10).Select(fault => Phrases.Of("Exchange.ShadowAgreement", fault)))
        .Concat(Account.Alarms())
        .Concat(Volatile.Read(ref broken) is { } fault ? [fault] : Array.Empty<string>());

    /// <summary>
    /// Stops the exchange under an agreement. The stop holds before it is archived: a stop that could not be archived is
    /// told, and holds all the same.
    /// </summary>
    public async Task<AppendResult> SuspendAsync(AgreementSuspension suspension)
    {
        var change = Store.Suspend(suspension);
        var draft = Draft(change);
        return await AppendAsync(draft with
        {
            Facts =
            [
                .. draft.Facts,
                SealedValue.Text("$reason", suspension.Reason),
                SealedValue.Text("$from", suspension.From.ToString("O", CultureInfo.InvariantCulture)),
                SealedValue.Text("$until", suspension.Until?.ToString("O", CultureInfo.InvariantCulture) ?? "until lifted"),
            ],
        });
    }

    /// <summary>Lifts a stop. The entry comes first: without one the stop stays. Null when there was none.</summary>
    public async Task<AppendResult?> LiftAsync(string agreement, string reason, string by)
    {
        if (Store.SuspensionOf(agreement) is null)
        {
            return null;
        }

        var draft = Draft(Store.ChangeOf(AgreementChangeKind.Resumed, agreement, by));
        var result = await AppendAsync(draft with { Facts = [.. draft.Facts, SealedValue.Text("$reason", reason)] });
        if (result.IsDurable)
        {
            Store.Resume(agreement, by);
        }

        return result;
    }

    public ValueTask DisposeAsync() => looks.DisposeAsync();

    private IEnumerable<string> NamesOf(XRoad.Identifiers.ClientId provider) => Volatile.Read(ref contracts).NamesOf(provider);

    private ContractFields? FieldsOf(ServiceId service) => Volatile.Read(ref contracts).FieldsOf(service);

    // Agreements that end soon, while there is time to renew them.
    private IEnumerable<string> Ending()
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.ToOffset(options.Offset).DateTime);
        var snapshot = Store.Current;
        return snapshot.Documents
            .Where(document => document.Agreement is not null && snapshot.StateOf(document, now) == AgreementState.InForce && document.Agreement.Ends is { } end && end.DayNumber - today.DayNumber <= EndsSoon)
            .Select(document => Phrases.Of("Exchange.AgreementEndsAgreeNext", document.Agreement!.Id, document.Agreement.Ends));
    }

    private async Task ReloadAsync()
    {
        List<AgreementChange> changes;
        lock (gate)
        {
            changes = [.. unarchived, .. Store.ReloadIfChanged() ?? []];
            unarchived.Clear();
        }

        TellAlarms();
        if (changes.Count > 0)
        {
            await ArchiveAsync(changes);
        }

        Shadows.ReloadIfChanged();
        Volatile.Write(ref broken, null);
    }

    // What is in force stays in force; the next tick looks again.
    private void NotReloaded(Exception exception)
    {
        if (Interlocked.Exchange(ref broken, Phrases.Of("Exchange.AgreementsCannotLookedWhat", exception.GetType().Name)) is null)
        {
            LogReloadFailed(exception.GetType().Name);
        }
    }

    // Each fault once, and again when it is another: who corrects one must see the next.
    private void TellAlarms()
    {
        var now = Store.Current.Documents.Where(document => document.IsAlarm).ToDictionary(document => document.File, document => string.Join("; ", document.Faults.Take(5)), StringComparer.Ordinal);
        foreach (var file in told.Keys.Where(file => !now.ContainsKey(file)).ToArray())
        {
            told.Remove(file);
        }

        foreach (var (file, faults) in now)
        {
            if (told.GetValueOrDefault(file) != faults)
            {
                told[file] = faults;
                LogAlarm(file, faults);
            }
        }
    }

    private async Task ArchiveAsync(IReadOnlyList<AgreementChange> changes)
    {
        foreach (var chunk in changes.Chunk(Together))
        {
            await Task.WhenAll(chunk.Select(change => AppendAsync(Draft(change))));
        }

        foreach (var change in changes)
        {
            var level = change.Kind is AgreementChangeKind.PutInForce or AgreementChangeKind.Resumed ? LogLevel.Information : LogLevel.Warning;
            if (change.Agreement is null)
            {
                LogUnread(level, change.Kind, change.File);
            }
            else
            {
                LogChange(level, change.Kind, change.File, change.Agreement, change.Version, change.Digest?.ToString());
            }
        }
    }

    private EntryDraft Draft(AgreementChange change) => new()
    {
        Kind = EntryKind.ConfigurationChange,
        EventTime = clock.GetUtcNow(),
        Stage = "agreement",
        Code = change.Kind.ToString(),
        Agreement = change.Agreement,
        AgreementVersion = change.Version,
        Subject = $"{change.File} sha256:{change.Digest}",

        // Sealed: a signer's name is a person's.
        Facts = change.By is null ? [] : [SealedValue.Text("$by", change.By)],
    };

    private async Task<AppendResult> AppendAsync(EntryDraft draft)
    {
        var result = await archive!.AppendAsync(draft, CancellationToken.None);
        if (!result.IsDurable)
        {
            LogNotArchived(draft.Agreement ?? draft.Subject, result.Fault?.Name);
        }

        return result;
    }

    [LoggerMessage(EventId = 1301, Message = "Agreement {Kind}: {File} ({Agreement} version {Version}, sha256 {Digest})")]
    private partial void LogChange(LogLevel level, AgreementChangeKind kind, string file, string? agreement, int? version, string? digest);

    [LoggerMessage(EventId = 1307, Message = "Agreement {Kind}: {File}, of which nothing could be read")]
    private partial void LogUnread(LogLevel level, AgreementChangeKind kind, string file);

    [LoggerMessage(1304, LogLevel.Error, "Agreement file {File} is not what it should be: {Faults}")]
    private partial void LogAlarm(string file, string faults);

    [LoggerMessage(1303, LogLevel.Error, "The folder of agreements cannot be read: {Fault}; what was in force stays in force")]
    private partial void LogReloadFailed(string fault);

    [LoggerMessage(1302, LogLevel.Error, "A change of agreement {Agreement} could not be archived: {Fault}")]
    private partial void LogNotArchived(string? agreement, string? fault);
}

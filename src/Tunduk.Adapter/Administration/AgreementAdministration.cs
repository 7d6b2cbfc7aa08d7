using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Reading;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Administration;

/// <summary>
/// What operations and responsible persons do with agreements at run time: see how they stand, stop and resume exchange,
/// test a draft on archived traffic.
/// </summary>
/// <param name="keeper">The agreements.</param>
/// <param name="desk">The archive behind its gate.</param>
/// <param name="contracts">The contracts' field names.</param>
/// <param name="clock">Time.</param>
/// <param name="since">When counting began; null: no adapter runs.</param>
internal sealed class AgreementAdministration(AgreementKeeper keeper, ArchiveDesk desk, Func<XRoad.Identifiers.ServiceId, ContractFields?> contracts, TimeProvider clock, DateTimeOffset? since)
{
    private const int LongestReason = 2_000;

    /// <summary>How the agreements stand; names, dates and counts.</summary>
    public async Task<Outcome<AgreementStatusAnswer>> StatusAsync(Caller caller, AgreementStatusRequest request)
    {
        if (!caller.Has("operations") && !caller.Has("auditor"))
        {
            return NotPermitted(RefusalPhrases.Of("role_operations_or_auditor"));
        }

        var snapshot = keeper.Store.Current;
        var rows = new List<AgreementStatusRow>();
        foreach (var document in snapshot.Documents.Where(document => request.Agreement is null || document.Agreement?.Id == request.Agreement))
        {
            rows.Add(await RowAsync(snapshot, document));
        }

        return rows.Count == 0 && request.Agreement is not null
            ? Unknown()
            : new AgreementStatusAnswer(since, rows, [.. keeper.Alarms()]);
    }

    /// <summary>Stops the exchange under an agreement, at once or from a time on.</summary>
    public async Task<Outcome<SuspendAnswer>> SuspendAsync(Caller caller, SuspendRequest request)
    {
        if (Invalid(caller, request) is { } invalid)
        {
            return invalid;
        }

        var now = clock.GetUtcNow();
        var from = request.From is { } given && given > now ? given : now;
        if (request.Until <= from)
        {
            return Bad("$.until", RefusalPhrases.Of("time_after_beginning_of_stop"), RefusalPhrases.Of("earlier_one"));
        }

        var appended = await keeper.SuspendAsync(new AgreementSuspension(request.Agreement!, from, request.Until, request.Reason!, caller.Name));
        return new SuspendAnswer(request.Agreement!, StateOf(request.Agreement!), from, request.Until, appended.IsDurable ? appended.Record.ToString() : null);
    }

    /// <summary>Lifts a stop; without an entry in the archive it stays.</summary>
    public async Task<Outcome<SuspendAnswer>> LiftAsync(Caller caller, SuspendRequest request)
    {
        if (Invalid(caller, request) is { } invalid)
        {
            return invalid;
        }

        return await keeper.LiftAsync(request.Agreement!, request.Reason!, caller.Name) switch
        {
            null => Bad("$.agreement", RefusalPhrases.Of("agreement_that_was_suspended_by_command"), RefusalPhrases.Of("one_that_was_not")),
            { IsDurable: true } lifted => new SuspendAnswer(request.Agreement!, StateOf(request.Agreement!), null, null, lifted.Record.ToString()),
            { } failed => ExchangeJournal.NotLogged(failed),
        };
    }

    /// <summary>Replays archived traffic against a draft. The look is an entry before the answer, as every look.</summary>
    public async Task<Outcome<AgreementTestReport>> TestAsync(Caller caller, AgreementTestRequest request, CancellationToken cancellationToken)
    {
        if (!caller.Has("auditor"))
        {
            return await desk.Gate.DenyAsync(caller, ArchiveAct.Search, NotPermitted(RefusalPhrases.Of("role_auditor")));
        }

        var name = request.File is { Length: > 0 and <= 200 } file ? Path.GetFileName(file) : "draft.yaml";
        var reading = new AgreementReader(contracts, keeper.Offset).Read(name, Encoding.UTF8.GetBytes(request.Document ?? ""));
        if (reading.Agreement is not { } draft)
        {
            return new ExchangeError(ExchangeStage.Validate, ExchangeCodes.QueryInvalid) { Path = "$.document", Expected = RefusalPhrases.Of("sound_agreement"), Found = RefusalPhrases.Of("faults", reading.Faults.Count), Remedy = string.Join(" ", reading.Faults.Where(fault => !fault.IsWarning).Take(5)) };
        }

        var look = new Look
        {
            Act = ArchiveAct.Search,
            Access = request,
            Canonical = ArchiveQueries.Canonical(request),
            Facts = [SealedValue.Text("$draft", $"{draft.Id} version {draft.Version} sha256:{draft.Digest}")],
            Own = draft.Own.ToString(),
            Counterparty = draft.Counterparty.ToString(),
            NamesFields = true,
        };
        if (!(await desk.Gate.AdmitAsync(caller, look)).TryGet(out var admission, out var refused))
        {
            return refused;
        }

        var inForce = keeper.Store.Current.Documents.Select(document => document.Agreement).FirstOrDefault(agreement =>
            agreement is not null && agreement.Own == draft.Own && agreement.Counterparty == draft.Counterparty && agreement.Role == draft.Role);
        var replay = new AgreementReplay(draft, keeper.Offset, inForce);
        await replay.RunAsync(desk.Archive, admission, request.From, request.Until, cancellationToken);
        return replay.Report([.. reading.Faults]);
    }

    private static ExchangeError Bad(string path, string expected, string found) =>
        new(ExchangeStage.Validate, ExchangeCodes.QueryInvalid) { Path = path, Expected = expected, Found = found };

    private static ExchangeError Unknown() => Bad("$.agreement", RefusalPhrases.Of("id_of_agreement_of_folder"), RefusalPhrases.Of("another"));

    private static ExchangeError NotPermitted(string expected) =>
        new(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Roles", Expected = expected, Found = RefusalPhrases.Of("other_roles") };

    // An order is no look: who may read the archive may not stop exchange by it.
    private ExchangeError? Invalid(Caller caller, SuspendRequest request) =>
        !caller.Has("operations") ? NotPermitted(RefusalPhrases.Of("role_operations"))
        : string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > LongestReason ? Bad("$.reason", RefusalPhrases.Of("reason_of_up_to_characters", LongestReason), request.Reason is null ? RefusalPhrases.Of("nothing") : RefusalPhrases.Of("characters", request.Reason.Length))
        : keeper.Store.Current.Documents.Any(document => document.Agreement?.Id == request.Agreement) ? null
        : Unknown();

    private string StateOf(string agreement)
    {
        var snapshot = keeper.Store.Current;
        return Word(snapshot.StateOf(snapshot.Documents.First(document => document.Agreement?.Id == agreement), clock.GetUtcNow()));
    }

    private async Task<AgreementStatusRow> RowAsync(AgreementSnapshot snapshot, AgreementStatus document)
    {
        var now = clock.GetUtcNow();
        var state = Word(snapshot.StateOf(document, now));
        if (document.Agreement is not { } agreement)
        {
            return new AgreementStatusRow { File = document.File, State = state, Faults = document.Faults };
        }

        var end = agreement.Ends;
        var usage = keeper.Account.Usage;
        return new AgreementStatusRow
        {
            File = document.File,
            Agreement = agreement.Id,
            Version = agreement.Version,
            Sha256 = agreement.Digest.ToString(),
            State = state,
            ProvedBy = document.ProvedBy,
            UsesLastGood = document.UsesLastGood,
            Role = agreement.Role == AgreementRole.Provider ? "provider" : "consumer",
            Counterparty = agreement.Counterparty.ToString(),
            Services = [.. agreement.Services.Select(service => service.Service.Name)],
            From = agreement.Valid.From,
            Until = end,
            DaysLeft = end?.DayNumber - DateOnly.FromDateTime(now.ToOffset(keeper.Offset).DateTime).DayNumber,
            LastUse = usage.LastUse(agreement.Id) ?? await ArchivedUseAsync(agreement),
            Exchanges = usage.Exchanges(agreement.Id),
            Removed = usage.Counts(agreement.Id, UsageKind.Removed),
            Refused = usage.Counts(agreement.Id, UsageKind.Refused),
            Shadow = usage.Counts(agreement.Id, UsageKind.Shadow),
            Suspension = keeper.Store.SuspensionOf(agreement.Id) ?? agreement.Suspended,
            Faults = document.Faults,
        };
    }

    private async Task<DateTimeOffset?> ArchivedUseAsync(Agreement agreement)
    {
        var page = await desk.Archive.SearchAsync(
            new SearchQuery { Counterparty = agreement.Counterparty.ToString(), Agreement = agreement.Id, Kinds = [EntryKind.Response], PageSize = 1 },
            CancellationToken.None);
        return page.Entries.Count == 0 ? null : page.Entries[0].Entry.Time;
    }

    // NotYetValid → not-yet-valid
    private static string Word(AgreementState state) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
}

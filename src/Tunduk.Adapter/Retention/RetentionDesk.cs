using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Reading;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Retention;

// Over 300 lines: hold, erasure and purge decide about the same records, and their order is to be seen at once.

/// <summary>
/// Forgetting by rule: holds, erasure of fields and persons, and the purge of what the owner's confirmed terms no longer ask for. All of
/// it goes through the gate; a hold wins over everything, also over a purge that is under way.
/// </summary>
internal sealed class RetentionDesk(IArchive archive, ArchiveGate gate, OwnerDocuments documents, AgreementStoreOptions agreements, HoldBook holds, TimeProvider clock)
{
    private const int Together = 100;
    private const int MostErased = 1_000_000;
    private static readonly string[] SearchedPaths = ["$query/person", "$query/userId", "$query/basis", "$query/messageId", "$hold/query"];
    private static readonly EntryKind[] Exchanges = [EntryKind.Request, EntryKind.Response, EntryKind.Refusal, EntryKind.OutcomeUnknown];

    /// <summary>Places a hold, or releases one.</summary>
    public async Task<Outcome<HoldAnswer>> HoldAsync(Caller caller, ArchiveHoldRequest request)
    {
        var look = ArchiveQueries.ToLook(ArchiveAct.Hold, request);
        if (!ArchiveQueries.ToQuery(request).TryGet(out _, out var error))
        {
            return await gate.DenyAsync(caller, look, error);
        }

        if (request.Release is null && look is { By.Count: 0, Facts.Count: 0 } && string.IsNullOrWhiteSpace(request.Case))
        {
            return await gate.DenyAsync(caller, look, ArchiveQueries.Bad("$", "a search, or a case", "neither: a hold over everything"));
        }

        if (!(await gate.AdmitAsync(caller, look)).TryGet(out _, out error))
        {
            return error;
        }

        var result = request.Release is { } id ? await holds.ReleaseAsync(caller.Name, id) : await holds.PlaceAsync(caller.Name, request);
        return result switch
        {
            null => await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Validate, ExchangeCodes.HoldUnknown) { Path = "$.release", Expected = "a hold in force", Found = "none with this id" }),
            { IsDurable: false } => NotLogged(result.Fault),
            _ => new HoldAnswer(request.Release ?? result.Record!.Value.ToString(), request.Release is null ? "placed" : "released"),
        };
    }

    /// <summary>The holds in force, without what they search for.</summary>
    public async Task<Outcome<IReadOnlyList<HoldAnswer>>> HoldsAsync(Caller caller, ArchiveAccess access)
    {
        var look = new Look { Act = ArchiveAct.Hold, Access = access, Canonical = ArchiveQueries.Canonical(access) };
        return (await gate.AdmitAsync(caller, look)).TryGet(out _, out var error)
            ? (Outcome<IReadOnlyList<HoldAnswer>>)(await holds.InForceAsync()).Select(hold => new HoldAnswer(hold.Id, "in-force", hold.PlacedBy, hold.Case)).ToList()
            : error;
    }

    /// <summary>Erases fields of one record, or of everything a search finds.</summary>
    public async Task<Outcome<EraseReport>> EraseAsync(Caller caller, ArchiveEraseRequest request, CancellationToken cancellationToken)
    {
        var look = ArchiveQueries.ToLook(ArchiveAct.Erase, request);
        RecordId id = default;
        var bad = string.IsNullOrWhiteSpace(request.Ground) ? ArchiveQueries.Bad("$.ground", "the ground of the erasure", "nothing")
            : request.Record is { } text && !RecordId.TryParse(text, out id) ? ArchiveQueries.Bad("$.record", "a record id", "another text")
            : request.Record is not null && ArchiveQueries.HasConditions(request) ? ArchiveQueries.Bad("$.record", "a record, or a search", "both")
            : request.Fields?.Any(string.IsNullOrEmpty) == true ? ArchiveQueries.Bad("$.fields", "paths of fields", "nothing in the place of one")
            : request.Record is null && look.By.Count == 0 ? ArchiveQueries.Bad("$", "a record, or a search by person, user, basis or message id", "neither")
            : null;
        if (bad is not null)
        {
            return await gate.DenyAsync(caller, look, bad);
        }

        if (!ArchiveQueries.ToQuery(request).TryGet(out var query, out var error))
        {
            return await gate.DenyAsync(caller, look, error);
        }

        if (!(await gate.AdmitAsync(caller, look)).TryGet(out var admission, out error))
        {
            return error;
        }

        if (request.Record is not null && await archive.GetAsync(id, CancellationToken.None) is { } named && !Exchanges.Contains(named.Entry.Kind))
        {
            return await gate.DenyAsync(caller, look, ArchiveQueries.Bad("$.record", "a record of an exchange: who looked, what was held, approved or erased, and the log's own entries stay", named.Entry.Kind.ToString()));
        }

        var found = request.Record is null ? await FindAsync(ArchiveQueries.Within(query, admission.Grant), admission) : await OneAsync(id, admission);
        var isPerson = request.Record is null && request.Fields is null;
        if (found.Count == 0 && !isPerson)
        {
            return await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Validate, ExchangeCodes.RecordUnknown) { Path = "$", Expected = "records of this archive, within the grant", Found = "none" });
        }

        List<SealedValue> facts = [SealedValue.Text("$by", caller.Name), SealedValue.Text("$ground", request.Ground!), SealedValue.Text("$access", admission.Access.ToString())];
        if (request.Fields is not null)
        {
            facts.Add(SealedValue.Text("$fields", string.Join('\n', request.Fields)));
        }

        var draft = new EntryDraft { Kind = EntryKind.Erasure, EventTime = clock.GetUtcNow(), Stage = "retention", Code = request.Fields is null ? EntryCodes.Erase : EntryCodes.EraseFields, Facts = facts };
        if (!(await EraseAsync(caller, look, found, request.Fields, draft, cancellationToken)).TryGet(out var report, out error))
        {
            return error;
        }

        if (isPerson)
        {
            (report, var fault) = await EraseSearchedAsync(request, report, draft, cancellationToken);
            if (fault is not null)
            {
                return NotLogged(fault);
            }
        }

        return report with { FilesClean = report.Erased + report.Looks == 0 || await archive.CleanAsync(CancellationToken.None) };
    }

    // Looks for the person, and holds on them that were released, repeat the value that was searched for: it goes, this look's own too. Who
    // looked, when and why stays. What is still held was refused before.
    private async Task<(EraseReport Report, ArchiveFault? Fault)> EraseSearchedAsync(ArchiveEraseRequest request, EraseReport report, EntryDraft draft, CancellationToken cancellationToken)
    {
        var held = (await holds.InForceAsync()).Select(hold => hold.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var term in ArchiveQueries.SearchedTerms(request))
        {
            List<RecordId> looks = [];
            SearchQuery? query = new() { Terms = [term], PageSize = 1000 };
            while (query is not null)
            {
                var page = await archive.SearchAsync(query, cancellationToken);
                looks.AddRange(page.Entries.Select(entry => entry.Record).Where(record => !held.Contains(record.ToString())));
                query = page.Next is { } next ? query with { After = next } : null;
            }

            foreach (var piece in looks.Chunk(Together))
            {
                var result = await archive.EraseAsync(new ErasureRequest { Records = piece, Paths = SearchedPaths, Entry = draft with { Code = EntryCodes.EraseSearched }, MoreFollow = true }, CancellationToken.None);
                report = report with { Looks = report.Looks + result.Erased, Entries = [.. report.Entries, .. result.Entries.Select(record => record.ToString())] };
                if (result.Fault is not null)
                {
                    return (report, result.Fault);
                }
            }
        }

        return (report, null);
    }

    /// <summary>Erases what the terms no longer ask for, oldest first; a dry run unless told otherwise.</summary>
    public async Task<Outcome<PurgeReport>> PurgeAsync(Caller caller, ArchivePurgeRequest request, CancellationToken cancellationToken)
    {
        var look = new Look { Act = ArchiveAct.Purge, Access = request, Canonical = ArchiveQueries.Canonical(request), Facts = [SealedValue.Text("$query/execute", request.Execute ? "true" : "false")] };
        if (documents.ReadArchivingList(out var faults) is not { } list)
        {
            return await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.RetentionUnconfirmed)
            {
                Path = "Documents:ArchivingList",
                Expected = "an archiving list, confirmed by name and basis, signed by the owner",
                Found = faults.Count == 0 ? "none" : faults[0],
            });
        }

        if (!(await gate.AdmitAsync(caller, look)).TryGet(out var admission, out var error))
        {
            return error;
        }

        var rules = new PurgeRules(list, AgreementTerms.Read(agreements));
        var pace = new ErasurePace(archive, clock);
        var run = new PurgeReport { Executed = request.Execute, List = list.Version, ConfirmedBy = list.ConfirmedBy, Basis = list.Basis, Due = new Dictionary<string, long>(StringComparer.Ordinal) };
        var due = new Dictionary<string, long>(StringComparer.Ordinal);
        var query = ArchiveQueries.Within(new SearchQuery { Kinds = Exchanges, PageSize = 1000, Until = rules.NewestDue(clock.GetUtcNow()) }, admission.Grant);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await archive.SearchAsync(query, CancellationToken.None);
            run = run with { WithoutRule = run.WithoutRule + page.Entries.Count(entry => rules.For(entry.Entry) is null) };
            foreach (var rule in page.Entries.Where(entry => entry.Entry.Commitment is not null && admission.Covers(entry.Entry))
                         .GroupBy(entry => rules.For(entry.Entry)).Where(group => group.Key is not null))
            {
                foreach (var part in rule.Where(entry => rule.Key!.IsOver(entry.Entry, clock.GetUtcNow())).Chunk(Together))
                {
                    pace.Begin();
                    var entries = run.Entries.Count;
                    (run, var fault) = await PurgeAsync(run, due, list, rule.Key!, part, caller.Name, admission, cancellationToken);
                    if (fault is not null)
                    {
                        return run with { Due = due, Stopped = fault };
                    }

                    await pace.EndAsync(run.Entries.Count - entries, cancellationToken);
                }
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);
        return run with { Due = due, FilesClean = run.Erased == 0 ? null : await archive.CleanAsync(CancellationToken.None) };
    }

    // One piece of a purge: its turn, the holds as they are now, the erasure with the entry that says so. A purge that is interrupted
    // between two pieces has done whole pieces only, and finds the rest when it is run again.
    private async Task<(PurgeReport Run, string? Fault)> PurgeAsync(
        PurgeReport run, Dictionary<string, long> due, ArchivingList list, PurgeRule rule, IReadOnlyList<ArchiveEntry> entries, string by, Admission admission, CancellationToken cancellationToken)
    {
        await holds.Turn.WaitAsync(cancellationToken);
        try
        {
            var there = await archive.FindSealedAsync([.. entries.Select(entry => entry.Record)], cancellationToken);
            List<ArchiveEntry> left = [.. entries.Where(entry => there.Contains(entry.Record))];
            var before = left.Count;
            var free = before == 0 ? [] : await holds.FreeAsync(left);
            due[rule.Name] = due.GetValueOrDefault(rule.Name) + before;
            run = run with { Held = run.Held + before - free.Count };
            if (!run.Executed || free.Count == 0)
            {
                return (run, null);
            }

            var draft = new EntryDraft
            {
                Kind = EntryKind.RetentionRun,
                EventTime = clock.GetUtcNow(),
                Stage = "retention",
                Code = EntryCodes.Purge,
                Count = free.Count,
                Agreement = rule.Agreement,
                Service = rule.Service,
                ArchivingListVersion = list.Version,
                Facts =
                [
                    SealedValue.Text("$by", by), SealedValue.Text("$rule", rule.Name), SealedValue.Text("$term", rule.Text),
                    SealedValue.Text("$confirmedBy", rule.ConfirmedBy), SealedValue.Text("$basis", rule.Basis), SealedValue.Text("$access", admission.Access.ToString()),
                ],
            };
            var result = await archive.EraseAsync(new ErasureRequest { Records = [.. free], Entry = draft, MoreFollow = true }, CancellationToken.None);
            run = run with { Erased = run.Erased + result.Erased, Entries = [.. run.Entries, .. result.Entries.Select(record => record.ToString())] };
            return (run, result.Fault is { } fault ? $"{fault.Name}: {fault.Detail}" : null);
        }
        finally
        {
            holds.Turn.Release();
        }
    }

    private async Task<Outcome<EraseReport>> EraseAsync(Caller caller, Look look, List<ArchiveEntry> found, IReadOnlyList<string>? fields, EntryDraft draft, CancellationToken cancellationToken)
    {
        var total = new EraseReport(0, 0, [], [], true);
        var pace = new ErasurePace(archive, clock);
        foreach (var part in found.Chunk(Together))
        {
            pace.Begin();
            var entries = total.Entries.Count;
            await holds.Turn.WaitAsync(cancellationToken);
            try
            {
                // A hold stops the erasure before the first record of the piece that it covers.
                if (await holds.FindAsync(part) is { } hold)
                {
                    return await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.HoldInForce) { Path = hold.Id, Expected = "records without a legal hold", Found = $"a hold; {total.Erased} records were erased before" });
                }

                var result = await archive.EraseAsync(new ErasureRequest { Records = [.. part.Select(entry => entry.Record)], Paths = fields, Entry = draft, MoreFollow = true }, CancellationToken.None);
                if (result.Fault is { } fault)
                {
                    return NotLogged(fault);
                }

                total = new EraseReport(
                    total.Erased + result.Erased, total.Nothing + result.Nothing, [.. total.Entries, .. result.Entries.Select(record => record.ToString())],
                    [.. total.Epochs.Union(result.Epochs)], FilesClean: false);
            }
            finally
            {
                holds.Turn.Release();
            }

            await pace.EndAsync(total.Entries.Count - entries, cancellationToken);
        }

        return total;
    }

    // A person stands in one half of an exchange perhaps, and the payload of both speaks of that person.
    private async Task<List<ArchiveEntry>> FindAsync(SearchQuery query, Admission admission)
    {
        Dictionary<RecordId, ArchiveEntry> found = [];
        query = query with { PageSize = 1000 };
        do
        {
            var page = await archive.SearchAsync(query, CancellationToken.None);
            foreach (var entry in page.Entries.Where(entry => Exchanges.Contains(entry.Entry.Kind) && admission.Covers(entry.Entry)))
            {
                found[entry.Record] = entry;
                if ((entry.End ?? entry.Entry.Link) is { } other && !found.ContainsKey(other) && await archive.GetAsync(other, CancellationToken.None) is { } record && admission.Covers(record.Entry))
                {
                    found[other] = new ArchiveEntry(other, record.Entry, record.End);
                }
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null && found.Count < MostErased);
        return [.. found.Values];
    }

    private async Task<List<ArchiveEntry>> OneAsync(RecordId id, Admission admission) =>
        await archive.GetAsync(id, CancellationToken.None) is { } record && admission.Covers(record.Entry) ? [new ArchiveEntry(id, record.Entry, record.End)] : [];

    private static ExchangeError NotLogged(ArchiveFault? fault) =>
        new(ExchangeStage.Append, ExchangeCodes.LoggingFailed) { Expected = "an archive that takes the entry", Found = fault?.Name, Remedy = fault?.Remedy };
}

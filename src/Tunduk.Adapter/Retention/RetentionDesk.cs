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
    private const int Together = ErasurePace.Records;

    // Whole pieces, as many as a page of a search can hold.
    private const int Page = 6 * Together;
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

        if (request.Release is null && !ArchiveQueries.HasConditions(request) && string.IsNullOrWhiteSpace(request.Case))
        {
            return await gate.DenyAsync(caller, look, ArchiveQueries.Bad("$", RefusalPhrases.Of("search_or_case"), RefusalPhrases.Of("neither_hold_over_everything")));
        }

        if (!(await gate.AdmitAsync(caller, look)).TryGet(out var admission, out error))
        {
            return error;
        }

        if (request.Release is { } released && (await holds.InForceAsync()).FirstOrDefault(hold => hold.Id == released) is { } hold && !IsTheirs(hold, caller, admission))
        {
            return await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.GrantExceeded) { Path = "$.release", Expected = RefusalPhrases.Of("own_hold_or_one_that_holds_nothing", admission.Grant?.Name), Found = RefusalPhrases.Of("hold_of_somebody_else_that_reaches") });
        }

        var result = request.Release is { } id ? await holds.ReleaseAsync(caller.Name, id) : await holds.PlaceAsync(caller.Name, request);
        return result switch
        {
            null => await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Validate, ExchangeCodes.HoldUnknown) { Path = "$.release", Expected = RefusalPhrases.Of("hold_in_force"), Found = RefusalPhrases.Of("none_with_this_id") }),
            { IsDurable: false } => NotLogged(result.Fault),
            _ => new HoldAnswer(request.Release ?? result.Record!.Value.ToString(), request.Release is null ? "placed" : "released"),
        };
    }

    /// <summary>The holds in force, without what they search for.</summary>
    public async Task<Outcome<IReadOnlyList<HoldAnswer>>> HoldsAsync(Caller caller, ArchiveAccess access)
    {
        var look = new Look { Act = ArchiveAct.Hold, Access = access, Canonical = ArchiveQueries.Canonical(access) };
        return (await gate.AdmitAsync(caller, look)).TryGet(out var admission, out var error)
            ? (Outcome<IReadOnlyList<HoldAnswer>>)(await holds.InForceAsync()).Select(hold =>
                new HoldAnswer(hold.Id, "in-force", hold.PlacedBy, ShownDepth.Value(admission.Depth) && IsTheirs(hold, caller, admission) ? hold.Case : null)).ToList()
            : error;
    }

    // A grant over some services does not end what is held for others; one that cannot be read may hold anything.
    private static bool IsTheirs(LegalHold hold, Caller caller, Admission admission) =>
        string.Equals(hold.PlacedBy, caller.Name, StringComparison.Ordinal) || admission.Grant?.Covers(hold.Query) != false;

    /// <summary>Erases fields of one record, or of everything a search finds.</summary>
    public async Task<Outcome<EraseReport>> EraseAsync(Caller caller, ArchiveEraseRequest request, CancellationToken cancellationToken)
    {
        var look = ArchiveQueries.ToLook(ArchiveAct.Erase, request);
        RecordId id = default;
        var bad = string.IsNullOrWhiteSpace(request.Ground) ? ArchiveQueries.Bad("$.ground", RefusalPhrases.Of("ground_of_erasure"), RefusalPhrases.Of("nothing"))
            : request.Record is { } text && !RecordId.TryParse(text, out id) ? ArchiveQueries.Bad("$.record", RefusalPhrases.Of("record_id"), RefusalPhrases.Of("another_text"))
            : request.Record is not null && ArchiveQueries.HasConditions(request) ? ArchiveQueries.Bad("$.record", RefusalPhrases.Of("record_or_search"), RefusalPhrases.Of("both"))
            : request.Fields?.Any(string.IsNullOrEmpty) == true ? ArchiveQueries.Bad("$.fields", RefusalPhrases.Of("paths_of_fields"), RefusalPhrases.Of("nothing_in_place_of_one"))
            : request.Record is null && look.By.Count == 0 ? ArchiveQueries.Bad("$", RefusalPhrases.Of("record_or_search_by_person_user_basis_or"), RefusalPhrases.Of("neither"))
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
            return await gate.DenyAsync(caller, look, ArchiveQueries.Bad("$.record", RefusalPhrases.Of("record_of_exchange_who_looked_what_was"), named.Entry.Kind.ToString()));
        }

        var pieces = request.Record is null ? FindAsync(ArchiveQueries.Within(query, admission.Grant), admission, cancellationToken) : OneAsync(id, admission);
        var isPerson = request.Record is null && request.Fields is null;
        List<SealedValue> facts = [SealedValue.Text("$by", caller.Name), SealedValue.Text("$ground", request.Ground!), SealedValue.Text("$access", admission.Access.ToString())];
        if (request.Fields is not null)
        {
            facts.Add(SealedValue.Text("$fields", string.Join('\n', request.Fields)));
        }

        var draft = new EntryDraft { Kind = EntryKind.Erasure, EventTime = clock.GetUtcNow(), Stage = "retention", Code = request.Fields is null ? EntryCodes.Erase : EntryCodes.EraseFields, Facts = facts };
        var report = new EraseReport(0, 0, [], [], true);
        try
        {
            (report, error) = await EraseAsync(caller, look, pieces, request.Fields, draft, cancellationToken);
            if (error is null && report.Erased + report.Nothing == 0 && !isPerson)
            {
                error = await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Validate, ExchangeCodes.RecordUnknown) { Path = "$", Expected = RefusalPhrases.Of("records_of_this_archive_within_grant"), Found = RefusalPhrases.Of("none") });
            }

            if (error is null && isPerson)
            {
                (report, error) = await EraseSearchedAsync(request, admission, report, draft, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            error = await InterruptedAsync(caller, look, RefusalPhrases.Of("erasure"));
        }

        return error ?? (Outcome<EraseReport>)(report with { FilesClean = report.Erased + report.Looks == 0 || await archive.CleanAsync(CancellationToken.None) });
    }

    // Whole pieces were done, each with its entry; that it did not end is an entry too.
    private Task<ExchangeError> InterruptedAsync(Caller caller, Look look, string what) => gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Encode, ExchangeCodes.Cancelled)
    {
        Path = "$",
        Expected = RefusalPhrases.Of("to_its_end", what),
        Found = RefusalPhrases.Of("that_was_interrupted_what_was_erased", what),
    });

    // Looks for the person, and holds on them that were released, repeat the value that was searched for: it goes, this look's own too. Who
    // looked, when and why stays. What is still held was refused before. Looks of others are for a grant that reaches them: whoever may erase a
    // part of the exchanges only would otherwise learn how many looked, and could hide for whom he did himself.
    private async Task<(EraseReport Report, ExchangeError? Error)> EraseSearchedAsync(ArchiveEraseRequest request, Admission admission, EraseReport report, EntryDraft draft, CancellationToken cancellationToken)
    {
        var held = (await holds.InForceAsync()).Select(hold => hold.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var term in ArchiveQueries.SearchedTerms(request))
        {
            List<RecordId> looks = [];
            SearchQuery? query = new() { Terms = [term], PageSize = 1000 };
            while (query is not null)
            {
                var page = await archive.SearchAsync(query, cancellationToken);
                looks.AddRange(page.Entries.Where(entry => admission.Covers(entry.Entry) || entry.Record == admission.Access)
                    .Select(static entry => entry.Record).Where(record => !held.Contains(record.ToString())));
                query = page.Next is { } next ? query with { After = next } : null;
            }

            foreach (var piece in looks.Chunk(Together))
            {
                var result = await archive.EraseAsync(new ErasureRequest { Records = piece, Paths = SearchedPaths, Entry = draft with { Code = EntryCodes.EraseSearched }, MoreFollow = true }, CancellationToken.None);
                report = report with { Looks = report.Looks + result.Erased, Entries = [.. report.Entries, .. result.Entries.Select(record => record.ToString())] };
                if (result.Fault is not null)
                {
                    return (report, NotLogged(result.Fault));
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
                Expected = RefusalPhrases.Of("archiving_list_confirmed_by_name_and"),
                Found = faults.Count == 0 ? RefusalPhrases.Of("none") : faults[0],
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
        var query = ArchiveQueries.Within(new SearchQuery { Kinds = Exchanges, PageSize = Page, Until = rules.NewestDue(clock.GetUtcNow()) }, admission.Grant);
        try
        {
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
        }
        catch (OperationCanceledException)
        {
            return await InterruptedAsync(caller, look, RefusalPhrases.Of("purge"));
        }

        return run with { Due = due, FilesClean = run.Erased == 0 ? null : await archive.CleanAsync(CancellationToken.None) };
    }

    // One piece of a purge: its turn, the holds as they are now, the erasure with the entry that says so. A purge that is interrupted
    // between two pieces has done whole pieces only, and finds the rest when it is run again.
    private async Task<(PurgeReport Run, string? Fault)> PurgeAsync(
        PurgeReport run, Dictionary<string, long> due, ArchivingList list, PurgeRule rule, IReadOnlyList<ArchiveEntry> entries, string by, Admission admission, CancellationToken cancellationToken)
    {
        await using var turn = await holds.EnterAsync(cancellationToken);
        if (turn.Fault is { } none)
        {
            return (run, $"{none.Name}: {none.Detail}");
        }

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

    private async Task<(EraseReport Report, ExchangeError? Error)> EraseAsync(
        Caller caller, Look look, IAsyncEnumerable<IReadOnlyList<ArchiveEntry>> pieces, IReadOnlyList<string>? fields, EntryDraft draft, CancellationToken cancellationToken)
    {
        var total = new EraseReport(0, 0, [], [], true);
        var pace = new ErasurePace(archive, clock);
        await foreach (var part in pieces.WithCancellation(cancellationToken))
        {
            pace.Begin();
            var entries = total.Entries.Count;
            await using (var turn = await holds.EnterAsync(cancellationToken))
            {
                if (turn.Fault is { } none)
                {
                    return (total, NotLogged(none));
                }

                // A hold stops the erasure before the first record of the piece that it covers.
                if (await holds.FindAsync(part) is { } hold)
                {
                    return (total, await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Authorize, ExchangeCodes.HoldInForce) { Path = hold.Id, Expected = RefusalPhrases.Of("records_without_legal_hold"), Found = RefusalPhrases.Of("hold_records_were_erased_before", total.Erased) }));
                }

                var result = await archive.EraseAsync(new ErasureRequest { Records = [.. part.Select(entry => entry.Record)], Paths = fields, Entry = draft, MoreFollow = true }, CancellationToken.None);
                if (result.Fault is { } fault)
                {
                    return (total, NotLogged(fault));
                }

                total = new EraseReport(
                    total.Erased + result.Erased, total.Nothing + result.Nothing, [.. total.Entries, .. result.Entries.Select(record => record.ToString())],
                    [.. total.Epochs.Union(result.Epochs)], FilesClean: false);
            }

            await pace.EndAsync(total.Entries.Count - entries, cancellationToken);
        }

        return (total, null);
    }

    // Piece by piece, newest first, as many as there are. A person stands in one half of an exchange perhaps, and the payload of both speaks
    // of that person: the other half goes along, and is passed over where the search finds it later.
    private async IAsyncEnumerable<IReadOnlyList<ArchiveEntry>> FindAsync(SearchQuery query, Admission admission, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        HashSet<RecordId> ahead = [];
        query = query with { PageSize = Page };
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await archive.SearchAsync(query, CancellationToken.None);
            Dictionary<RecordId, ArchiveEntry> found = [];
            foreach (var entry in page.Entries.Where(entry => Exchanges.Contains(entry.Entry.Kind) && admission.Covers(entry.Entry) && !ahead.Remove(entry.Record)))
            {
                found[entry.Record] = entry;
            }

            foreach (var other in found.Values.Select(entry => entry.End ?? entry.Entry.Link).OfType<RecordId>().Where(other => !found.ContainsKey(other)).ToList())
            {
                if (await archive.GetAsync(other, CancellationToken.None) is { } record && admission.Covers(record.Entry))
                {
                    found[other] = new ArchiveEntry(other, record.Entry, record.End);
                    ahead.Add(other);
                }
            }

            foreach (var part in found.Values.Chunk(Together))
            {
                yield return part;
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);
    }

    private async IAsyncEnumerable<IReadOnlyList<ArchiveEntry>> OneAsync(RecordId id, Admission admission)
    {
        if (await archive.GetAsync(id, CancellationToken.None) is { } record && admission.Covers(record.Entry))
        {
            yield return [new ArchiveEntry(id, record.Entry, record.End)];
        }
    }

    private static ExchangeError NotLogged(ArchiveFault? fault) =>
        new(ExchangeStage.Append, ExchangeCodes.LoggingFailed) { Expected = RefusalPhrases.Of("archive_that_takes_entry"), Found = fault?.Name, Remedy = fault?.Remedy };
}

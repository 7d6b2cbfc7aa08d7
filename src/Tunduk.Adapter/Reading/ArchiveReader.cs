using System.Text.Json;
using System.Text.Json.Serialization;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Filtering;
using Tunduk.Adapter.Grants;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Reading;

/// <summary>
/// Reading the archive: by API, gRPC and command line alike. Every look goes through the gate, which archives it before the answer, and
/// is answered no deeper and no wider than its grant (ARCHIVE "Who may read").
/// </summary>
internal sealed class ArchiveReader(IArchive archive, ArchiveGate gate, PageTokens tokens)
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        Converters = { new NamedValueJson(), new Moment.JsonForm() },
    };

    /// <summary>One page, newest first; each entry with the proof that it is in the log.</summary>
    public async Task<Outcome<ArchiveSearchAnswer>> SearchAsync(Caller caller, ArchiveSearchRequest request)
    {
        var look = ArchiveQueries.ToLook(ArchiveAct.Search, request);
        if (!ArchiveQueries.ToQuery(request).TryGet(out var query, out var error))
        {
            return await gate.DenyAsync(caller, look, error);
        }

        if (request.After is { } after)
        {
            if (tokens.Read(after, caller.Name, look.Canonical.Span) is not { } page)
            {
                return await gate.DenyAsync(caller, look, ArchiveQueries.Bad("$.after", RefusalPhrases.Of("next_of_page_before_of_this_caller_and"), RefusalPhrases.Of("another_text")));
            }

            query = query with { After = page.Position };
            look = look with { ContinuesUnder = page.Grant };
        }

        if (!(await gate.AdmitAsync(caller, look)).TryGet(out var admission, out error))
        {
            return error;
        }

        var found = await archive.SearchAsync(ArchiveQueries.Within(query, admission.Grant), CancellationToken.None);
        var checkpoints = new Dictionary<string, SignedCheckpoint>(StringComparer.Ordinal);
        var entries = new List<EntryView>();
        foreach (var entry in found.Entries.Where(entry => admission.Covers(entry.Entry)))
        {
            entries.Add(EntryView.Of(entry.Record, entry.Entry, entry.End) with { Proof = await ProveAsync(entry.Record, checkpoints) });
        }

        var next = found.Next is { } position ? tokens.Make(caller.Name, look.Canonical.Span, admission.Grant?.Digest.ToString() ?? "", position) : null;
        return new ArchiveSearchAnswer(entries, next, [.. checkpoints.Keys], admission.Grant?.Name);
    }

    /// <summary>One record, as deep as the grant goes.</summary>
    public async Task<Outcome<RecordView>> ShowAsync(Caller caller, string record, ArchiveAccess access)
    {
        if (!(await OpenAsync(caller, ArchiveAct.Show, record, access)).TryGet(out var opened, out var error))
        {
            return error;
        }

        var (admission, found) = opened;
        var checkpoints = new Dictionary<string, SignedCheckpoint>(StringComparer.Ordinal);
        return new RecordView
        {
            Entry = EntryView.Of(found.Record, found.Entry, found.End) with { Proof = await ProveAsync(found.Record, checkpoints) },
            Checkpoint = checkpoints.Keys.FirstOrDefault(),
            Depth = admission.Depth,
            Grant = admission.Grant?.Name,
            Sealed = found.State,
            Fields = ShownDepth.Names(admission.Depth) ? [.. found.Values.Select(value => Field(value, admission.Depth))] : [],
            Parts = ShownDepth.Names(admission.Depth) ? [.. found.Parts.Select(part => Part(part, admission.Depth, found.Entry))] : [],
        };
    }

    /// <summary>The proof that one entry is in the log; what it says of the entry is what the log says of it.</summary>
    public async Task<Outcome<InclusionAnswer>> ProveAsync(Caller caller, string record, ArchiveAccess access)
    {
        if (!(await OpenAsync(caller, ArchiveAct.Show, record, access)).TryGet(out var opened, out var error))
        {
            return error;
        }

        var (admission, found) = opened;
        var checkpoints = new Dictionary<string, SignedCheckpoint>(StringComparer.Ordinal);
        var proof = await ProveAsync(found.Record, checkpoints);
        return new InclusionAnswer(found.Record.ToString(), proof, checkpoints.Keys.FirstOrDefault(), admission.Grant?.Name);
    }

    /// <summary>What happened, in words: codes and names, never a value.</summary>
    public async Task<Outcome<Explanation>> ExplainAsync(Caller caller, string record, ArchiveAccess access)
    {
        if (!(await OpenAsync(caller, ArchiveAct.Explain, record, access)).TryGet(out var opened, out var error))
        {
            return error;
        }

        var (admission, found) = opened;
        var other = found.Entry.Kind == EntryKind.Request
            ? await archive.GetEndAsync(found.Record, CancellationToken.None)
            : found.Entry.Link is { } link ? await archive.GetAsync(link, CancellationToken.None) : null;
        if (other is not null && !admission.Covers(other.Entry))
        {
            other = null;
        }

        var outcome = found.Entry.Kind == EntryKind.Request && other is not null ? other : found;
        var code = outcome.Entry.Code ?? "";
        var names = ShownDepth.Names(admission.Depth);

        // A name that somebody made up may say anything, of a person too: that is for who has a grant.
        var isHidden = admission.Grant is null && Text(outcome, ExchangeJournal.SendersNameName) is not null;
        return new Explanation
        {
            Entry = EntryView.Of(found.Record, found.Entry, found.End),
            Title = Title(outcome.Entry),
            Remedy = (names ? Text(outcome, ExchangeJournal.RemedyName) : null) ?? (ExchangeCodes.Knows(code) ? RefusalTexts.Remedy(code) : null),
            Documentation = ExchangeCodes.Knows(code) ? RefusalPage.LinkTo(code) : null,
            OutcomeUnknown = outcome.Entry.Kind == EntryKind.OutcomeUnknown ? true : null,
            TraceId = names ? Text(outcome, ExchangeJournal.TraceName) : null,
            Rule = names ? Text(outcome, ExchangeJournal.RuleName) : null,
            Path = !names ? null : isHidden ? RemovedField.Unlisted : Text(outcome, ExchangeJournal.PathName),
            Expected = names ? Text(outcome, ExchangeJournal.ExpectedName) : null,
            Found = names && !isHidden ? Text(outcome, ExchangeJournal.FoundName) : null,
            Details = names && !isHidden ? [.. outcome.Values.Where(value => value.Path.StartsWith(ExchangeJournal.DetailName, StringComparison.Ordinal)).Select(value => value.AsText())] : [],
            Verified = names ? Text(found, ExchangeJournal.VerifiedName) : null,
            Removed = names ? [.. found.Values.Concat(other?.Values ?? []).Where(value => value.Presence == ValuePresence.Removed).Select(value => value.Path)] : [],
            Other = other is null ? null : EntryView.Of(other.Record, other.Entry, other.End),
        };
    }

    private async Task<Outcome<Opened>> OpenAsync(Caller caller, ArchiveAct act, string record, ArchiveAccess access)
    {
        var isId = RecordId.TryParse(record, out var id);
        var look = new Look { Act = act, Access = access, Canonical = ArchiveQueries.Canonical(record, access), Record = isId ? id : null };
        if (!isId)
        {
            return await gate.DenyAsync(caller, look, ArchiveQueries.Bad("record", RefusalPhrases.Of("record_id_as_in_x_tunduk_record"), RefusalPhrases.Of("another_text")));
        }

        if (!(await gate.AdmitAsync(caller, look)).TryGet(out var admission, out var error))
        {
            return error;
        }

        // A record outside the grant and one that is not there are told alike: the grant does not say which records exist.
        var found = await archive.GetAsync(id, CancellationToken.None);
        return found is not null && admission.Covers(found.Entry)
            ? new Opened(admission, found)
            : await gate.DenyAsync(caller, look, new ExchangeError(ExchangeStage.Validate, ExchangeCodes.RecordUnknown) { Path = "record", Expected = RefusalPhrases.Of("record_of_this_archive_within_grant"), Found = RefusalPhrases.Of("none_with_this_id") });
    }

    private async Task<ProofView?> ProveAsync(RecordId record, Dictionary<string, SignedCheckpoint> checkpoints)
    {
        if (await archive.CheckpointOfAsync(record.Log, CancellationToken.None) is not { } checkpoint)
        {
            return null;
        }

        await foreach (var disclosed in archive.DiscloseAsync([record], checkpoint, CancellationToken.None))
        {
            checkpoints.TryAdd(checkpoint.Note, checkpoint);
            return new ProofView(disclosed.Leaf.ToArray(), [.. disclosed.Proof.Select(hash => hash.ToArray())], checkpoint.Size);
        }

        return null;
    }

    private static FieldView Field(SealedValue value, GrantDepth depth) => new(
        value.Path,
        value.Presence.ToString().ToLowerInvariant(),
        depth < GrantDepth.Masked ? null : value.Value.Length,
        value.Presence != ValuePresence.Present || depth < GrantDepth.Masked ? null
            : !ShownDepth.Value(depth, value.Path) ? ShownDepth.Masked(value.Value.Span, value.Type)
            : value.Type == ValueType.Binary ? Convert.ToBase64String(value.Value.Span) : value.AsText());

    private static PartView Part(PayloadPart part, GrantDepth depth, LogEntry entry) =>
        new(part.Name, part.MediaType, part.Content.Length, ShownDepth.Part(depth, entry) ? part.Content.ToArray() : null);

    private static string Title(LogEntry entry) => entry.Code switch
    {
        null => Phrases.Of("Reading.EntryWithoutOutcome"),
        ExchangeJournal.OkCode => entry.Kind == EntryKind.Request ? Phrases.Of("Reading.RequestWentNoEnd") : Phrases.Of("Reading.ExchangeSucceeded"),
        _ => BusinessOutcomes.Knows(entry.Code) ? BusinessOutcomes.Title(entry.Code) : RefusalTexts.Title(entry.Code),
    };

    private static string? Text(ArchiveRecord record, string path) =>
        record.Values.Where(value => string.Equals(value.Path, path, StringComparison.Ordinal)).Select(value => value.AsText()).FirstOrDefault();

    private sealed record Opened(Admission Admission, ArchiveRecord Record)
    {
        public void Deconstruct(out Admission admission, out ArchiveRecord record) => (admission, record) = (Admission, Record);
    }
}

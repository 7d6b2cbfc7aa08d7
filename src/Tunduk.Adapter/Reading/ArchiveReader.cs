using System.Text.Json;
using System.Text.Json.Serialization;
using Tunduk.Adapter.Exchange;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Reading;

/// <summary>
/// Reading the archive. Every look is an entry, written before the answer; if it cannot be written there is no answer
/// (ARCHIVE "Who may read").
/// </summary>
internal sealed class ArchiveReader(IArchive archive, TimeProvider clock)
{
    // LIMIT: until grants exist a reader sees metadata and names of fields, never a value, whatever the role.

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    public async Task<Outcome<ArchiveSearchAnswer>> SearchAsync(string reader, ArchiveSearchRequest request)
    {
        if (!ToQuery(request).TryGet(out var query, out var error))
        {
            return error;
        }

        if (await AccessAsync(reader, "search", request, SearchedValues(request), null) is { } refused)
        {
            return refused;
        }

        var page = await archive.SearchAsync(query, CancellationToken.None);
        return new ArchiveSearchAnswer([.. page.Entries.Select(entry => EntryView.Of(entry.Record, entry.Entry, entry.End))], page.Next?.ToString());
    }

    public async Task<Outcome<RecordView>> ShowAsync(string reader, string record, ArchiveAccess access)
    {
        if (!(await OpenAsync(reader, "show", record, access)).TryGet(out var found, out var error))
        {
            return error;
        }

        return new RecordView
        {
            Entry = EntryView.Of(found.Record, found.Entry, found.End),
            Sealed = found.State,
            Fields = [.. found.Values.Select(value => new FieldView(value.Path, value.Presence.ToString().ToLowerInvariant(), value.Value.Length))],
            Parts = [.. found.Parts.Select(part => new PartView(part.Name, part.MediaType, part.Content.Length))],
        };
    }

    public async Task<Outcome<Explanation>> ExplainAsync(string reader, string record, ArchiveAccess access)
    {
        if (!(await OpenAsync(reader, "explain", record, access)).TryGet(out var found, out var error))
        {
            return error;
        }

        var other = found.Entry.Kind == EntryKind.Request
            ? await archive.GetEndAsync(found.Record, CancellationToken.None)
            : found.Entry.Link is { } link ? await archive.GetAsync(link, CancellationToken.None) : null;
        var outcome = found.Entry.Kind == EntryKind.Request && other is not null ? other : found;
        var code = outcome.Entry.Code ?? "";
        return new Explanation
        {
            Entry = EntryView.Of(found.Record, found.Entry, found.End),
            Title = Title(outcome.Entry),
            Remedy = ExchangeCodes.Knows(code) ? RefusalTexts.Remedy(code) : null,
            Path = Text(outcome, ExchangeJournal.PathName),
            Expected = Text(outcome, ExchangeJournal.ExpectedName),
            Found = Text(outcome, ExchangeJournal.FoundName),
            Removed = [.. found.Values.Concat(other?.Values ?? []).Where(value => value.Presence == ValuePresence.Removed).Select(value => value.Path)],
            Other = other is null ? null : EntryView.Of(other.Record, other.Entry, other.End),
        };
    }

    /// <summary>A denial is an entry too.</summary>
    public async Task DeniedAsync(string reader, string what) =>
        await archive.AppendAsync(Draft(reader, "denied", [SealedValue.Text("$what", what)], null), CancellationToken.None);

    private static string Title(LogEntry entry) => entry.Code switch
    {
        null => "An entry without an outcome",
        ExchangeJournal.OkCode => entry.Kind == EntryKind.Request ? "The request went on; it has no end yet" : "The exchange succeeded",
        _ => RefusalTexts.Title(entry.Code),
    };

    private static string? Text(ArchiveRecord record, string path) =>
        record.Values.Where(value => string.Equals(value.Path, path, StringComparison.Ordinal)).Select(value => value.AsText()).FirstOrDefault();

    private static List<SealedValue> SearchedValues(ArchiveSearchRequest request)
    {
        var values = new List<SealedValue>();
        Add("$query/person", request.Person is null ? null : $"{request.Person.Kind}:{request.Person.Value}");
        Add("$query/userId", request.UserId);
        Add("$query/basis", request.Basis);
        Add("$query/messageId", request.MessageId);
        Add("$query/counterparty", request.Counterparty);
        Add("$query/service", request.Service);
        Add("$query/outcome", request.Outcome);
        Add("$query/from", request.From?.ToString("O"));
        Add("$query/until", request.Until?.ToString("O"));
        return values;

        void Add(string path, string? value)
        {
            if (value is not null)
            {
                values.Add(SealedValue.Text(path, value));
            }
        }
    }

    private static Outcome<SearchQuery> ToQuery(ArchiveSearchRequest request)
    {
        var terms = new List<IndexTerm>();
        if (request.Person is { } person)
        {
            if (!Enum.TryParse<IndexKind>(person.Kind, ignoreCase: true, out var kind) || kind > IndexKind.Plate || char.IsAsciiDigit(person.Kind[0]))
            {
                return Bad("$.person.kind", "pin, tin, document or plate", "another kind");
            }

            terms.Add(new IndexTerm(kind, person.Value));
        }

        AddTerm(IndexKind.UserId, request.UserId);
        AddTerm(IndexKind.Basis, request.Basis);
        AddTerm(IndexKind.MessageId, request.MessageId);
        ExchangeRole? role = null;
        if (request.Role is not null)
        {
            if (!Enum.TryParse<ExchangeRole>(request.Role, ignoreCase: true, out var parsed) || parsed == ExchangeRole.None || char.IsAsciiDigit(request.Role[0]))
            {
                return Bad("$.role", "consumer or provider", "another role");
            }

            role = parsed;
        }

        if (request.Limit is < 1 or > 1000)
        {
            return Bad("$.limit", "1 to 1000", "a number outside");
        }

        PageToken? after = null;
        if (request.After is not null)
        {
            if (!PageToken.TryParse(request.After, out var token))
            {
                return Bad("$.after", "the next of the page before", "another text");
            }

            after = token;
        }

        return new SearchQuery
        {
            Terms = terms,
            Counterparty = request.Counterparty,
            OwnSubsystem = request.Own,
            Service = request.Service,
            Stage = request.Stage,
            Code = request.Outcome,
            Agreement = request.Agreement,
            Role = role,
            From = request.From,
            Until = request.Until,
            PageSize = request.Limit ?? 50,
            After = after,
        };

        void AddTerm(IndexKind kind, string? value)
        {
            if (value is not null)
            {
                terms.Add(new IndexTerm(kind, value));
            }
        }
    }

    private async Task<Outcome<ArchiveRecord>> OpenAsync(string reader, string act, string record, ArchiveAccess access)
    {
        if (!RecordId.TryParse(record, out var id))
        {
            return Bad("record", "a record id as in X-Tunduk-Record", "another text");
        }

        if (await AccessAsync(reader, act, access, [], id) is { } refused)
        {
            return refused;
        }

        return await archive.GetAsync(id, CancellationToken.None) is { } found
            ? found
            : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.RecordUnknown) { Path = "record", Expected = "a record of this archive", Found = "none with this id" };
    }

    private async Task<ExchangeError?> AccessAsync(string reader, string act, ArchiveAccess access, List<SealedValue> values, RecordId? record)
    {
        if (string.IsNullOrWhiteSpace(access.Purpose))
        {
            return Bad("$.purpose", "what the look is for", "nothing");
        }

        values.Add(SealedValue.Text("$purpose", access.Purpose));
        if (access.Case is not null)
        {
            values.Add(SealedValue.Text("$case", access.Case));
        }

        var result = await archive.AppendAsync(Draft(reader, act, values, record), CancellationToken.None);
        return result.IsDurable
            ? null
            : new ExchangeError(ExchangeStage.Append, ExchangeCodes.LoggingFailed) { Expected = "an archive that takes the entry of this look", Found = result.Fault?.Name };
    }

    private EntryDraft Draft(string reader, string act, List<SealedValue> values, RecordId? record)
    {
        values.Add(SealedValue.Text("$reader", reader));
        if (record is { } id)
        {
            values.Add(SealedValue.Text("$record", id.ToString()));
        }

        return new EntryDraft { Kind = EntryKind.ArchiveAccess, EventTime = clock.GetUtcNow(), Stage = "read", Code = act, Facts = values };
    }

    private static ExchangeError Bad(string path, string expected, string found) =>
        new(ExchangeStage.Validate, ExchangeCodes.QueryInvalid) { Path = path, Expected = expected, Found = found };
}

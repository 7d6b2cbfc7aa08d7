using System.Text.Json;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Grants;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Reading;

/// <summary>From a request to a query, and to the terms a grant speaks of. A value that can match nothing is refused, not searched for in vain.</summary>
internal static class ArchiveQueries
{
    /// <summary>Outcomes that are no refusals, beside <see cref="BusinessOutcomes"/>: those of exchanges, and of entries that the archive writes about itself.</summary>
    public static readonly IReadOnlySet<string> OtherOutcomes = new HashSet<string>(EntryCodes.Own.Values.SelectMany(codes => codes), StringComparer.Ordinal)
    {
        ExchangeJournal.OkCode, ExchangeJournal.DryRunCode,
    };

    /// <summary>Stages as entries spell them.</summary>
    private static readonly string[] Stages =
        [.. Enum.GetValues<ExchangeStage>().Select(RefusalMapping.StageName), "agreement", "configuration", "read", "retention", "Archive", "Recovery"];

    private const int LongestText = 1024;

    /// <summary>The query; a refusal that names the member otherwise.</summary>
    public static Outcome<SearchQuery> ToQuery(ArchiveSearchRequest request)
    {
        if (Terms(request, out var terms) is { } bad)
        {
            return bad;
        }

        ExchangeRole? role = null;
        if (request.Role is not null)
        {
            if (!NamedValue.TryParse<ExchangeRole>(request.Role, out var parsed) || parsed == ExchangeRole.None)
            {
                return Bad("$.role", RefusalPhrases.Of("consumer_or_provider"), RefusalPhrases.Of("another_role"));
            }

            role = parsed;
        }

        if (request.Limit is < 1 or > 1000)
        {
            return Bad("$.limit", RefusalPhrases.Of("1_to_1000"), RefusalPhrases.Of("number_outside"));
        }

        return CheckNames(request) ?? (Outcome<SearchQuery>)new SearchQuery
        {
            Terms = request.Kind == EntryKind.ArchiveAccess ? [.. terms.Select(term => term.Kind == IndexKind.Removed ? term : Searched.Of(term))] : terms,
            Counterparty = request.Counterparty,
            OwnSubsystem = request.Own,
            Service = request.Service,
            Stage = request.Stage is null ? null : Stages.First(stage => string.Equals(stage, request.Stage, StringComparison.OrdinalIgnoreCase)),
            Code = request.Outcome,
            Agreement = request.Agreement,
            Role = role,
            Signature = request.Signature,
            Kinds = request.Kind is { } kind ? [kind] : [],
            From = request.From,
            Until = request.Until,
            PageSize = request.Limit ?? 50,
        };
    }

    /// <summary>A query that stays within a grant.</summary>
    public static SearchQuery Within(SearchQuery query, Grant? grant) => grant is null ? query : query with
    {
        OwnSubsystems = grant.Own is { } own ? [.. own] : null,
        Counterparties = grant.Counterparties is { } counterparties ? [.. counterparties] : null,
        Services = grant.Services is { } services ? [.. services] : null,
        From = grant.EntriesFrom is { } from && (query.From is null || from > query.From) ? from : query.From,
        Until = grant.EntriesUntil is { } until && (query.Until is null || until < query.Until) ? until : query.Until,

        // The search itself stays within: what it found beyond and was left out would still show in whether a page follows.
        Kinds = grant.CoversSystem ? query.Kinds : query.Kinds.Count > 0 && query.Kinds.All(Grant.Exchanges.Contains) ? query.Kinds : Grant.Exchanges,
    };

    /// <summary>Whether the request names anything to search by.</summary>
    public static bool HasConditions(ArchiveSearchRequest request) => Facts(request).Any(static fact => fact.Path is not ("$query/limit" or "$query/page" or "$query/fields" or "$query/ground"));

    /// <summary>Whether an export says in two ways what goes into it: one of them would be left out without a word, and who approves it reads both.</summary>
    public static bool HasTwoScopes(ArchiveExportRequest request) =>
        (request.All ? 1 : 0) + (request.Records is null ? 0 : 1) + (HasConditions(request with { All = false, Records = null }) ? 1 : 0) > 1;

    /// <summary>The look that a search is.</summary>
    public static Look ToLook(ArchiveAct act, ArchiveSearchRequest request)
    {
        var by = new HashSet<SearchedBy>();
        Note(request.Person, SearchedBy.Person);
        Note(request.UserId, SearchedBy.User);
        Note(request.Basis, SearchedBy.Basis);
        Note(request.MessageId, SearchedBy.MessageId);
        return new Look
        {
            Act = act,
            Access = request,
            Canonical = Canonical(request),
            Facts = Facts(request),
            Terms = SearchedTerms(request),
            Record = (request as ArchiveEraseRequest)?.Record is { } text && RecordId.TryParse(text, out var id) ? id : null,
            By = by,
            Own = request.Own,
            Counterparty = request.Counterparty,
            Service = request.Service,
            Kind = request.Kind,
            NamesFields = request.Removed is not null,
        };

        void Note(object? value, SearchedBy kind)
        {
            if (value is not null)
            {
                by.Add(kind);
            }
        }
    }

    /// <summary>The terms that entries are found by which hold what this request searches for.</summary>
    public static IReadOnlyList<IndexTerm> SearchedTerms(ArchiveSearchRequest request) =>
        Terms(request, out var terms) is null ? [.. terms.Where(term => term.Kind != IndexKind.Removed).Select(Searched.Of)] : [];

    /// <summary>The request without approval, page and depth of paging, as the one JSON text it has: what approvals and page tokens are bound to.</summary>
    public static byte[] Canonical<T>(T request)
        where T : ArchiveAccess =>
        JsonSerializer.SerializeToUtf8Bytes(request is ArchiveSearchRequest search ? search with { Approval = null, After = null } : request with { Approval = null }, request.GetType(), ArchiveReader.Json);

    /// <summary>As above, for a look at one record.</summary>
    public static byte[] Canonical(string record, ArchiveAccess access) => JsonSerializer.SerializeToUtf8Bytes(new { record, request = access with { Approval = null } }, ArchiveReader.Json);

    public static ExchangeError Bad(string path, string expected, string found) =>
        new(ExchangeStage.Validate, ExchangeCodes.QueryInvalid) { Path = path, Expected = expected, Found = found };

    private static ExchangeError? Terms(ArchiveSearchRequest request, out List<IndexTerm> terms)
    {
        terms = [];
        if (request.Person is { } person)
        {
            if (!NamedValue.TryParse<IndexKind>(person.Kind, out var kind) || kind > IndexKind.Plate)
            {
                return Bad("$.person.kind", RefusalPhrases.Of("pin_tin_document_or_plate"), RefusalPhrases.Of("another_kind"));
            }

            if (string.IsNullOrWhiteSpace(person.Value) || person.Value.Length > LongestText)
            {
                return Bad("$.person.value", RefusalPhrases.Of("person_value"), RefusalPhrases.Of("nothing_or_too_much"));
            }

            terms.Add(new IndexTerm(kind, person.Value));
        }

        foreach (var (path, kind, value) in new[]
        {
            ("$.userId", IndexKind.UserId, request.UserId), ("$.basis", IndexKind.Basis, request.Basis),
            ("$.messageId", IndexKind.MessageId, request.MessageId), ("$.removed", IndexKind.Removed, request.Removed),
        })
        {
            if (value is { Length: 0 or > LongestText })
            {
                return Bad(path, RefusalPhrases.Of("text"), RefusalPhrases.Of("nothing_or_too_much"));
            }

            if (value is not null)
            {
                terms.Add(new IndexTerm(kind, value));
            }
        }

        return null;
    }

    private static ExchangeError? CheckNames(ArchiveSearchRequest request)
    {
        if (request.Outcome is { } outcome && !ExchangeCodes.Knows(outcome) && !OtherOutcomes.Contains(outcome) && !BusinessOutcomes.Knows(outcome))
        {
            return Bad("$.outcome", RefusalPhrases.Of("ok_business_outcome_not_found_many_bad"), RefusalPhrases.Of("code_that_no_entry_has"));
        }

        if (request.Service is { } service && !ServiceId.TryParse(service, out _, out _))
        {
            return Bad("$.service", "instance/class/member/subsystem/service[/version]", RefusalPhrases.Of("another_form"));
        }

        if (request.Agreement is { } agreement && (agreement.Length is 0 or > LongestText || agreement.Any(char.IsControl)))
        {
            return Bad("$.agreement", RefusalPhrases.Of("text"), RefusalPhrases.Of("nothing_or_too_much"));
        }

        foreach (var (path, name) in new[] { ("$.counterparty", request.Counterparty), ("$.own", request.Own) })
        {
            if (name is not null && !ClientId.TryParse(name, out _))
            {
                return Bad(path, "instance/class/member[/subsystem]", RefusalPhrases.Of("another_form"));
            }
        }

        if (request.Stage is { } stage && !Stages.Contains(stage, StringComparer.OrdinalIgnoreCase))
        {
            return Bad("$.stage", string.Join(", ", Stages), RefusalPhrases.Of("another_stage"));
        }

        return request.From >= request.Until ? Bad("$.until", RefusalPhrases.Of("time_after_from"), RefusalPhrases.Of("one_that_is_not")) : null;
    }

    private static List<SealedValue> Facts(ArchiveSearchRequest request)
    {
        var values = new List<SealedValue>();
        Add("person", request.Person is null ? null : $"{request.Person.Kind}:{request.Person.Value}");
        Add("userId", request.UserId);
        Add("basis", request.Basis);
        Add("messageId", request.MessageId);
        Add("counterparty", request.Counterparty);
        Add("own", request.Own);
        Add("service", request.Service);
        Add("stage", request.Stage);
        Add("outcome", request.Outcome);
        Add("removed", request.Removed);
        Add("signature", request.Signature?.ToString());
        Add("agreement", request.Agreement);
        Add("role", request.Role);
        Add("kind", request.Kind?.ToString());
        Add("from", request.From?.ToString("O"));
        Add("until", request.Until?.ToString("O"));
        Add("limit", request.Limit?.ToString());
        Add("page", request.After is null ? null : "further");
        if (request is ArchiveExportRequest export)
        {
            Add("records", export.Records is null ? null : string.Join(' ', export.Records.Take(10_000)));
            Add("all", export.All ? "true" : null);
        }

        if (request is ArchiveEraseRequest erase)
        {
            Add("fields", erase.Fields is null ? null : string.Join('\n', erase.Fields.Take(1_000)));
            Add("ground", erase.Ground is { Length: > LongestText } ? erase.Ground[..LongestText] : erase.Ground);
        }

        return values;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                values.Add(SealedValue.Text("$query/" + name, value));
            }
        }
    }
}

using System.Collections.Concurrent;
using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.Adapter.Filtering;
using Tunduk.Adapter.Grants;
using Tunduk.Adapter.Reading;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Administration;

/// <summary>
/// Holds archived exchanges against a draft. Only names are needed: what was let through stands in the archive with its
/// path, what was removed with its name alone. Safe for concurrent use.
/// </summary>
/// <param name="draft">The draft.</param>
/// <param name="offset">Offset of days and hours.</param>
/// <param name="inForce">The agreement in force, which knows names that the draft does not; null: there is none.</param>
internal sealed class AgreementReplay(Agreement draft, TimeSpan offset, Agreement? inForce = null)
{
    private readonly ConcurrentDictionary<RecordId, Fate> exchanges = new();
    private readonly ConcurrentDictionary<(string Service, string Change), long> changes = new();
    private readonly Dictionary<string, AgreementService> services = draft.Services.ToDictionary(service => service.Service.ToString(), StringComparer.Ordinal);
    private long unknownFields;

    /// <summary>Goes through the archive's exchanges with the counterparty, newest first, on every core.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="admission">The look, which may reach less than everything; null where nobody asks from outside.</param>
    /// <param name="from">Exchanges from this time on.</param>
    /// <param name="until">Exchanges before this time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task RunAsync(IArchive archive, Admission? admission, DateTimeOffset? from, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var query = ArchiveQueries.Within(new SearchQuery
        {
            Counterparty = draft.Counterparty.ToString(),
            OwnSubsystem = draft.Own.ToString(),
            Role = draft.Role == AgreementRole.Provider ? ExchangeRole.Provider : ExchangeRole.Consumer,
            Kinds = [EntryKind.Request, EntryKind.Response, EntryKind.Refusal],
            From = from,
            Until = until,
            PageSize = 1_000,
        }, admission?.Grant);
        do
        {
            var page = await archive.SearchAsync(query, cancellationToken);
            await Parallel.ForEachAsync(page.Entries.Where(found => found.Entry.Service is not null && admission?.Covers(found.Entry) != false), cancellationToken, async (found, token) =>
            {
                if (await archive.GetAsync(found.Record, token) is { } record)
                {
                    Add(record);
                }
            });
            query = query with { After = page.Next };
        }
        while (query.After is not null);
    }

    public void Add(ArchiveRecord record)
    {
        var entry = record.Entry;

        // Other agreements with the same counterparty, and what needs none, are not for this draft to say anything of.
        if (entry.Agreement != draft.Id && !services.ContainsKey(entry.Service!))
        {
            return;
        }

        var fate = exchanges.GetOrAdd(entry.Kind == EntryKind.Request ? record.Record : entry.Link ?? record.Record, static _ => new Fate());
        var name = ServiceId.TryParse(entry.Service, out var id, out _) ? id.Name : entry.Service!;
        if (!services.TryGetValue(entry.Service!, out var terms))
        {
            if (entry.Kind == EntryKind.Request)
            {
                Change(fate, name, Phrases.Of("Administration.WouldRefusedServiceNot"));
            }

            return;
        }

        if (entry.Kind == EntryKind.Refusal)
        {
            Refusal(record, terms, fate, name);
            return;
        }

        if (entry.Kind == EntryKind.Request && Authorize(record, terms) is { } code)
        {
            Change(fate, name, Phrases.Of("Administration.WouldRefused", code));
        }

        var known = inForce?.Services.FirstOrDefault(service => service.Service == terms.Service);
        var start = StartLine(record);
        if (entry.Kind != EntryKind.Request)
        {
            // HTTP/1.1 404: the body of a REST error is under a list of its own.
            var isError = start is [_, ['4' or '5', ..], ..];
            Fields(record, record.Values, isError ? terms.RestErrorFields(hasCode: true) : terms.ResponseFields, isError ? null : known?.ResponseFields, isError ? null : RequiredFields.Of(terms, draft.Role, FieldList.Response), fate, name);
        }
        else if (start is not null || terms.Endpoints.Count > 0)
        {
            Path(record, terms, start?[0], fate, name);
            Fields(record, [.. record.Values.Where(IsQuery)], terms.RequestFields, known?.RequestFields, required: null, fate, name);
            Fields(record, [.. record.Values.Where(static value => !IsPath(value) && !IsQuery(value))], terms.RestBodyFields, known?.RestBodyFields, required: null, fate, name);
        }
        else
        {
            Fields(record, record.Values, terms.RequestFields, known?.RequestFields, RequiredFields.Of(terms, draft.Role, FieldList.Request), fate, name);
        }
    }

    public AgreementTestReport Report(IReadOnlyList<AgreementFault> faults)
    {
        var changed = exchanges.Values.LongCount(fate => fate.Changed);
        var untold = exchanges.Values.LongCount(fate => fate is { Changed: false, Untold: true });
        return new AgreementTestReport
        {
            Agreement = draft.Id,
            Version = draft.Version,
            Sha256 = draft.Digest.ToString(),
            Exchanges = exchanges.Count,
            Changed = changed,
            Untold = untold,
            Unchanged = exchanges.Count - changed - untold,
            WithUnknownFields = Interlocked.Read(ref unknownFields),
            Changes = [.. changes.Select(pair => new UsageCount(pair.Key.Service, pair.Key.Change, pair.Value))
                .OrderByDescending(count => count.Count).ThenBy(count => count.Service, StringComparer.Ordinal).ThenBy(count => count.Name, StringComparer.Ordinal)],
            Faults = faults,
        };
    }

    private string? Authorize(ArchiveRecord record, AgreementService terms)
    {
        var own = record.Entry.Role == ExchangeRole.Consumer;
        var request = new AgreementRequest(own, record.UserId, record.Basis, record.RepresentedParty, Environment: null, record.Entry.EventTime ?? record.Entry.Time);
        return AgreementAuthorizer.Authorize(draft, terms, request, offset).Refusal?.Code;
    }

    // A refusal at Authorize is judged again; one at Filter kept no field, so that nothing can be told of it.
    private void Refusal(ArchiveRecord record, AgreementService terms, Fate fate, string name)
    {
        if (record.Entry.Link is not null || !string.Equals(record.Entry.Stage, "authorize", StringComparison.OrdinalIgnoreCase))
        {
            fate.Untold |= string.Equals(record.Entry.Stage, "filter", StringComparison.OrdinalIgnoreCase);
            return;
        }

        // The environment that the caller was of then: the one that the agreement did not mark the service with. It refuses whatever the text
        // says, unless the text marks the service anew.
        var known = inForce?.Services.FirstOrDefault(service => service.Service == terms.Service);
        var isForeign = record.Entry.Code == ExchangeCodes.EnvironmentMismatch && (known is null || known.Environment == terms.Environment);
        var code = isForeign ? record.Entry.Code : Authorize(record, terms);
        if (code is null)
        {
            Change(fate, name, Phrases.Of("Administration.WouldLetRefused", record.Entry.Code));
        }
        else if (code != record.Entry.Code)
        {
            Change(fate, name, Phrases.Of("Administration.WouldBeRefusedAsWas", code, record.Entry.Code));
        }
    }

    private static bool IsPath(SealedValue value) => value.Path.StartsWith("path/", StringComparison.Ordinal);

    private static bool IsQuery(SealedValue value) => value.Path.StartsWith("query/", StringComparison.Ordinal);

    /// <summary>The words of a REST message's first line; null where it is none, or was not kept.</summary>
    private static string[]? StartLine(ArchiveRecord record)
    {
        var content = record.Parts.FirstOrDefault(static part => part.MediaType == HttpMessageText.MediaType).Content.Span;
        var end = content.IndexOf("\r\n"u8);
        return end <= 0 ? null : Encoding.UTF8.GetString(content[..end]).Split(' ');
    }

    /// <summary>The archive keeps a path by the names that the agreement of its day gave its segments: their order is the path's.</summary>
    /// <remarks>Without a method (only values were kept) an endpoint of any method counts.</remarks>
    private void Path(ArchiveRecord record, AgreementService terms, string? method, Fate fate, string name)
    {
        var path = "/" + string.Join('/', record.Values.Where(static value => IsPath(value) && value.Presence == ValuePresence.Present).Select(static value => Uri.EscapeDataString(value.AsText())));
        IEnumerable<string> methods = method is not null ? [method] : terms.Endpoints.Select(static endpoint => endpoint.Method).Distinct(StringComparer.Ordinal);
        PolicyRefusal? refusal = null;
        foreach (var one in methods)
        {
            refusal = RestPolicy.PathRefusal(terms, one, path);
            if (refusal is null)
            {
                return;
            }
        }

        if (refusal is not null)
        {
            Change(fate, name, refusal.Code == ExchangeCodes.FieldNotListed ? Phrases.Of("Administration.WouldBeRefused", refusal.Path) : Phrases.Of("Administration.WouldRefused", refusal.Code));
        }
    }

    private void Fields(ArchiveRecord record, IReadOnlyList<SealedValue> values, FieldList list, FieldList? known, RequiredFields? required, Fate fate, string name)
    {
        if (record.State is SealState.Erased or SealState.None || record.Values.All(value => value.Path.StartsWith('$')))
        {
            fate.Untold = true;
            return;
        }

        var wrapped = FieldDifference.HasWrapper(values.Select(value => value.Path), list.Wrapper);
        var blanked = values.Where(value => value.Presence == ValuePresence.Removed).Select(value => value.Path).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            // What the adapter noted itself, and structure without a value.
            if (value.Path.StartsWith('$') || value.Type == ValueType.Structure || value.Presence == ValuePresence.Null)
            {
                continue;
            }

            var path = JsonLeaves.WithoutPositions(value.Path);
            path = path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
            if (path.EndsWith(RemovedField.Unlisted, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref unknownFields);
                continue;
            }

            var was = value.Presence == ValuePresence.Removed || blanked.Contains(path) ? FieldAction.Remove : FieldAction.Allow;
            var would = list.ActionOf(path, wrapped, out var shown);
            if (was == FieldAction.Allow ? would != FieldAction.Allow : would is FieldAction.Allow or FieldAction.Refuse)
            {
                // A name that only the list in force knows is shown as that shows it.
                if (known is not null && shown.EndsWith(RemovedField.Unlisted, StringComparison.Ordinal))
                {
                    known.ActionOf(path, wrapped, out shown);
                }

                if (seen.Add(shown))
                {
                    Change(fate, name, new FieldDifference(shown, was, would, 1) { Breaks = was == FieldAction.Allow && required?.Breaks(list, path, wrapped) == true }.ToString());
                }
            }
        }
    }

    private void Change(Fate fate, string service, string change)
    {
        fate.Changed = true;
        changes.AddOrUpdate((service, change), 1, static (_, count) => count + 1);
    }

    private sealed class Fate
    {
        public volatile bool Changed;
        public volatile bool Untold;
    }
}

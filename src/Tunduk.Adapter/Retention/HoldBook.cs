using System.Text.Json;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Reading;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Retention;

/// <summary>
/// The legal holds in force. They are entries of the log and nothing else: what was placed and not released is read from there each
/// time, so that no file can lose one.
/// </summary>
internal sealed class HoldBook(IArchive archive, TimeProvider clock)
{
    private const string QueryFact = "$hold/query";
    private const string ByFact = "$hold/by";
    private const string CaseFact = "$hold/case";
    private const int PageSize = 500;

    /// <summary>Places a hold; it is in force when this returns a record.</summary>
    public async Task<AppendResult> PlaceAsync(string by, ArchiveHoldRequest query)
    {
        var held = ArchiveQueries.HasConditions(query) ? query : query with { Basis = query.Case };
        ArchiveSearchRequest plain = new()
        {
            Person = held.Person,
            UserId = held.UserId,
            Basis = held.Basis,
            MessageId = held.MessageId,
            Counterparty = held.Counterparty,
            Own = held.Own,
            Service = held.Service,
            Stage = held.Stage,
            Outcome = held.Outcome,
            Removed = held.Removed,
            Signature = held.Signature,
            Agreement = held.Agreement,
            Role = held.Role,
            Kind = held.Kind,
            From = held.From,
            Until = held.Until,
        };
        List<SealedValue> facts = [SealedValue.Binary(QueryFact, JsonSerializer.SerializeToUtf8Bytes(plain, ArchiveReader.Json)), SealedValue.Text(ByFact, by)];
        if (query.Case is { } number)
        {
            facts.Add(SealedValue.Text(CaseFact, number));
        }

        await using var turn = await EnterAsync(CancellationToken.None);
        return turn.Fault is { } fault
            ? new AppendResult { Outcome = AppendOutcome.Failed, Fault = fault }
            : await AppendAsync(EntryCodes.HoldPlaced, null, facts, ArchiveQueries.SearchedTerms(plain));
    }

    /// <summary>
    /// Erasing waits for this, and so does placing a hold, at every adapter of the database: a hold placed during a purge wins over everything not yet erased.
    /// </summary>
    public async Task<RetentionTurn> EnterAsync(CancellationToken cancellationToken) => await archive.EnterRetentionAsync(cancellationToken);

    /// <summary>Releases a hold; null when there is none with this id.</summary>
    public async Task<AppendResult?> ReleaseAsync(string by, string id)
    {
        // Also one that cannot be read any more: it holds everything until it is released.
        if (!RecordId.TryParse(id, out var record) || (await InForceAsync()).All(hold => hold.Id != id))
        {
            return null;
        }

        return await AppendAsync(EntryCodes.HoldReleased, record, [SealedValue.Text(ByFact, by)], []);
    }

    /// <summary>Every hold that was placed and not released. One that cannot be read stops every erasure: it holds everything.</summary>
    public async Task<IReadOnlyList<LegalHold>> InForceAsync()
    {
        HashSet<RecordId> released = [];
        List<LegalHold> holds = [];
        PageToken? after = null;
        do
        {
            var page = await archive.SearchAsync(new SearchQuery { Kinds = [EntryKind.Hold], PageSize = PageSize, After = after }, CancellationToken.None);
            foreach (var entry in page.Entries)
            {
                if (entry.Entry is { Code: "hold_released", Link: { } link })
                {
                    released.Add(link);
                }
                else if (!released.Contains(entry.Record))
                {
                    holds.Add(Read(await archive.GetAsync(entry.Record, CancellationToken.None), entry.Record));
                }
            }

            after = page.Next;
        }
        while (after is not null);
        return holds;
    }

    /// <summary>The first hold that covers one of these records, or the other half of its exchange; null when none does.</summary>
    public async Task<LegalHold?> FindAsync(IReadOnlyCollection<ArchiveEntry> entries)
    {
        var holds = await InForceAsync();
        var asked = holds.Count == 0 ? null : await AskedAsync(entries);
        foreach (var hold in holds)
        {
            if ((await CoveredAsync(hold, asked!)).Count > 0)
            {
                return hold;
            }
        }

        return null;
    }

    /// <summary>Those of the records that no hold covers, neither themselves nor the other half of their exchange.</summary>
    public async Task<HashSet<RecordId>> FreeAsync(IReadOnlyCollection<ArchiveEntry> entries)
    {
        HashSet<RecordId> free = [.. entries.Select(entry => entry.Record)];
        var holds = await InForceAsync();
        var asked = holds.Count == 0 ? null : await AskedAsync(entries);
        foreach (var hold in holds)
        {
            free.ExceptWith(await CoveredAsync(hold, asked!));
        }

        return free;
    }

    private sealed record Asked(Dictionary<RecordId, List<RecordId>> For, DateTimeOffset From, DateTimeOffset To);

    // An exchange is two entries, and a query may name what stands in one of them only: each stands for both.
    private async Task<Asked> AskedAsync(IReadOnlyCollection<ArchiveEntry> entries)
    {
        Dictionary<RecordId, List<RecordId>> asked = [];
        var from = DateTimeOffset.MaxValue;
        var to = DateTimeOffset.MinValue;
        foreach (var entry in entries)
        {
            Note(entry.Record, entry.Record, entry.Entry.Time);
        }

        foreach (var entry in entries)
        {
            if ((entry.End ?? entry.Entry.Link) is { } other)
            {
                var time = asked.ContainsKey(other) ? entry.Entry.Time : (await archive.GetAsync(other, CancellationToken.None))?.Entry.Time;
                Note(other, entry.Record, time ?? entry.Entry.Time);
            }
        }

        return new Asked(asked, from, to);

        void Note(RecordId record, RecordId stands, DateTimeOffset time)
        {
            if (!asked.TryGetValue(record, out var list))
            {
                asked.Add(record, list = []);
            }

            list.Add(stands);
            from = time < from ? time : from;
            to = time > to ? time : to;
        }
    }

    private async Task<HashSet<RecordId>> CoveredAsync(LegalHold hold, Asked asked)
    {
        if (hold.Query is null || !ArchiveQueries.ToQuery(hold.Query).TryGet(out var query, out _))
        {
            return [.. asked.For.Values.SelectMany(static records => records)]; // nobody knows what it holds: all of it
        }

        HashSet<RecordId> covered = [];
        query = query with
        {
            From = query.From > asked.From ? query.From : asked.From,
            Until = query.Until < asked.To ? query.Until : asked.To + TimeSpan.FromMicroseconds(1),
            PageSize = 1000,
        };
        do
        {
            var page = await archive.SearchAsync(query, CancellationToken.None);
            foreach (var entry in page.Entries)
            {
                covered.UnionWith(asked.For.GetValueOrDefault(entry.Record) ?? []);
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);
        return covered;
    }

    private static LegalHold Read(ArchiveRecord? record, RecordId id)
    {
        var values = record?.Values ?? [];
        var query = values.FirstOrDefault(value => value.Path == QueryFact);
        ArchiveSearchRequest? read = null;
        try
        {
            read = query.Path is null ? null : JsonSerializer.Deserialize<ArchiveSearchRequest>(query.Value.Span, ArchiveReader.Json);
        }
        catch (JsonException)
        {
            // It holds everything.
        }

        return new LegalHold(id.ToString(), Text(ByFact) ?? "unknown", Text(CaseFact), read);

        string? Text(string path) => values.FirstOrDefault(value => value.Path == path) is { Path: not null } found ? found.AsText() : null;
    }

    private async Task<AppendResult> AppendAsync(string code, RecordId? link, List<SealedValue> facts, IReadOnlyList<IndexTerm> terms) =>
        await archive.AppendAsync(new EntryDraft { Kind = EntryKind.Hold, EventTime = clock.GetUtcNow(), Stage = "retention", Code = code, Link = link, Facts = facts, Persons = terms }, CancellationToken.None);
}

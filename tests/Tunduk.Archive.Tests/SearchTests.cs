using Npgsql;
using Tunduk.Archive.Postgres;
using Tunduk.Archive.Searching;
using Tunduk.Archive.Sqlite;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

// Over 300 lines: every condition of a search, held against one filled archive.

/// <summary>Every way a search can go, held against a look at every entry.</summary>
public abstract class SearchTests : IAsyncLifetime
{
    private const int Entries = 300;
    private const int Named = 7;
    private static readonly DateTimeOffset Begin = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);
    private static readonly string[] Names = ["a", "b", "c", "d"];
    private readonly ArchiveFolder folder;

    private protected SearchTests(ArchiveFolder folder) => this.folder = folder;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Limits that make a small archive go the ways of a large one.</summary>
    public static TheoryData<string, int> Ways() => new()
    {
        { "40000 2048 2048 1024 16 20000", 50 }, // as it is
        { "40000 2048 2048 1024 16 20000", 7 },
        { "40000 5 16 8 2 20000", 7 }, // many runs, frequent hashes
        { "40000 5 16 8 2 20000", 1 },
        { "20 5 8 8 2 20000", 7 }, // gives up and goes on
        { "16 5 8 8 2 3", 5 }, // too many shapes to merge
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Search_EveryPairOfFilters_FindsWhatALookAtEveryEntryFinds(string limits, int pageSize)
    {
        ManualTime time = new(Begin);
        await using IArchive archive = await folder.OpenAsync(time: time);
        List<(RecordId Record, EntryDraft Draft)> all = await FillAsync(archive, time);
        int[] n = [.. limits.Split(' ').Select(static l => int.Parse(l, System.Globalization.CultureInfo.InvariantCulture))];
        ((LogArchive)archive).SearchLimits = new SearchLimits(n[0], n[1], n[2], n[3], n[4], n[5]);
        (Func<SearchQuery, SearchQuery> Set, Func<EntryDraft, DateTimeOffset, bool> Matches)[] filters = [.. Filters()];
        for (int i = 0; i < filters.Length; i++)
        {
            for (int j = i; j < filters.Length; j++)
            {
                if (IsOneCondition(i, j))
                {
                    continue; // twice: the later value takes the place of the earlier one
                }

                SearchQuery query = filters[j].Set(filters[i].Set(new SearchQuery { PageSize = pageSize }));
                List<RecordId> expected = [.. Enumerable.Range(0, all.Count).Where(k => filters[i].Matches(all[k].Draft, TimeOf(k)) && filters[j].Matches(all[k].Draft, TimeOf(k))).Select(k => all[k].Record).Reverse()];
                (await AllAsync(archive, query, all[0].Record.Index)).ShouldBe(expected, $"filters {i} and {j}");
            }
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task Search_ManyFiltersAtOnce_FindsWhatALookAtEveryEntryFinds(int together)
    {
        ManualTime time = new(Begin);
        await using IArchive archive = await folder.OpenAsync(time: time);
        List<(RecordId Record, EntryDraft Draft)> all = await FillAsync(archive, time);
        (Func<SearchQuery, SearchQuery> Set, Func<EntryDraft, DateTimeOffset, bool> Matches)[] filters = [.. Filters()];
        int found = 0;
        for (int first = 0; first < filters.Length; first++)
        {
            foreach (int step in new[] { 1, 3, 7 })
            {
                List<int> chosen = [first];
                for (int next = first + step; chosen.Count < together && next < first + filters.Length; next += step)
                {
                    int filter = next % filters.Length;
                    if (!chosen.Exists(one => one == filter || IsOneCondition(Math.Min(one, filter), Math.Max(one, filter))))
                    {
                        chosen.Add(filter);
                    }
                }

                SearchQuery query = chosen.Aggregate(new SearchQuery { PageSize = 7 }, (made, filter) => filters[filter].Set(made));
                List<RecordId> expected = [.. Enumerable.Range(0, all.Count).Where(k => chosen.TrueForAll(filter => filters[filter].Matches(all[k].Draft, TimeOf(k)))).Select(k => all[k].Record).Reverse()];
                (await AllAsync(archive, query, all[0].Record.Index)).ShouldBe(expected, $"filters {string.Join(", ", chosen)}");
                found += expected.Count;
            }
        }

        found.ShouldBeGreaterThan(0, "conditions that never meet show nothing");
    }

    // Two values of the same condition.
    private static bool IsOneCondition(int i, int j) => i != j && j < 3 * Named && i % Named == j % Named && i % Named < Named - 2;

    [Fact]
    public async Task Find_EntriesOverManyMonths_ComeInOrderAndEachOnce()
    {
        const int Count = 45;
        ManualTime time = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        await using IArchive archive = await folder.OpenAsync(time: time);
        SearchLimits few = new(16, 4, 8, 8, 2, 20_000); // so that every way of searching is gone in a small archive
        int again = 0;
        List<RecordId> made = [];
        for (int i = 0; i < Count; i++)
        {
            time.Now += TimeSpan.FromDays(16); // two years
            EntryDraft draft = ArchiveFolder.Request(messageId: i % 3 == 0 ? "third" : "other") with { Counterparty = "sandbox/GOV/7000900" + (i % 5) + "/registry" };
            made.Add((await archive.AppendAsync(draft, default)).Record!.Value);
        }

        SearchQuery third = new() { Terms = [new IndexTerm(IndexKind.MessageId, "third")] };
        SearchQuery person = new() { Terms = [new IndexTerm(IndexKind.Pin, "21201199000001")] };
        List<RecordId> Made(Func<int, bool> which) => [.. Enumerable.Range(0, Count).Reverse().Where(which).Select(i => made[i])];
        foreach (int size in new[] { 1, 4, 100, 1, 4, 100 })
        {
            // The second time round with the limits that every archive has: a hash is asked for month after month.
            ((LogArchive)archive).SearchLimits = again++ < 3 ? few : SearchLimits.Default;
            (await AllAsync(third, size)).ShouldBe(Made(static i => i % 3 == 0));
            (await AllAsync(person with { Counterparty = "sandbox/GOV/70009002/registry" }, size)).ShouldBe(Made(static i => i % 5 == 2));
            (await AllAsync(new SearchQuery { Counterparty = "sandbox/GOV/70009004/registry" }, size)).ShouldBe(Made(static i => i % 5 == 4));
            (await AllAsync(third with { Terms = [.. third.Terms, .. person.Terms] }, size)).ShouldBe(Made(static i => i % 3 == 0));
            (await AllAsync(third with { From = time.Now - TimeSpan.FromDays(320), Until = time.Now - TimeSpan.FromDays(100) }, size))
                .ShouldBe(Made(i => i % 3 == 0 && (Count - 1 - i) * 16 is > 100 and <= 320));
            (await AllAsync(third with { Until = DateTimeOffset.MinValue.AddYears(1) }, size)).ShouldBeEmpty();
        }

        // In no order: what was read of one month says where entries of another lie, and must not hide them.
        foreach (RecordId record in Enumerable.Range(0, Count).Select(i => made[i * 17 % Count]))
        {
            (await archive.ProveAsync(record, default))!.Holds().ShouldBeTrue();
            (await archive.GetAsync(record, default))!.State.ShouldBe(SealState.Complete);
        }

        async Task<List<RecordId>> AllAsync(SearchQuery query, int size)
        {
            List<RecordId> all = [];
            query = query with { PageSize = size };
            do
            {
                SearchPage page = await archive.SearchAsync(query, default);
                all.AddRange(page.Entries.Select(static entry => entry.Record));
                query = query with { After = page.Next };
            }
            while (query.After is not null);
            return all;
        }
    }

    [Fact]
    public async Task Search_FrequentValuesThatNeverMeet_EndsThePageAndGoesOn()
    {
        ManualTime time = new(Begin);
        await using IArchive archive = await folder.OpenAsync(time: time);
        RecordId? both = null;
        for (int i = 0; i < 60; i++)
        {
            AppendResult result = await archive.AppendAsync(
                ArchiveFolder.Request(messageId: "m") with { UserId = i % 2 == 0 ? "even" : "odd", Basis = i % 2 == 0 && i > 0 ? "one" : "other", AnswerReserve = 1 }, default);
            both ??= result.Record;
        }

        ((LogArchive)archive).SearchLimits = new SearchLimits(16, 4, 8, 8, 2, 20_000);
        SearchQuery query = new() { Terms = [new IndexTerm(IndexKind.UserId, "even"), new IndexTerm(IndexKind.Basis, "other")] };
        SearchPage first = await archive.SearchAsync(query, default);
        first.Entries.ShouldBeEmpty();
        first.Next.ShouldNotBeNull();
        (await AllAsync(archive, query, 0)).ShouldBe([both!.Value]);
    }

    [Fact]
    public async Task WarmSearches_SmallEmptyAndClosedArchive_EndsAndLeavesNothingBehind()
    {
        ManualTime time = new(Begin);
        IArchive archive = await folder.OpenAsync(time: time);
        await using (archive)
        {
            (await archive.WarmSearchesAsync(default)).ShouldBeNull(); // nothing was ever indexed
            List<(RecordId Record, EntryDraft Draft)> all = await FillAsync(archive, time);
            long size = archive.Status.Size;
            (await archive.WarmSearchesAsync(default)).ShouldBeNull();
            (await archive.WarmSearchesAsync(new CancellationToken(canceled: true))).ShouldBeNull();
            archive.Status.Size.ShouldBe(size);
            (await AllAsync(archive, new SearchQuery(), all[0].Record.Index)).Count.ShouldBe(all.Count);
        }

        (await archive.WarmSearchesAsync(default)).ShouldBeNull();
    }

    [Fact]
    public async Task Warmth_StoreThatFails_IsAFaultWithItsNameAndNothingElse()
    {
        ManualTime time = new(Begin);
        await using IArchive archive = await folder.OpenAsync(time: time);
        await FillAsync(archive, time);
        foreach (Exception thrown in new Exception[] { new Writing.StoreException(ArchiveFaultCode.ArchiveUnreadable, "broken"), new InvalidOperationException("21201199000001") })
        {
            await using SearchWarmth warmth = new(new FailingStore(folder.Store(), thrown), static _ => [new byte[16]], time);
            ArchiveFault fault = (await warmth.RunAsync(default))!;
            fault.Code.ShouldBe(ArchiveFaultCode.ArchiveUnreadable);
            fault.Detail.ShouldNotContain("2120");
        }
    }

    [Fact]
    public async Task Warmth_EveryQuery_AsksEveryStatementOverEachConnectionAndNoMoreThanItsBound()
    {
        ManualTime time = new(Begin);
        await using (IArchive archive = await folder.OpenAsync(time: time))
        {
            await FillAsync(archive, time);
        }

        using Stores.IArchiveStore store = folder.Store();
        await using SearchWarmth warmth = new(store, static _ => [new byte[16]], time);
        (await warmth.RunAsync(default)).ShouldBeNull();
        warmth.Made.ShouldBeInRange(27, 500);

        // The time is over before the first search.
        await using SearchWarmth late = new(store, static _ => [new byte[16]], new LeapingTime());
        (await late.RunAsync(default)).ShouldBeNull();
        late.Made.ShouldBe(0);
    }

    [Fact]
    public async Task Warmth_DisposedWhileASearchIsUnderWay_WaitsForThatSearchAndMakesNoOther()
    {
        await (await folder.OpenAsync()).DisposeAsync();
        using FailingStore store = new(folder.Store(), null);
        SearchWarmth warmth = new(store, static _ => [new byte[16]], TimeProvider.System);
        Task<ArchiveFault?> running = warmth.RunAsync(default);
        await store.Asked.Task;
        ValueTask disposing = warmth.DisposeAsync();
        disposing.IsCompleted.ShouldBeFalse();
        store.GoOn.SetResult();
        await disposing;
        (await running).ShouldBeNull();
        warmth.Made.ShouldBe(0);
    }

    // So much time goes by between two looks at the clock.
    private sealed class LeapingTime : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks += SearchWarmth.Longest.Ticks;
    }

    // Throws where it has something to throw, and else lets the first reader wait.
    private sealed class FailingStore(Stores.IArchiveStore below, Exception? thrown) : Stores.IArchiveStore
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Stores.ISpace Space => below.Space;

        public bool IsShared => below.IsShared;

        public Writing.ILogStore NewWriter() => below.NewWriter();

        public void Reclaim(bool deep) => below.Reclaim(deep);

        public IDisposable LockRetention() => below.LockRetention();

        public T Use<T>(Func<Stores.IStoreReader, T> read)
        {
            if (thrown is not null)
            {
                throw thrown;
            }

            Asked.TrySetResult();
            GoOn.Task.GetAwaiter().GetResult();
            return below.Use(read);
        }

        public Task<T> UseAsync<T>(Func<Stores.IStoreReader, Task<T>> read) => below.UseAsync(read);

        public void Dispose() => below.Dispose();
    }

    [Fact]
    public async Task Search_EveryStatement_WalksDownTheIndexMadeForIt()
    {
        ManualTime time = new(Begin);
        await using (IArchive archive = await folder.OpenAsync(time: time))
        {
            await FillAsync(archive, time);
        }

        List<(string Sql, List<string> Plan)> plans = folder.Postgres is null ? SqlitePlans() : PostgresPlans();
        plans.Count.ShouldBeGreaterThan(7);
        foreach ((string sql, List<string> plan) in plans.Where(static p => p.Sql.Contains("entry", StringComparison.Ordinal) || p.Sql.Contains("term", StringComparison.Ordinal)))
        {
            string all = sql + "\n" + string.Join('\n', plan);
            plan.ShouldNotContain(static line => line.StartsWith("SCAN", StringComparison.Ordinal) || line.Contains("Seq Scan", StringComparison.Ordinal) || line.Contains("Sort Key: term", StringComparison.Ordinal)
                || line.Contains("TEMP B-TREE FOR ORDER", StringComparison.Ordinal), all);
            plan.Where(static line => line.StartsWith("SEARCH entry", StringComparison.Ordinal) || line.StartsWith("SEARCH term", StringComparison.Ordinal) || line.Contains("Index Cond", StringComparison.Ordinal)).ShouldNotBeEmpty(all);
            string[] wanted = Wanted(sql, folder.Postgres is not null);
            plan.ShouldContain(line => wanted.All(part => line.Contains(part, StringComparison.Ordinal)), all);
        }
    }

    // What the line that names the index, or the conditions it is walked down by, must hold.
    private static string[] Wanted(string sql, bool isPostgres) => (sql.Contains("mac =", StringComparison.Ordinal), sql.Contains("shape =", StringComparison.Ordinal), sql.Contains("link =", StringComparison.Ordinal)) switch
    {
        (true, true, _) => isPostgres ? ["Index Cond", "mac = ", "shape = r.shape", "seq"] : ["term USING PRIMARY KEY", "mac=? AND shape=? AND seq"],
        (true, false, _) when sql.Contains("shape >", StringComparison.Ordinal) => isPostgres ? ["Index Cond", "mac = ", "time"] : ["term USING PRIMARY KEY", "mac=? AND shape>?"],
        (true, false, _) => isPostgres ? ["Index Cond", "mac = "] : ["term USING PRIMARY KEY", "mac=?"],
        (false, true, _) => isPostgres ? ["Index Cond", "shape = r.shape", "seq"] : ["entry USING COVERING INDEX entry_shape", "shape=? AND rowid"],
        (_, _, true) => isPostgres ? ["Index Cond", "link = "] : ["entry USING INDEX entry_link", "link=?"],
        _ => isPostgres ? ["Index Cond"] : ["SEARCH entry"],
    };

    private List<(string, List<string>)> SqlitePlans()
    {
        using SqliteDb db = SqliteDb.Open(folder.Database, write: false, SqliteSettings.Required);
        Ask(new SqliteSearch(db));
        string[] asked = [.. db.Prepared.Where(static sql => sql.StartsWith("SELECT", StringComparison.Ordinal))];
        return [.. asked.Select(sql => (sql, db.Query("EXPLAIN QUERY PLAN " + sql, static _ => { }, static row => row.Text(3) ?? "")))];
    }

    // A planner that knows how small the tables are would read them whole: what it does in a large archive is asked for.
    private List<(string, List<string>)> PostgresPlans()
    {
        using NpgsqlDataSource source = NpgsqlDataSource.Create(folder.Postgres!.ConnectionString + ";Pooling=false");
        using PostgresDb db = PostgresDb.Open(source);
        db.Execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off");
        List<(string Sql, object[] Parameters)> asked = [];
        db.Asking = (sql, parameters) => asked.Add((sql, parameters));
        Ask(new PostgresSearch(db, new PostgresRows(db)));
        db.Asking = null;
        return [.. asked.DistinctBy(static a => a.Sql).Select(a => (a.Sql, db.Query("EXPLAIN " + a.Sql, static row => row.GetString(0), a.Parameters)))];
    }

    private static void Ask(ISearchRows rows)
    {
        byte[][] macs = [new byte[16]];
        SearchSpan span = rows.Span(new SearchQuery { From = TimeOf(10), Until = TimeOf(290) });
        rows.Slices(span).Count().ShouldBePositive();
        rows.Shapes(new SearchQuery { Code = "a" }).ShouldNotBeEmpty();
        IReadOnlyList<Candidate> newest = rows.Newest(span, 10);
        rows.Read([(0, new SearchRun(null, newest[0].Shape), span.Before)], span.From, 5, static (_, _) => { });
        rows.Read([(0, new SearchRun(macs[0], newest[0].Shape), span.Before)], span.From, 5, static (_, _) => { });
        rows.OfTerm(macs, span, 5).ShouldBeEmpty();
        rows.ShapesOf(macs, span, 5)!.ShouldBeEmpty();
        rows.Having(newest, macs).ShouldBeEmpty();
        rows.Leaves(newest).Count.ShouldBe(10);
        rows.Ends([.. newest.Select(static row => row.Key)]).ShouldBeEmpty();
    }

    private static DateTimeOffset TimeOf(int k) => Begin.AddSeconds(1 + k);

    private static async Task<List<(RecordId, EntryDraft)>> FillAsync(IArchive archive, ManualTime time)
    {
        Random random = new(20260309);
        List<(RecordId, EntryDraft)> all = [];
        for (int k = 0; k < Entries; k++)
        {
            time.Now = TimeOf(k);
            EntryDraft draft = ArchiveFolder.Request(pin: "2" + random.Next(60), messageId: "m" + random.Next(4)) with
            {
                Kind = random.Next(3) == 0 ? EntryKind.Refusal : EntryKind.Request,
                Counterparty = random.Next(9) == 0 ? null : Pick(random),
                OwnSubsystem = Pick(random),
                Service = Pick(random),
                Agreement = random.Next(2) == 0 ? null : Pick(random),
                Code = Pick(random),
                Role = random.Next(2) == 0 ? ExchangeRole.Consumer : ExchangeRole.Provider,
                Signature = (SignatureStatus)random.Next(6),
                UserId = Pick(random),
                Basis = Pick(random),
                AnswerReserve = 1,
                Values = [random.Next(2) == 0 ? SealedValue.Removed("response/photo") : SealedValue.Text("response/name", "x")],
            };
            all.Add(((await archive.AppendAsync(draft, default)).Record!.Value, draft));
        }

        return all;
    }

    private static string Pick(Random random) => Names[Math.Min(random.Next(Names.Length), random.Next(Names.Length))];

    private static IEnumerable<(Func<SearchQuery, SearchQuery>, Func<EntryDraft, DateTimeOffset, bool>)> Filters()
    {
        foreach (string name in new[] { "a", "d", "absent" })
        {
            yield return (q => q with { Counterparty = name }, (d, _) => d.Counterparty == name);
            yield return (q => q with { OwnSubsystem = name }, (d, _) => d.OwnSubsystem == name);
            yield return (q => q with { Services = [name, "b"] }, (d, _) => d.Service == name || d.Service == "b");
            yield return (q => q with { Agreement = name }, (d, _) => d.Agreement == name);
            yield return (q => q with { Code = name }, (d, _) => d.Code == name);
            yield return (q => With(q, IndexKind.UserId, name), (d, _) => d.UserId == name);
            yield return (q => With(q, IndexKind.Basis, name), (d, _) => d.Basis == name);
        }

        yield return (q => With(q, IndexKind.MessageId, "m1"), (d, _) => d.MessageId == "m1");
        yield return (q => With(q, IndexKind.Pin, "27"), (d, _) => d.Persons[0].Value == "27");
        yield return (q => With(q, IndexKind.Removed, "response/photo"), (d, _) => d.Values[0].Presence == ValuePresence.Removed);
        yield return (q => q with { Role = ExchangeRole.Provider }, (d, _) => d.Role == ExchangeRole.Provider);
        yield return (q => q with { Signature = SignatureStatus.Failed }, (d, _) => d.Signature == SignatureStatus.Failed);
        yield return (q => q with { Kinds = [EntryKind.Refusal, EntryKind.Hold] }, (d, _) => d.Kind == EntryKind.Refusal);
        yield return (q => q with { From = TimeOf(100) }, (_, t) => t >= TimeOf(100));
        yield return (q => q with { Until = TimeOf(200) }, (_, t) => t < TimeOf(200));
    }

    private static SearchQuery With(SearchQuery query, IndexKind kind, string value) => query with { Terms = [.. query.Terms, new IndexTerm(kind, value)] };

    private static async Task<List<RecordId>> AllAsync(IArchive archive, SearchQuery query, long first)
    {
        List<RecordId> found = [];
        for (SearchQuery? next = query; next is not null;)
        {
            SearchPage page = await archive.SearchAsync(next, default);
            found.AddRange(page.Entries.Select(static e => e.Record).Where(r => r.Index >= first));
            next = page.Next is { } after ? next with { After = after } : null;
        }

        return found;
    }
}

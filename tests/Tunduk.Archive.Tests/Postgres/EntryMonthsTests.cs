using Npgsql;
using Tunduk.Archive.Postgres;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests.Postgres;

/// <summary>What is known of entries' months narrows where a row is looked for, and never decides whether it is there.</summary>
[Collection(PostgresCollection.Name)]
public sealed class EntryMonthsTests(PostgresServer server)
{
    private static readonly DateTimeOffset March = new(2026, 3, 15, 12, 0, 0, TimeSpan.Zero);

    private static long Micro(DateTimeOffset time) => EntryClock.Micro(time);

    [Fact]
    public void Bounds_NothingLearnt_AreTheEndsOfTime() => new EntryMonths().Bounds(EntrySeq.Of(1, 7)).ShouldBe((long.MinValue, long.MaxValue));

    [Fact]
    public void Bounds_BetweenTwoEntriesOfAMonth_AreThatMonth()
    {
        EntryMonths months = new();
        months.Learn(EntrySeq.Of(1, 10), Micro(March));
        months.Learn(EntrySeq.Of(1, 20), Micro(March.AddDays(3)));

        (long from, long until) = months.Bounds(EntrySeq.Of(1, 15));

        from.ShouldBe(Micro(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)));
        until.ShouldBe(Micro(new DateTimeOffset(2026, 4, 1, 0, 0, 0, TimeSpan.Zero)) - 1);
        months.Bounds(EntrySeq.Of(1, 9)).ShouldBe((long.MinValue, until));
        months.Bounds(EntrySeq.Of(1, 21)).ShouldBe((from, long.MaxValue));
        months.Bounds(EntrySeq.Of(2, 15)).ShouldBe((long.MinValue, long.MaxValue), "another log");
    }

    [Fact]
    public void Bounds_BetweenMonths_AreBoth()
    {
        EntryMonths months = new();
        months.Learn(EntrySeq.Of(1, 20), Micro(March.AddMonths(2)));
        months.Learn(EntrySeq.Of(1, 10), Micro(March));

        months.Bounds(EntrySeq.Of(1, 15)).ShouldBe((Micro(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)), Micro(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)) - 1));
    }

    [Fact]
    public async Task Leaf_FirstOfALog_LearnsItsMonths()
    {
        using ArchiveFolder folder = new() { Postgres = new PostgresOptions { ConnectionString = server.NewDatabase(), Instance = "a" } };
        RecordId request;
        await using (IArchive archive = await folder.OpenAsync())
        {
            request = (await archive.AppendAsync(ArchiveFolder.Request(), default)).Record!.Value;
            await archive.AppendAsync(ArchiveFolder.Response(request), default);
        }

        // As a year later, when a month of it is read.
        folder.Execute("CREATE TABLE entry_2000_02 PARTITION OF entry FOR VALUES FROM (949363200000000) TO (951868800000000); UPDATE entry SET time = 949363200000000 WHERE seq % 65536 = 0");
        using NpgsqlDataSource source = NpgsqlDataSource.Create(folder.Postgres!.ConnectionString + ";Pooling=false");
        using PostgresDb db = PostgresDb.Open(source);
        EntryMonths months = new();
        new PostgresRows(db, months).Leaf(EntrySeq.Of(1, 1)).ShouldNotBeNull();

        months.Bounds(EntrySeq.Of(1, 0)).ShouldBe((949363200000000, 951868800000000 - 1));
        (long from, long until) = months.Bounds(EntrySeq.Of(1, 1));
        (until - from).ShouldBeLessThan(TimeSpan.FromDays(32).Ticks / 10);
        months.TryBegin(1).ShouldBeFalse("it was learnt once");
    }

    [Fact]
    public async Task Leaf_WrongMonthLearnt_IsFoundAllTheSame()
    {
        using ArchiveFolder folder = new() { Postgres = new PostgresOptions { ConnectionString = server.NewDatabase(), Instance = "a" } };
        await using IArchive archive = await folder.OpenAsync();
        AppendResult request = await archive.AppendAsync(ArchiveFolder.Request(), default);
        long seq = EntrySeq.Of(1, request.Record!.Value.Index);
        EntryMonths months = new();
        months.Learn(seq, Micro(March.AddYears(-20)));
        using NpgsqlDataSource source = NpgsqlDataSource.Create(folder.Postgres!.ConnectionString + ";Pooling=false");
        using PostgresDb db = PostgresDb.Open(source);
        PostgresRows rows = new(db, months);

        rows.Leaf(seq).ShouldNotBeNull();
        rows.Seal(seq).ShouldNotBeNull();
        rows.Leaf(seq + 1000).ShouldBeNull();
    }
}

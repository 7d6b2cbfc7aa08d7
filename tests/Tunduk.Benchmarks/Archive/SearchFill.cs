using System.Globalization;
using Tunduk.Archive;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// Fills an archive with a year of exchanges as the field has them: 40 counterparties of ten services each, 24 outcomes, 2,000 users,
/// persons asked about some fifty times, a basis that every second request shares, a message id that one client never changes, a field
/// that every third answer loses. The rows are those of the real format, committed in large batches by the real writer; the entries
/// have no sealed part, which a search does not read.
/// </summary>
internal static class SearchFill
{
    public const int Services = 10;
    public const int Counterparties = 40;
    public const int Users = 2000;
    private const int Batch = 20_000;
    private const int Open = 512;
    private static readonly TimeSpan Year = TimeSpan.FromDays(360);

    public static string Counterparty(int n) => string.Create(CultureInfo.InvariantCulture, $"sandbox/GOV/7{n:D7}/registry");

    public static string Service(int counterparty, int n) => string.Create(CultureInfo.InvariantCulture, $"{Counterparty(counterparty)}/service{n}/v1");

    public static string Agreement(int counterparty) => string.Create(CultureInfo.InvariantCulture, $"SLA-2026-{counterparty:D3}");

    public static string User(int n) => string.Create(CultureInfo.InvariantCulture, $"KG2120119{n:D7}");

    public static IndexTerm Person(long n) => new(IndexKind.Pin, (20_000_000_000_000 + n).ToString(CultureInfo.InvariantCulture));

    public static long Persons(long entries) => Math.Max(1000, entries / 100);

    public static async Task FillAsync(ArchivePlaces places, ArchivePlaces.Place place, long entries)
    {
        DateTimeOffset begin = TimeProvider.System.GetUtcNow() - Year - TimeSpan.FromHours(1);
        await (await places.OpenAsync(place, new FixedTime(begin))).DisposeAsync();

        // Filling need not survive a power cut; what is measured is opened as always.
        (ILogStore writer, IDisposable store) = ArchivePlaces.Writer(place, new SqliteSettings(Synchronous: 0, AsidePages: 50_000, LogPages: 100_000));
        using (store)
        {
            await using ILogStore open = writer;
            StoreState state = (await open.OpenAsync(default))!;
            using FileKeyStore keys = FileKeyStore.Open(place.Options.KeyFolder, place.Options.MasterKeyFile, create: true);
            Rows rows = new(state.Log, state.Tree, keys.CurrentIndex(begin, TimeSpan.FromDays(366)), begin, entries);
            while (rows.Made < entries)
            {
                await open.CommitAsync(rows.Next((int)Math.Min(Batch, entries - rows.Made)), default);
                if (rows.Made % 1_000_000 < Batch)
                {
                    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{rows.Made} entries"));
                }
            }
        }
    }

    private sealed class Rows(LogId log, LogTree tree, EpochKey key, DateTimeOffset begin, long entries)
    {
        private readonly Queue<(RecordId Record, EntryDraft Draft, long N)> open = new();

        // Exchanges begun: requests and answers take turns, so that the number of an entry says nothing about every second exchange.
        private long asked;

        public long Made { get; private set; }

        public StoreBatch Next(int count)
        {
            StoreBatch batch = new() { Log = log, ExpectedSize = tree.Size };
            for (int i = 0; i < count; i++)
            {
                bool ends = open.Count >= Open;
                (RecordId link, EntryDraft request, long n) = ends ? open.Dequeue() : (default, Request(asked), asked++);
                EntryDraft draft = ends ? Response(request, link, n) : request;
                RecordId record = new(log, tree.Size);
                LogEntry entry = Sealer.PrepareBare(draft).Template with { Log = log, Index = record.Index, Time = begin + TimeSpan.FromTicks(Year.Ticks / entries * Made / 10 * 10) };
                EntryEncoder.TryEncode(entry, out byte[] leaf, out _);
                LogHash hash = MerkleHash.Leaf(leaf);
                tree.Append(hash, batch.Tiles);
                batch.Rows.Add(new StoreRow
                {
                    Entry = entry,
                    Leaf = leaf,
                    LeafHash = hash,
                    Seal = null,
                    Terms = [.. Terms(draft).Select(term => Sealer.Mac(key, term))],
                    Claims = [],
                    OpensReserve = ends ? null : 4096,
                    Closes = ends ? link : null,
                });
                if (!ends)
                {
                    open.Enqueue((record, draft, n));
                }

                Made++;
            }

            return batch;
        }

        private static IEnumerable<IndexTerm> Terms(EntryDraft draft) =>
            [
                .. draft.UserId is { } user ? [new IndexTerm(IndexKind.UserId, user)] : Array.Empty<IndexTerm>(),
                .. draft.Basis is { } basis ? [new IndexTerm(IndexKind.Basis, basis)] : Array.Empty<IndexTerm>(),
                .. draft.MessageId is { } id ? [new IndexTerm(IndexKind.MessageId, id)] : Array.Empty<IndexTerm>(),
                .. draft.Persons,
                .. draft.Values.Where(static v => v.Presence == ValuePresence.Removed).Select(static v => new IndexTerm(IndexKind.Removed, v.Path)),
            ];

        private EntryDraft Request(long n)
        {
            int counterparty = (int)(Mix(n) % Counterparties);
            int service = (int)(Mix(n + 1) % Services);
            return new EntryDraft
            {
                Kind = EntryKind.Request,
                Role = counterparty % 4 == 0 ? ExchangeRole.Provider : ExchangeRole.Consumer,
                Stage = "Append",
                Code = "ok",
                Counterparty = Counterparty(counterparty),
                OwnSubsystem = counterparty % 2 == 0 ? "sandbox/COM/60009001/loans" : "sandbox/COM/60009001/cards",
                Service = Service(counterparty, service),
                Agreement = Agreement(counterparty),
                AgreementVersion = 3,
                ArchivingListVersion = "2026-1",
                Signature = counterparty % 4 == 0 ? SignatureStatus.Verified : SignatureStatus.OwnEmbedded,
                CertificateSha256 = new byte[32],
                MessageSize = 3072,
                UserId = User((int)(Mix(n + 2) % Users)),
                Basis = n % 2 == 0 ? "loan-scoring" : string.Create(CultureInfo.InvariantCulture, $"loan-scoring {n}"),
                MessageId = n % 50 == 0 ? "1-1" : string.Create(CultureInfo.InvariantCulture, $"{n}-7f6c1b52-0a5e"),
                Persons = [Person((long)(Mix(n + 3) % (ulong)Persons(entries)))],
            };
        }

        private static EntryDraft Response(EntryDraft request, RecordId link, long n)
        {
            ulong chance = Mix(n + 4) % 100;
            return request with
            {
                Kind = chance == 0 ? EntryKind.Refusal : EntryKind.Response,
                Stage = chance == 0 ? "Filter" : "Append",
                Code = chance == 0 ? string.Create(CultureInfo.InvariantCulture, $"refused_{Mix(n + 5) % 23}") : "ok",
                Link = link,
                Signature = chance == 1 ? SignatureStatus.Failed : SignatureStatus.Verified,
                Values = n % 3 == 0 ? [SealedValue.Removed("response/photo")] : [],
            };
        }

        // SplitMix64: the same archive at every run.
        private static ulong Mix(long n)
        {
            ulong z = (ulong)n * 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

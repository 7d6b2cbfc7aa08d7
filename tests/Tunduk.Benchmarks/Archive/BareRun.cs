using System.Diagnostics;
using Tunduk.Archive;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>The same rows in the same transactions, made beforehand: what the database alone costs.</summary>
internal static class BareRun
{
    /// <summary>Entries a second.</summary>
    public static async Task<double> MeasureAsync(ArchivePlaces places, int entries, int batchSize)
    {
        ArchivePlaces.Place place = places.Next();
        (ILogStore writer, IDisposable store) = ArchivePlaces.Writer(place);
        using (store)
        {
            await using ILogStore open = writer;
            StoreState? state = await open.OpenAsync(default);
            LogId log = state?.Log ?? LogId.New();
            if (state is null)
            {
                await open.CreateLogAsync(log, "bench/" + log, default);
            }

            using FileKeyStore keys = FileKeyStore.Open(place.Options.KeyFolder, place.Options.MasterKeyFile, create: true);
            List<StoreBatch> batches = Prepare(new Sealer(log, keys, place.Options, TimeProvider.System), log, state?.Tree ?? new LogTree(), entries, batchSize);
            GC.Collect();
            long begin = Stopwatch.GetTimestamp();
            foreach (StoreBatch batch in batches)
            {
                await open.CommitAsync(batch, default);
            }

            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            await open.DisposeAsync();
            places.Leave(place);
            return entries / seconds;
        }
    }

    private static List<StoreBatch> Prepare(Sealer sealer, LogId log, LogTree tree, int entries, int batchSize)
    {
        List<StoreBatch> batches = [];
        Queue<(RecordId Record, int N)> open = new();
        long end = tree.Size + entries;
        while (tree.Size < end)
        {
            StoreBatch batch = new() { Log = log, ExpectedSize = tree.Size };
            while (batch.Rows.Count < batchSize && tree.Size < end)
            {
                bool ends = open.Count >= 500 || (open.Count > 0 && tree.Size % 2 == 1);
                (RecordId link, int n) = ends ? open.Dequeue() : (default, (int)tree.Size);
                PreparedDraft draft = sealer.Prepare(ends ? Drafts.Response(n, 0, link) : Drafts.Request(n, 0), out _)!;
                RecordId record = new(log, tree.Size);
                LogEntry entry = draft.Template with { Log = log, Index = record.Index, Time = TimeProvider.System.GetUtcNow() };
                EntryEncoder.TryEncode(entry, out byte[] leaf, out _);
                LogHash hash = MerkleHash.Leaf(leaf);
                tree.Append(hash, batch.Tiles);
                batch.Rows.Add(new StoreRow
                {
                    Entry = entry,
                    Leaf = leaf,
                    LeafHash = hash,
                    Seal = draft.Seal,
                    Terms = draft.Terms,
                    Claims = [.. draft.Claims.Select(static c => new StoreClaim(c.Macs[0], null, null))],
                    OpensReserve = ends ? null : 4096,
                    Closes = ends ? link : null,
                });
                if (!ends)
                {
                    open.Enqueue((record, n));
                }
            }

            batches.Add(batch);
        }

        return batches;
    }
}

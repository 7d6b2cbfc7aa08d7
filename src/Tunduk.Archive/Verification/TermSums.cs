using System.Buffers.Binary;
using System.Security.Cryptography;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Stores;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>
/// Holds search rows against the records they belong to without a lookup for each: a sum of keyed hashes of the rows that the records of a run call for, and
/// one of the rows that are there, read in the order they are stored. Where the two differ that run is looked at record by record.
/// </summary>
/// <remarks>
/// The key is drawn anew for each verification and shown to nobody, so nobody can choose rows whose hashes make up for those of others. 32 bytes for each
/// run. On a live archive a record may be erased between the two readings; looking at the record again tells.
/// </remarks>
internal sealed class TermSums(VerifyTally tally, int run)
{
    private const int Pieces = 64;
    private readonly byte[] key = RandomNumberGenerator.GetBytes(16);
    private readonly Dictionary<int, (LogRow Log, UInt128[] Wanted, UInt128[] Found)> logs = [];

    /// <summary>Rows that were read.</summary>
    public long Rows { get; private set; }

    /// <summary>A log of so many entries is verified next; rows of entries after them are passed over.</summary>
    public void Begin(LogRow log, long size)
    {
        int runs = (int)((size + run - 1) / run);
        logs.Add(log.Number, (log, new UInt128[runs], new UInt128[runs]));
    }

    /// <summary>An entry calls for a row. Entries of one run on one thread, those of several at once.</summary>
    public void Want(LogRow log, long index, ReadOnlySpan<byte> mac, long shape, long time) => logs[log.Number].Wanted[index / run] += Hash(EntrySeq.Of(log.Number, index), mac, shape, time);

    /// <summary>Reads all rows and names every record that one of its own does not lead to.</summary>
    public async Task CheckAsync(IArchiveStore store, Unsealer unsealer, int threads, CancellationToken cancellationToken)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, Pieces), parallel, (piece, _) =>
        {
            store.Use(reader => Read(reader, piece));
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        IEnumerable<(LogRow Log, long First)> differing = logs.Values.SelectMany(one => Enumerable.Range(0, one.Wanted.Length).Where(i => one.Wanted[i] != one.Found[i]).Select(i => (one.Log, (long)i * run)));
        await Parallel.ForEachAsync(differing, parallel, (one, token) =>
        {
            for (long start = one.First; start < one.First + run; start += LogTree.TileWidth)
            {
                token.ThrowIfCancellationRequested();
                store.Use(reader => Look(reader, unsealer, one.Log, start));
            }

            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
    }

    private int Read(IStoreReader reader, int piece)
    {
        Dictionary<int, UInt128[]> found = [];
        long rows = 0;
        foreach (TermRow term in reader.Terms(piece, Pieces))
        {
            rows++;
            long index = EntrySeq.IndexOf(term.Seq);
            if (logs.TryGetValue(EntrySeq.LogOf(term.Seq), out var log) && index >= 0 && index / run < log.Found.Length)
            {
                if (!found.TryGetValue(log.Log.Number, out UInt128[]? sums))
                {
                    found.Add(log.Log.Number, sums = new UInt128[log.Found.Length]);
                }

                sums[index / run] += Hash(term.Seq, term.Mac, term.Shape, term.Time);
            }
        }

        lock (logs)
        {
            Rows += rows;
            foreach ((int number, UInt128[] sums) in found)
            {
                for (int i = 0; i < sums.Length; i++)
                {
                    logs[number].Found[i] += sums[i];
                }
            }
        }

        return 0;
    }

    private int Look(IStoreReader reader, Unsealer unsealer, LogRow log, long start)
    {
        foreach (long index in Missing(reader, unsealer, log, start, LogTree.TileWidth))
        {
            // It may have been erased between its sealed part and its rows.
            if (Missing(reader, unsealer, log, index, 1).Count > 0)
            {
                tally.Fail(new RecordId(log.Id, index), "index_row_missing", Phrases.Of("Verification.SearchTermRecordNot"));
            }
        }

        return 0;
    }

    private static IReadOnlyCollection<long> Missing(IStoreReader reader, Unsealer unsealer, LogRow log, long first, int count)
    {
        Dictionary<long, LogEntry> entries = [];
        long earliest = long.MaxValue;
        long latest = long.MinValue;
        foreach (EntryRow row in reader.Entries(log, first, count))
        {
            if (EntryDecoder.TryDecode(row.Leaf, out LogEntry? entry, out _))
            {
                (earliest, latest) = (Math.Min(earliest, row.Time), Math.Max(latest, row.Time));
                entries[row.Index] = entry!;
            }
        }

        List<(long Index, byte[] Mac)> terms = [];
        foreach ((long index, StoredSeal seal) in entries.Count == 0 ? [] : reader.Seals(log, first, count, earliest, latest))
        {
            if (entries.TryGetValue(index, out LogEntry? entry) && entry.Commitment is not null && unsealer.OpenValues(entry, seal) is { } blob)
            {
                terms.AddRange(blob.DistinctTerms().Select(mac => (index, mac)));
            }
        }

        return terms.Count == 0 ? [] : reader.MissingTerms(log, terms, earliest, latest);
    }

    // A row whose keyed hash has another length leads nowhere.
    private UInt128 Hash(long seq, ReadOnlySpan<byte> mac, long shape, long time)
    {
        if (mac.Length != SealedBlob.MacSize)
        {
            return default;
        }

        Span<byte> input = stackalloc byte[16 + SealedBlob.MacSize + (3 * sizeof(long))];
        key.CopyTo(input);
        mac.CopyTo(input[16..]);
        BinaryPrimitives.WriteInt64BigEndian(input[32..], seq);
        BinaryPrimitives.WriteInt64BigEndian(input[40..], shape);
        BinaryPrimitives.WriteInt64BigEndian(input[48..], time);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}

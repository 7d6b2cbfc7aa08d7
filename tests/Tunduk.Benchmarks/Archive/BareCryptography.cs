using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Keys;
using Tunduk.Archive.Postgres;
using Tunduk.Archive.Sealing;
using Tunduk.Archive.Sqlite;
using Tunduk.Archive.Stores;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// What nobody can avoid who opens the sealed parts of an archive and recomputes their commitments: for each record one key unwrapped, one cipher set up, values
/// and chunks decrypted, every leaf and node hashed; bytes of the same lengths, in memory, with the framework's one-shot calls.
/// </summary>
internal static class BareCryptography
{
    private const int Records = 2000;
    private const int Rounds = 5;

    /// <summary>Microseconds of processor time a record, averaged over its newest records; the best of some rounds.</summary>
    public static double Measure(ArchivePlaces.Place place)
    {
        using FileKeyStore keys = FileKeyStore.Open(place.Options.KeyFolder, place.Options.MasterKeyFile, create: false);
        using IArchiveStore store = place.Database is null ? new SqliteStore(place.Options.Folder) : PostgresStore.Make(place.Database, TimeProvider.System);
        List<(int[] Encrypted, int[] Hashed)> records = store.Use(reader => Lengths(reader, new Unsealer(keys)));
        double best = double.MaxValue;
        for (int i = 0; i < Rounds; i++)
        {
            best = Math.Min(best, Run(records));
        }

        return best;
    }

    private static List<(int[] Encrypted, int[] Hashed)> Lengths(IStoreReader reader, Unsealer unsealer)
    {
        LogRow log = reader.Logs()[^1];
        long first = Math.Max(0, reader.Size(log) - Records);
        List<(int[], int[])> records = [];
        Dictionary<long, EntryRow> rows = reader.Entries(log, first, Records).ToDictionary(static row => row.Index);
        foreach ((long index, StoredSeal seal) in reader.Seals(log, first, Records, long.MinValue, long.MaxValue))
        {
            EntryDecoder.TryDecode(rows[index].Leaf, out LogEntry? entry, out _);
            SealedBlob blob = unsealer.OpenValues(entry!, seal)!;
            records.Add((
                [32, seal.Data.Length - 28, .. seal.Chunks.Select(static chunk => chunk.Data.Length - 28)],
                [
                    rows[index].Leaf.Length + 1,
                    .. blob.Slots.Where(static slot => slot.Kind is SlotKind.Value or SlotKind.Part).Select(static slot => 45 + Encoding.UTF8.GetByteCount(slot.Path) + slot.Value.Length + (int)slot.PartLength),
                    .. Enumerable.Repeat(65, blob.Slots.Count), // its nodes, and one of the log's tree
                ]));
        }

        return records;
    }

    private static double Run(List<(int[] Encrypted, int[] Hashed)> records)
    {
        byte[] bytes = new byte[2 << 20];
        byte[] other = new byte[bytes.Length];
        byte[] tag = new byte[16];
        byte[] aad = new byte[SealAad.ChunkSize];
        byte[] hash = new byte[32];
        using AesGcm epoch = new(bytes.AsSpan(0, 32), 16);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        foreach ((int[] encrypted, int[] hashed) in records)
        {
            // GCM costs the same both ways.
            epoch.Encrypt(bytes.AsSpan(0, 12), bytes.AsSpan(0, encrypted[0]), other.AsSpan(0, encrypted[0]), tag, aad);
            using AesGcm cipher = new(other.AsSpan(0, 32), 16);
            foreach (int length in encrypted.AsSpan(1))
            {
                cipher.Encrypt(bytes.AsSpan(0, 12), bytes.AsSpan(0, length), other.AsSpan(0, length), tag, aad);
            }

            foreach (int length in hashed)
            {
                SHA256.HashData(bytes.AsSpan(0, length), hash);
            }
        }

        return (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / records.Count;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Tunduk.Archive.Tests.PowerCut;

/// <summary>
/// What a disk may hold after a power cut, worked out from a record of everything that was written, synced and named. Data of a file
/// is durable once the file was synced, a name once its folder was; everything else may be there, be missing, be there in part, or
/// have reached the disk in another order.
/// </summary>
internal sealed class RecordedDisk
{
    private const int Sector = 512;
    private readonly Dictionary<ulong, Contents> inodes = [];
    private readonly Dictionary<string, Contents> durableNames = [];
    private readonly Dictionary<string, Contents> names = [];
    private readonly List<NameChange> pendingNames = [];

    private readonly record struct NameChange(string Folder, string? Remove, string? Add, Contents? Target);

    private sealed class Contents
    {
        private readonly MemoryStream durable = new();

        /// <summary>Writes (and truncations: no bytes) since the last sync.</summary>
        public List<(long At, byte[]? Bytes)> Pending { get; } = [];

        public void Sync()
        {
            Pending.ForEach(change => Apply(durable, change.At, change.Bytes));
            Pending.Clear();
        }

        /// <summary>Each change whole, in part or not at all, in any order.</summary>
        public byte[] Cut(Random random)
        {
            List<(long At, byte[]? Bytes)> changes = [.. Pending];
            if (random.Next(2) == 0)
            {
                random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changes));
            }

            using MemoryStream data = new();
            durable.WriteTo(data);
            foreach ((long at, byte[]? bytes) in changes)
            {
                int fate = random.Next(3);
                if (fate == 0)
                {
                    continue;
                }

                if (bytes is null || fate == 1)
                {
                    Apply(data, at, bytes);
                    continue;
                }

                for (int start = 0; start < bytes.Length; start += Sector)
                {
                    if (random.Next(2) == 0)
                    {
                        Apply(data, at + start, bytes[start..Math.Min(start + Sector, bytes.Length)]);
                    }
                }
            }

            return data.ToArray();
        }

        private static void Apply(MemoryStream data, long at, byte[]? bytes)
        {
            if (bytes is null)
            {
                data.SetLength(at);
                return;
            }

            data.Position = at; // what lies between the end and here reads as zeros
            data.Write(bytes);
        }
    }

    /// <summary>Applies one event of the record.</summary>
    public void Apply(DiskEvent change)
    {
        switch (change.Operation)
        {
            case 'C':
                Contents made = inodes[change.Inode] = new Contents();
                Rename(null, change.First, made);
                break;
            case 'W':
                Of(change.Inode)?.Pending.Add(((long)change.Number, change.Data));
                break;
            case 'T':
                Of(change.Inode)?.Pending.Add(((long)change.Number, null));
                break;
            case 'S':
                Of(change.Inode)?.Sync();
                break;
            case 'R':
                Rename(change.First, change.Second, names.GetValueOrDefault(change.First));
                break;
            case 'L':
                Rename(null, change.Second, names.GetValueOrDefault(change.First));
                break;
            case 'U':
                Rename(change.First, null, null);
                break;
            case 'D':
                foreach (NameChange name in pendingNames.Where(p => p.Folder == change.First))
                {
                    Apply(durableNames, name);
                }

                pendingNames.RemoveAll(p => p.Folder == change.First);
                break;
            default:
                throw new InvalidDataException("unknown event");
        }
    }

    /// <summary>Writes what is left into a folder: paths keep their place below it.</summary>
    public void Cut(Random random, string root, string to)
    {
        Dictionary<string, Contents> left = new(durableNames, StringComparer.Ordinal);
        foreach (NameChange name in pendingNames)
        {
            if (random.Next(2) == 0)
            {
                Apply(left, name);
            }
        }

        foreach ((string path, Contents contents) in left)
        {
            string name = Path.GetRelativePath(root, path);
            if (name.EndsWith("-shm", StringComparison.Ordinal) || name.Contains("reserve.", StringComparison.Ordinal))
            {
                continue; // shared memory is made anew, and a reserve has no content
            }

            string target = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, contents.Cut(random));
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private Contents? Of(ulong inode) => inodes.GetValueOrDefault(inode);

    private void Rename(string? from, string? to, Contents? target)
    {
        NameChange change = new(Path.GetDirectoryName(to ?? from)!, from, to, target);
        pendingNames.Add(change);
        Apply(names, change);
    }

    private static void Apply(Dictionary<string, Contents> to, NameChange change)
    {
        if (change.Remove is not null)
        {
            to.Remove(change.Remove);
        }

        if (change.Add is not null && change.Target is not null)
        {
            to[change.Add] = change.Target;
        }
    }
}

/// <summary>One event of the record (powercut.c).</summary>
internal sealed record DiskEvent(char Operation, ulong Inode, ulong Number, string First, string Second, byte[] Data)
{
    public static List<DiskEvent> ReadAll(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        List<DiskEvent> events = [];
        for (int at = 0; at + 25 <= bytes.Length;)
        {
            ReadOnlySpan<byte> head = bytes.AsSpan(at);
            int first = (int)BinaryPrimitives.ReadUInt32LittleEndian(head[17..]);
            int second = (int)BinaryPrimitives.ReadUInt32LittleEndian(head[21..]);
            char operation = (char)head[0];
            byte[] data = bytes[(at + 25)..(at + 25 + first)];
            events.Add(new DiskEvent(operation, BinaryPrimitives.ReadUInt64LittleEndian(head[1..]), BinaryPrimitives.ReadUInt64LittleEndian(head[9..]),
                operation == 'W' ? "" : Encoding.UTF8.GetString(data), Encoding.UTF8.GetString(bytes, at + 25 + first, second), operation == 'W' ? data : []));
            at += 25 + first + second;
        }

        return events;
    }
}

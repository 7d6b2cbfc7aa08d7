using System.Buffers.Binary;
using System.Text;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Archive.Sealing;

/// <summary>One leaf of an entry's commitment tree as kept in the sealed part (proto/ENTRY-FORMAT.md §4).</summary>
internal readonly record struct SealedSlot(
    SlotKind Kind, LogHash Opaque, ReadOnlyMemory<byte> Salt, string Path, ValueType Type, ValuePresence Presence,
    ReadOnlyMemory<byte> Value, int Part, long PartLength);

internal enum SlotKind : byte
{
    /// <summary>Random padding.</summary>
    Opaque = 0,
    Value = 1,

    /// <summary>A payload part, whose bytes lie in chunks.</summary>
    Part = 2,

    /// <summary>A value or part that was erased: only its hash is left.</summary>
    Erased = 3,
}

/// <summary>The plain text of a record's values: slots in tree order, then the keyed hashes the record is found by, then zeros in place of what was erased.</summary>
internal sealed record SealedBlob(IReadOnlyList<SealedSlot> Slots, IReadOnlyList<byte[]> Terms, IReadOnlyList<byte[]> Claims)
{
    public const int MacSize = 16;
    private const byte Version = 1;

    /// <summary>The keyed hashes the record is found by, each once.</summary>
    public IReadOnlyList<byte[]> DistinctTerms() =>
        Terms.Count < 2 ? Terms : [.. Terms.DistinctBy(static mac => BinaryPrimitives.ReadUInt128BigEndian(mac))];

    /// <summary>Bytes of the plain text.</summary>
    public int Size()
    {
        int length = 6 + ((Terms.Count + Claims.Count) * MacSize);
        foreach (SealedSlot slot in Slots)
        {
            length += slot.Kind switch
            {
                SlotKind.Opaque or SlotKind.Erased => 1 + LogHash.Size,
                SlotKind.Part => 37 + Encoding.UTF8.GetByteCount(slot.Path) + 12,
                _ => 37 + Encoding.UTF8.GetByteCount(slot.Path) + 4 + slot.Value.Length,
            };
        }

        return length;
    }

    /// <summary>Writes the plain text.</summary>
    /// <param name="at">Where to: <see cref="Size"/> bytes. What is more is filled with zeros: a blob that lost values stays as long as it was.</param>
    public void Write(Span<byte> at)
    {
        at[0] = Version;
        at[1] = (byte)Commitment.DepthFor(Slots.Count);
        BinaryPrimitives.WriteUInt16BigEndian(at[2..], (ushort)Terms.Count);
        BinaryPrimitives.WriteUInt16BigEndian(at[4..], (ushort)Claims.Count);
        at = at[6..];
        foreach (SealedSlot slot in Slots)
        {
            at[0] = (byte)slot.Kind;
            at = at[1..];
            if (slot.Kind is SlotKind.Opaque or SlotKind.Erased)
            {
                slot.Opaque.CopyTo(at);
                at = at[LogHash.Size..];
                continue;
            }

            slot.Salt.Span.CopyTo(at);
            at[32] = (byte)slot.Type;
            at[33] = (byte)slot.Presence;
            int path = Encoding.UTF8.GetBytes(slot.Path, at[36..]);
            BinaryPrimitives.WriteUInt16BigEndian(at[34..], (ushort)path);
            at = at[(36 + path)..];
            if (slot.Kind == SlotKind.Part)
            {
                BinaryPrimitives.WriteUInt32BigEndian(at, (uint)slot.Part);
                BinaryPrimitives.WriteInt64BigEndian(at[4..], slot.PartLength);
                at = at[12..];
            }
            else
            {
                BinaryPrimitives.WriteUInt32BigEndian(at, (uint)slot.Value.Length);
                slot.Value.Span.CopyTo(at[4..]);
                at = at[(4 + slot.Value.Length)..];
            }
        }

        WriteMacs(ref at, Terms);
        WriteMacs(ref at, Claims);
        at.Clear();
    }

    /// <summary>Decodes bytes that were authenticated, and still trusts none of their lengths.</summary>
    public static SealedBlob? TryDecode(ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> head = bytes.Span;
        if (head.Length < 6 || head[0] != Version || head[1] > EntryFormat.MaxCommitmentDepth)
        {
            return null;
        }

        int count = 1 << head[1];
        int terms = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        int claims = BinaryPrimitives.ReadUInt16BigEndian(head[4..]);
        if (count > bytes.Length)
        {
            return null;
        }

        List<SealedSlot> slots = new(count);
        int at = 6;
        for (int i = 0; i < count; i++)
        {
            if (ReadSlot(bytes, ref at) is not { } slot)
            {
                return null;
            }

            slots.Add(slot);
        }

        return ReadMacs(bytes, ref at, terms) is { } t && ReadMacs(bytes, ref at, claims) is { } c && !bytes.Span[at..].ContainsAnyExcept((byte)0) ? new SealedBlob(slots, t, c) : null;
    }

    private static void WriteMacs(ref Span<byte> at, IReadOnlyList<byte[]> macs)
    {
        foreach (byte[] mac in macs)
        {
            mac.CopyTo(at);
            at = at[MacSize..];
        }
    }

    private static SealedSlot? ReadSlot(ReadOnlyMemory<byte> bytes, ref int at)
    {
        ReadOnlySpan<byte> rest = bytes.Span[at..];
        if (rest.Length < 1 + LogHash.Size)
        {
            return null;
        }

        SlotKind kind = (SlotKind)rest[0];
        if (kind is SlotKind.Opaque or SlotKind.Erased)
        {
            at += 1 + LogHash.Size;
            return new SealedSlot(kind, new LogHash(rest.Slice(1, LogHash.Size)), default, "", default, default, default, 0, 0);
        }

        if (rest.Length < 41 || kind > SlotKind.Part)
        {
            return null;
        }

        int pathLength = BinaryPrimitives.ReadUInt16BigEndian(rest[35..]);
        int body = 37 + pathLength;
        if (pathLength > EntryFormat.MaxPathBytes || rest.Length < body + (kind == SlotKind.Part ? 12 : 4))
        {
            return null;
        }

        ReadOnlyMemory<byte> salt = bytes.Slice(at + 1, 32);
        string path = Encoding.UTF8.GetString(rest.Slice(37, pathLength));
        ValueType type = (ValueType)rest[33];
        ValuePresence presence = (ValuePresence)rest[34];
        if (kind == SlotKind.Part)
        {
            int part = BinaryPrimitives.ReadInt32BigEndian(rest[body..]);
            long length = BinaryPrimitives.ReadInt64BigEndian(rest[(body + 4)..]);
            at += body + 12;
            return part < 1 || length < 0 ? null : new SealedSlot(kind, default, salt, path, type, presence, default, part, length);
        }

        uint valueLength = BinaryPrimitives.ReadUInt32BigEndian(rest[body..]);
        if (valueLength > rest.Length - body - 4)
        {
            return null;
        }

        ReadOnlyMemory<byte> value = bytes.Slice(at + body + 4, (int)valueLength);
        at += body + 4 + (int)valueLength;
        return new SealedSlot(kind, default, salt, path, type, presence, value, 0, 0);
    }

    private static List<byte[]>? ReadMacs(ReadOnlyMemory<byte> bytes, ref int at, int count)
    {
        if (bytes.Length - at < count * MacSize)
        {
            return null;
        }

        List<byte[]> macs = new(count);
        for (int i = 0; i < count; i++, at += MacSize)
        {
            macs.Add(bytes.Slice(at, MacSize).ToArray());
        }

        return macs;
    }
}

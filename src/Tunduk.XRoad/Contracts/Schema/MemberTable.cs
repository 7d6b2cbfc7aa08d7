namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>Finds a member by its UTF-8 JSON name without making a string.</summary>
internal sealed class MemberTable
{
    public static readonly MemberTable Empty = new([]);

    private readonly (byte[] Name, int Index)[] slots;
    private readonly int mask;

    public MemberTable(IReadOnlyList<byte[]> names)
    {
        var size = 4;
        while (size < names.Count * 2)
        {
            size *= 2;
        }

        slots = new (byte[], int)[size];
        mask = size - 1;
        for (var i = 0; i < names.Count; i++)
        {
            var slot = Hash(names[i]) & mask;
            while (slots[slot].Name is not null)
            {
                slot = (slot + 1) & mask;
            }

            slots[slot] = (names[i], i);
        }
    }

    /// <summary>Index of the name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (var slot = Hash(name) & mask; slots[slot].Name is { } candidate; slot = (slot + 1) & mask)
        {
            if (name.SequenceEqual(candidate))
            {
                return slots[slot].Index;
            }
        }

        return -1;
    }

    private static int Hash(ReadOnlySpan<byte> name)
    {
        var hash = (uint)name.Length * 0x9E3779B1;
        foreach (var b in name)
        {
            hash = (hash ^ b) * 0x01000193;
        }

        return (int)((hash ^ (hash >> 15)) & 0x7FFFFFFF);
    }
}

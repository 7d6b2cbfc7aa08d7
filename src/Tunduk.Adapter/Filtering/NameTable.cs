using System.Text;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Read-only map from a UTF-8 name to a node: open addressing, one probe in the usual case, no allocation and no
/// decoding at look-up. Names are compared byte by byte, so equality is exact and ordinal.
/// </summary>
internal sealed class NameTable
{
    public static readonly NameTable Empty = new([]);

    private readonly Slot[] slots;
    private readonly int mask;

    public NameTable(IReadOnlyCollection<KeyValuePair<string, FieldNode>> entries)
    {
        int size = 1;
        while (size < entries.Count * 2)
        {
            size *= 2;
        }

        slots = new Slot[size];
        mask = size - 1;
        Count = entries.Count;
        foreach ((string name, FieldNode node) in entries)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(name);
            int hash = Hash(utf8);
            int i = hash & mask;
            while (slots[i].Name is not null)
            {
                i = (i + 1) & mask;
            }

            slots[i] = new Slot(hash, utf8, node);
        }
    }

    public int Count { get; }

    /// <summary>All nodes, in no order.</summary>
    public IEnumerable<FieldNode> Nodes => slots.Where(static slot => slot.Name is not null).Select(static slot => slot.Node);

    /// <summary>Hash with a seed of this process, so that a sender cannot choose names that collide.</summary>
    public static int Hash(ReadOnlySpan<byte> name)
    {
        HashCode code = default;
        code.AddBytes(name);
        return code.ToHashCode();
    }

    public FieldNode? Find(ReadOnlySpan<byte> name, int hash)
    {
        if (Count == 0)
        {
            return null;
        }

        // At least half of the slots are free, so that the walk ends.
        int i = hash & mask;
        while (slots[i].Name is { } candidate)
        {
            if (slots[i].Code == hash && name.SequenceEqual(candidate))
            {
                return slots[i].Node;
            }

            i = (i + 1) & mask;
        }

        return null;
    }

    private readonly record struct Slot(int Code, byte[]? Name, FieldNode Node);
}


namespace Tunduk.Adapter.Filtering;

/// <summary>One position of a compiled field list. Immutable after compilation and shared by all exchanges.</summary>
internal sealed class FieldNode
{
    public FieldNode(string path, int index, FieldAction action)
    {
        Path = path;
        Index = index;
        Action = action;
    }

    /// <summary>Path from the content of the operation element, as shown in records and refusals.</summary>
    public string Path { get; }

    /// <summary>Position in the list's counters.</summary>
    public int Index { get; }

    public FieldAction Action { get; }

    public NameTable Children { get; set; } = NameTable.Empty;

    public NameTable Attributes { get; set; } = NameTable.Empty;

    /// <summary>What a child has whose name is not in <see cref="Children"/>; null: unlisted and unknown.</summary>
    public FieldNode? OtherChild { get; set; }

    /// <summary>What an attribute has whose name is not in <see cref="Attributes"/>; null: unlisted and unknown.</summary>
    public FieldNode? OtherAttribute { get; set; }

    /// <summary>A node of JSON or an element: a member whose name begins with '@' is an attribute's JSON form.</summary>
    public FieldNode? Member(ReadOnlySpan<byte> name, int hash) =>
        name.Length > 1 && name[0] == (byte)'@'
            ? Attribute(name[1..], NameTable.Hash(name[1..]))
            : Child(name, hash);

    public FieldNode? Child(ReadOnlySpan<byte> name, int hash) => Children.Find(name, hash) ?? OtherChild;

    public FieldNode? Attribute(ReadOnlySpan<byte> name, int hash) => Attributes.Find(name, hash) ?? OtherAttribute;
}

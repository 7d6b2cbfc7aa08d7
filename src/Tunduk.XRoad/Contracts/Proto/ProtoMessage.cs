namespace Tunduk.XRoad.Contracts.Proto;

/// <summary>A message. Its fields have the JSON names of proto/MAPPING.md; numbers follow the contract's order.</summary>
public sealed class ProtoMessage
{
    internal ProtoMessage(string name) => Name = name;

    public string Name { get; }

    public IReadOnlyList<ProtoField> Fields => List;

    /// <summary>The fields are alternatives (a <c>oneof</c>): an item of a list, a nillable value, a choice of type.</summary>
    public bool IsOneOf { get; internal set; }

    internal List<ProtoField> List { get; } = [];
}

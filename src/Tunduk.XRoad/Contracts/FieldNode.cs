using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>A field of a message, with the properties that matter when it is to be released or removed.</summary>
/// <param name="Path">Names from the operation element's content, joined with <c>/</c>; attributes are <c>@name</c>.</param>
/// <param name="Required">Its parent is not valid without it, so it cannot simply be removed.</param>
/// <param name="Nillable">Its value can be taken away while the element stays (<c>xsi:nil</c>, JSON null).</param>
/// <param name="Repeated">It may occur more than once; the path means every occurrence.</param>
/// <param name="IsLeaf">It has a value of its own and no children.</param>
/// <param name="Type">Its type.</param>
/// <param name="Title">The human title, if the contract has one.</param>
/// <param name="Location">Where it is declared.</param>
public sealed record FieldNode(
    string Path,
    bool Required,
    bool Nillable,
    bool Repeated,
    bool IsLeaf,
    SchemaType Type,
    string? Title,
    SchemaLocation Location)
{
    /// <summary>Its name in XML.</summary>
    internal QualifiedName XmlName { get; init; }

    /// <summary>The one value it may have; null: any of its type.</summary>
    internal string? Fixed { get; init; }

    /// <summary>The value that stands for an empty element; null: none.</summary>
    internal string? Default { get; init; }

    /// <summary>Not demanded by its parent's own type, but by one that may stand in for it (<c>xsi:type</c>).</summary>
    public bool RequiredInDerived { get; init; }
}

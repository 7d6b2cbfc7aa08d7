using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>One field that a contract knows, as an agreement sees it.</summary>
/// <param name="Path">Path from the content of the operation element.</param>
/// <param name="Required">The contract demands it wherever its parent is present.</param>
/// <param name="CanBeEmpty">It may stand without a value: nillable, or text without a lower bound on its length.</param>
/// <param name="HasChildren">It has elements or attributes of its own.</param>
internal sealed record ContractField(FieldPath Path, bool Required, bool CanBeEmpty, bool HasChildren)
{
    /// <summary>A type that may stand in for its parent's demands it.</summary>
    public bool RequiredInDerived { get; init; }

    /// <summary>Its type is any (xs:anyType): in JSON it is a text of XML.</summary>
    public bool IsXmlText { get; init; }
}

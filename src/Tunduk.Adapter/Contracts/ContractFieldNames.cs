using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Schema;
using MessageShape = Tunduk.Adapter.Filtering.MessageShape;

namespace Tunduk.Adapter.Contracts;

/// <summary>The field names of an operation, as agreements see them.</summary>
internal static class ContractFieldNames
{
    public static ContractFields Of(Operation operation) => new(
        Fields(operation.Fields(MessageSide.Request)),
        Shape(operation.Fields(MessageSide.Request), FieldList.Request),
        Fields(operation.Fields(MessageSide.Response)),
        Shape(operation.Fields(MessageSide.Response), FieldList.Response));

    private static List<ContractField> Fields(FieldTree tree) =>
        [.. tree.Enumerate()
            .Where(node => FieldPath.TryParse(node.Path, out _))
            .Select(node => new ContractField(FieldPath.Parse(node.Path), node.Required, CanBeEmpty(node), !node.IsLeaf))];

    private static MessageShape Shape(FieldTree tree, string wrapper) =>
        tree.TryResolve(wrapper, out var found) && !found[0].IsLeaf ? MessageShape.Wrapped : MessageShape.Flat;

    private static bool CanBeEmpty(Tunduk.XRoad.Contracts.FieldNode node) =>
        node.Nillable || (node.Type is SimpleType { Primitive: Primitive.String } type
            && type.Facets is { Length: null, MinLength: null or 0, Enumeration: null, Patterns.Count: 0 });
}

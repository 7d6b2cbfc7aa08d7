using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Schema;
using FilterShape = Tunduk.Adapter.Filtering.MessageShape;

namespace Tunduk.Adapter.Agreements;

/// <summary>Gives the field names of an operation in the form in which agreements are held against them.</summary>
internal static class ContractFieldsFactory
{
    public static ContractFields Of(Operation operation)
    {
        HashSet<string> namespaces = new(StringComparer.Ordinal);
        Walk walk = new(namespaces);
        walk.Visit(operation.Request.Element);
        walk.Visit(operation.Response.Element);
        return new ContractFields(
            Fields(operation.Fields(MessageSide.Request)),
            Shape(operation.Fields(MessageSide.Request), FieldList.Request),
            Fields(operation.Fields(MessageSide.Response)),
            Shape(operation.Fields(MessageSide.Response), FieldList.Response),
            namespaces,
            walk.TypeSubstitution,
            MapsXml: operation.Rest is null)
        {
            Types = walk.Types,
            Endpoint = operation.Rest is { } rest && RestEndpoint.TryParse($"{rest.Method} {rest.Path}", out RestEndpoint endpoint, out _) ? endpoint : null,
        };
    }

    private static List<ContractField> Fields(FieldTree tree)
    {
        List<ContractField> fields = [];
        foreach (Tunduk.XRoad.Contracts.FieldNode node in tree.Enumerate())
        {
            // A path that agreements cannot write (too long, too deep) stays unlisted and unknown.
            if (FieldPath.TryParse(node.Path, out FieldPath path))
            {
                fields.Add(new ContractField(path, node.Required, node.Nillable || IsText(node.Type), !node.IsLeaf));
            }
        }

        return fields;
    }

    private static FilterShape Shape(FieldTree tree, string wrapper) =>
        tree.Enumerate().Any(n => n.Path == wrapper && !n.IsLeaf) ? FilterShape.Wrapped : FilterShape.Flat;

    private static bool IsText(SchemaType type) =>
        (type as SimpleType ?? (type as ComplexType)?.SimpleContent) is { Variety: SimpleVariety.Atomic, Primitive: Primitive.String } text
        && text.Facets is { Enumeration: null, Patterns.Count: 0, Length: null or 0, MinLength: null or 0 };

    private sealed class Walk(HashSet<string> namespaces)
    {
        private readonly HashSet<SchemaType> seen = [];

        public bool TypeSubstitution { get; private set; }

        public HashSet<string> Types { get; } = new(StringComparer.Ordinal);

        public void Visit(ElementDeclaration element)
        {
            namespaces.Add(element.Name.Namespace);
            Visit(element.Type);
        }

        private void Visit(SchemaType type)
        {
            if (type.Name.Local.Length > 0)
            {
                Types.Add($"{{{type.Name.Namespace}}}{type.Name.Local}");
            }

            if (type is not ComplexType complex || !seen.Add(complex))
            {
                return;
            }

            TypeSubstitution |= complex.Derived.Count > 0;
            foreach (ComplexType variant in complex.Derived.Prepend(complex))
            {
                foreach (AttributeDeclaration attribute in variant.Attributes)
                {
                    namespaces.Add(attribute.Name.Namespace);
                }

                foreach (Member member in variant.Members)
                {
                    if (member.Element is { } element)
                    {
                        Visit(element);
                    }
                }

                Visit(variant);
            }
        }
    }
}

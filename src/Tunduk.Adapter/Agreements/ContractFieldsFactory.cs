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
            WithErrors(Fields(operation.Fields(MessageSide.Response)), operation.ErrorFields),
            Shape(operation.Fields(MessageSide.Response), FieldList.Response),
            namespaces,
            walk.TypeSubstitution,
            MapsXml: operation.Rest is null)
        {
            Types = walk.Types,
            ServiceName = operation.Rest is null ? operation.ToString() : null,
            Endpoint = operation.Rest is { } rest && RestEndpoint.TryParse($"{rest.Method} {rest.Path}", out RestEndpoint endpoint, out _) ? endpoint : null,
        };
    }

    /// <summary>The fields of all operations of an OpenAPI description: what one of them has may be listed; what all require is required.</summary>
    public static ContractFields Of(Contract description)
    {
        List<ContractFields> all = [.. description.Operations.Select(Of)];
        return all.Count == 1 ? all[0] : new ContractFields(
            Union(all.Select(static fields => fields.Request)),
            all[0].RequestShape,
            Union(all.Select(static fields => fields.Response)),
            all.TrueForAll(static fields => fields.ResponseShape == FilterShape.Wrapped) ? FilterShape.Wrapped : FilterShape.Flat,
            [.. all.SelectMany(static fields => fields.Namespaces).Distinct(StringComparer.Ordinal)],
            all.Exists(static fields => fields.TypeSubstitution),
            MapsXml: false);
    }

    private static List<ContractField> Union(IEnumerable<IReadOnlyList<ContractField>> sides)
    {
        List<IReadOnlyList<ContractField>> all = [.. sides];
        return [.. all.SelectMany(static side => side).GroupBy(static field => field.Path.Text, StringComparer.Ordinal).Select(same => same.First() with
        {
            Required = same.Count() == all.Count && same.All(static field => field.Required),
            CanBeEmpty = same.All(static field => field.CanBeEmpty),
            HasChildren = same.Any(static field => field.HasChildren),
        })];
    }

    // What the response's list lets through it lets through in errors too: their members can be listed, and none is required.
    private static List<ContractField> WithErrors(List<ContractField> response, FieldTree? errors)
    {
        HashSet<string> known = [.. response.Select(static field => field.Path.Text)];
        return errors is null ? response : [.. response, .. Fields(errors).Where(field => known.Add(field.Path.Text)).Select(static field => field with { Required = false, RequiredInDerived = false })];
    }

    private static List<ContractField> Fields(FieldTree tree)
    {
        List<ContractField> fields = [];
        foreach (Tunduk.XRoad.Contracts.FieldNode node in tree.Enumerate())
        {
            // A path that agreements cannot write (too long, too deep) stays unlisted and unknown.
            if (FieldPath.TryParse(node.Path, out FieldPath path))
            {
                fields.Add(new ContractField(path, node.Required, node.Nillable || IsText(node.Type), !node.IsLeaf) { RequiredInDerived = node.RequiredInDerived, IsXmlText = node.Type is ComplexType { Content: ContentKind.Any } });
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

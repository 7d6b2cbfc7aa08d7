using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>All types and namespaces that a message can hold.</summary>
internal sealed class TypeWalk
{
    private readonly HashSet<SchemaType> types = [];
    private readonly HashSet<string> namespaces = new(StringComparer.Ordinal);

    public IReadOnlyCollection<SchemaType> Types => types;

    public IReadOnlyCollection<string> Namespaces => namespaces;

    /// <summary>Something in the message may be nil or choose its type.</summary>
    public bool NeedsInstanceNamespace { get; private set; }

    public static TypeWalk From(SchemaType root)
    {
        var walk = new TypeWalk();
        var pending = new Queue<SchemaType>([root]);
        while (pending.TryDequeue(out var type))
        {
            if (!walk.types.Add(type))
            {
                continue;
            }

            if (type is SimpleType simple)
            {
                foreach (var part in simple.MemberTypes.Append(simple.ItemType).OfType<SimpleType>())
                {
                    pending.Enqueue(part);
                }
            }
            else if (type is ComplexType complex)
            {
                walk.Visit(complex, pending);
            }
        }

        return walk;
    }

    private void Visit(ComplexType type, Queue<SchemaType> pending)
    {
        if (type.SimpleContent is { } value)
        {
            pending.Enqueue(value);
        }

        foreach (var attribute in type.Attributes)
        {
            namespaces.Add(attribute.Name.Namespace);
            pending.Enqueue(attribute.Type);
        }

        foreach (var member in type.Members)
        {
            if (member.Element is { } element)
            {
                namespaces.Add(element.Name.Namespace);
                NeedsInstanceNamespace |= element.Nillable;
                pending.Enqueue(element.Type);
            }
        }

        NeedsInstanceNamespace |= type.Derived.Count > 0;
        foreach (var derived in type.Derived)
        {
            namespaces.Add(derived.Name.Namespace);
            pending.Enqueue(derived);
        }
    }
}

using Tunduk.XRoad.Contracts.JsonRules;

namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>An element of the contract with its type. A declaration read from OpenAPI has no namespace.</summary>
public sealed class ElementDeclaration
{
    internal ElementDeclaration(QualifiedName name, SchemaLocation location)
    {
        Name = name;
        Location = location;
    }

    public QualifiedName Name { get; }

    public SchemaLocation Location { get; }

    /// <summary>Null only while the contract is being compiled.</summary>
    public SchemaType Type { get; internal set; } = null!;

    public bool Nillable { get; internal set; }

    /// <summary>What its JSON must meet, where it is read from OpenAPI: a message, or a part of one.</summary>
    internal JsonRule? Rule { get; set; }

    /// <summary>OpenAPI: how many lists stand around a value of the type.</summary>
    public int Lists { get; internal set; }

    public bool Abstract { get; internal set; }

    /// <summary>Types derived in these ways may not stand in the place of its own.</summary>
    internal Derivations Blocks { get; set; }

    /// <summary>Whether an instance may choose this type, which is derived from the element's own.</summary>
    internal bool Lets(ComplexType derived)
    {
        for (var type = derived; Blocks != Derivations.None && type is not null && !ReferenceEquals(type, Type); type = type.Base)
        {
            if ((type.DerivedBy & Blocks) != 0)
            {
                return false;
            }
        }

        return true;
    }

    public string? Default { get; internal set; }

    public string? Fixed { get; internal set; }

    /// <summary>The human title from the annotation, if the contract has one.</summary>
    public string? Title { get; internal set; }
}

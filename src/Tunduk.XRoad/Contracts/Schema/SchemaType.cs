namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>A type of the contract: <see cref="SimpleType"/> or <see cref="ComplexType"/>.</summary>
public abstract class SchemaType
{
    private protected SchemaType(QualifiedName name, SchemaLocation location)
    {
        Name = name;
        Location = location;
    }

    /// <summary>The type's name; its local part is empty for an anonymous type.</summary>
    public QualifiedName Name { get; }

    public SchemaLocation Location { get; }
}

namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>An attribute of a complex type. In JSON it is the member <c>@name</c>.</summary>
public sealed class AttributeDeclaration
{
    internal AttributeDeclaration(QualifiedName name, SimpleType type, SchemaLocation location)
    {
        Name = name;
        Type = type;
        Location = location;
        JsonName = "@" + name.Local;
    }

    public QualifiedName Name { get; }

    public SimpleType Type { get; }

    public SchemaLocation Location { get; }

    public string JsonName { get; internal set; }

    public bool Required { get; internal set; }

    public string? Default { get; internal set; }

    public string? Fixed { get; internal set; }

    /// <summary>Space, name, equals sign and opening quote, ready to be copied.</summary>
    internal byte[] OpenTag { get; set; } = [];

    internal System.Text.Json.JsonEncodedText EncodedName { get; set; }

    internal bool Prohibited { get; set; }
}

namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>A type of values: built in, restricted, a list or a union.</summary>
public sealed class SimpleType : SchemaType
{
    internal SimpleType(QualifiedName name, SchemaLocation location)
        : base(name, location)
    {
    }

    public SimpleVariety Variety { get; internal set; }

    public Primitive Primitive { get; internal set; }

    public SimpleType? Base { get; internal set; }

    public SimpleType? ItemType { get; internal set; }

    public IReadOnlyList<SimpleType> MemberTypes { get; internal set; } = [];

    public WhiteSpace WhiteSpace { get; internal set; } = WhiteSpace.Collapse;

    public Facets Facets { get; internal set; } = Facets.None;

    public JsonForm JsonForm { get; internal set; }

    /// <summary>The nearest built-in type's name, for messages: <c>int</c>, <c>string</c>.</summary>
    public string BuiltIn { get; internal set; } = "";

    /// <summary>No check is needed: any text is a value and stands as it is.</summary>
    internal bool IsPlainText { get; set; }

    /// <summary>A name-like built-in check, if the type derives from one.</summary>
    internal NameKind NameKind { get; set; }

    internal void Seal() =>
        IsPlainText = Variety == SimpleVariety.Atomic && Primitive is (Primitive.String or Primitive.AnySimple) &&
            ReferenceEquals(Facets, Facets.None) && NameKind == NameKind.None && WhiteSpace == WhiteSpace.Preserve;
}

internal enum NameKind
{
    None,
    NmToken,
    Name,
    NcName,
    Language,
}

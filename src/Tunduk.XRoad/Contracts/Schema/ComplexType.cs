namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>
/// A type with attributes or child elements, compiled: its members in their fixed order, and an automaton that
/// checks order and number. Types refer to each other in cycles where the contract is recursive.
/// </summary>
public sealed class ComplexType : SchemaType
{
    internal ComplexType(QualifiedName name, SchemaLocation location)
        : base(name, location)
    {
    }

    public ContentKind Content { get; internal set; }

    /// <summary>The type of the value, for <see cref="ContentKind.Simple"/>.</summary>
    public SimpleType? SimpleContent { get; internal set; }

    public IReadOnlyList<AttributeDeclaration> Attributes { get; internal set; } = [];

    public Wildcard? AnyAttribute { get; internal set; }

    /// <summary>The names of child elements, in the order in which XML is written.</summary>
    public IReadOnlyList<Member> Members { get; internal set; } = [];

    /// <summary>
    /// True where the order of the children cannot be derived from their names (a repeated choice or group, mixed
    /// content): in JSON they are the list <c>$content</c> of one-member objects and strings.
    /// </summary>
    public bool ContentAsList { get; internal set; }

    /// <summary>True for <c>xs:all</c> and for objects read from OpenAPI: members in any order.</summary>
    public bool AnyOrder { get; internal set; }

    /// <summary>The elements of <c>xs:all</c>; empty for objects read from OpenAPI.</summary>
    internal IReadOnlyList<AllSlot> AllSlots { get; set; } = [];

    /// <summary><c>xs:all</c> with <c>minOccurs="0"</c>: none of its elements, or all that are required.</summary>
    internal bool AllMayBeAbsent { get; set; }

    /// <summary>OpenAPI: no member beyond those described (<c>additionalProperties: false</c>).</summary>
    public bool Closed { get; internal set; }

    /// <summary>Read from OpenAPI.</summary>
    internal bool IsJson { get; set; }

    /// <summary>OpenAPI: members beyond those described are part of it (<c>additionalProperties</c>, <c>patternProperties</c>).</summary>
    internal bool TakesOthers { get; set; }

    public bool Abstract { get; internal set; }

    public ComplexType? Base { get; internal set; }

    /// <summary>How it is made from its base, where another type lets it stand in its place.</summary>
    internal Derivations DerivedBy { get; set; }

    /// <summary>Named types an instance may choose instead (<c>xsi:type</c>, in JSON the member <c>$type</c>).</summary>
    public IReadOnlyList<ComplexType> Derived { get; internal set; } = [];

    /// <summary>Whether the JSON form of a simple content is an object (it has attributes) or the bare value.</summary>
    public bool IsObject => Content != ContentKind.Simple || Attributes.Count > 0 || AnyAttribute is not null;

    internal ContentModel Model { get; set; } = ContentModel.Empty;

    internal MemberTable MemberTable { get; set; } = MemberTable.Empty;

    /// <summary>The name under which <c>$type</c> chooses this type.</summary>
    internal string TypeName { get; set; } = "";

    internal Particle? Particle { get; set; }

    internal bool Compiled { get; set; }
}

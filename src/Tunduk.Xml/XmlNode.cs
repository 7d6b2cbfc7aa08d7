namespace Tunduk.Xml;

/// <summary>One entry of the tape. Offsets point into the source; indexes into the tape's arrays.</summary>
internal struct XmlNode
{
    public XmlNodeKind Kind;

    /// <summary>Character data: holds a reference or CR, so its value differs from its bytes.</summary>
    public bool NeedsDecoding;

    /// <summary>The whole node.</summary>
    public int Start;
    public int End;

    /// <summary>Element: after the start tag's <c>&gt;</c>. Others: begin of the content (PI: of the data).</summary>
    public int InnerStart;

    /// <summary>Element: the end tag's <c>&lt;</c>. Others: end of the content.</summary>
    public int InnerEnd;

    /// <summary>Element: qualified name. PI: target.</summary>
    public int NameStart;
    public ushort NameLength;

    /// <summary>Bytes before the colon; 0 without a prefix.</summary>
    public ushort PrefixLength;
    public int Namespace;
    public int FirstAttribute;
    public int AttributeCount;
    public int Parent;

    /// <summary>Index of the first node behind this one's subtree.</summary>
    public int Next;

    /// <summary>Declarations in scope before this element's own; used while parsing.</summary>
    public int ScopeBase;

    public readonly int LocalStart => PrefixLength == 0 ? NameStart : NameStart + PrefixLength + 1;

    public readonly int LocalLength => PrefixLength == 0 ? NameLength : NameLength - PrefixLength - 1;
}

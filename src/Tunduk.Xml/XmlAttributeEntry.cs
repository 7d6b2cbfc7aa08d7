namespace Tunduk.Xml;

/// <summary>One attribute or namespace declaration on the tape.</summary>
internal struct XmlAttributeEntry
{
    public int NameStart;
    public ushort NameLength;
    public ushort PrefixLength;

    /// <summary>The value between its quotes.</summary>
    public int ValueStart;
    public int ValueEnd;

    /// <summary>The attribute's namespace; for a declaration, the namespace it binds.</summary>
    public int Namespace;

    /// <summary>The value holds a reference or white space other than a space.</summary>
    public bool NeedsDecoding;

    public bool IsDeclaration;

    public readonly int LocalStart => PrefixLength == 0 ? NameStart : NameStart + PrefixLength + 1;

    public readonly int LocalLength => PrefixLength == 0 ? NameLength : NameLength - PrefixLength - 1;

    /// <summary>Declarations: the declared prefix; empty for the default namespace.</summary>
    public readonly (int Start, int Length) DeclaredPrefix => PrefixLength == 0 ? (NameStart, 0) : (LocalStart, LocalLength);
}

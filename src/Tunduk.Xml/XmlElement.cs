using System.Text;

namespace Tunduk.Xml;

/// <summary>An element of a <see cref="XmlTape"/>. A default value is no element: <see cref="Exists"/> is false.</summary>
public readonly struct XmlElement : IEquatable<XmlElement>
{
    private readonly XmlTape? tape;
    private readonly int index;

    internal XmlElement(XmlTape tape, int index)
    {
        this.tape = index >= 0 ? tape : null;
        this.index = index;
    }

    /// <summary>False for the default value, which the search methods give when nothing was found.</summary>
    public bool Exists => tape is not null;

    /// <summary>The document.</summary>
    public XmlTape Tape => tape ?? throw new InvalidOperationException("This value is no element; ask Exists first.");

    /// <summary>Name without prefix.</summary>
    public string LocalName => XmlNames.Intern(LocalNameUtf8);

    /// <summary>Name without prefix.</summary>
    public ReadOnlySpan<byte> LocalNameUtf8 => Bytes(Node.LocalStart, Node.LocalLength);

    /// <summary>Prefix as written; empty without one.</summary>
    public string Prefix => XmlNames.Intern(Bytes(Node.NameStart, Node.PrefixLength));

    /// <summary>Namespace name; empty without one.</summary>
    public string NamespaceUri => Tape.NamespaceText(Node.Namespace);

    /// <summary>Namespace name; empty without one.</summary>
    public ReadOnlySpan<byte> NamespaceUriUtf8 => Tape.NamespaceBytes(Node.Namespace);

    /// <summary>The whole element, tags included.</summary>
    public XmlRange OuterRange => new(Node.Start, Node.End);

    /// <summary>What stands between the tags; empty for <c>&lt;a/&gt;</c>.</summary>
    public XmlRange InnerRange => new(Node.InnerStart, Node.InnerEnd);

    /// <summary>The start tag, or the whole empty-element tag.</summary>
    public XmlRange StartTagRange => new(Node.Start, Node.InnerStart);

    /// <summary>Qualified name in the start tag, as written.</summary>
    public XmlRange NameRange => new(Node.NameStart, Node.NameStart + Node.NameLength);

    /// <summary>Written as <c>&lt;a/&gt;</c>.</summary>
    public bool IsEmptyTag => Node.InnerStart == Node.End;

    /// <summary>Line of the start tag, from 1. Counted when asked.</summary>
    public int Line => XmlPosition.Of(Tape.Source.Span, Node.Start).Line;

    /// <summary>Column of the start tag in characters, from 1. Counted when asked.</summary>
    public int Column => XmlPosition.Of(Tape.Source.Span, Node.Start).Column;

    /// <summary>The element around this one; none for the root.</summary>
    public XmlElement Parent => new(Tape, Node.Parent);

    /// <summary>Child elements in document order.</summary>
    public XmlChildren Children => new(Tape, index);

    /// <summary>Attributes in document order, namespace declarations left out.</summary>
    public XmlAttributes Attributes => new(Tape, index);

    /// <summary>All character data directly in this element, comments and processing instructions skipped, joined.</summary>
    public string Text => Encoding.UTF8.GetString(TextUtf8.Span);

    /// <summary>As <see cref="Text"/>; a slice of the source where it stands there as one piece.</summary>
    public ReadOnlyMemory<byte> TextUtf8 => XmlElementText.Read(Tape, index);

    /// <summary>No child element and no processing instruction: the text is all there is.</summary>
    public bool HasOnlyText => XmlElementText.IsOnlyText(Tape, index);

    internal int Index => index;

    internal ref XmlNode Node => ref Tape.Nodes[index];

    /// <summary>Same element of the same parse.</summary>
    public static bool operator ==(XmlElement left, XmlElement right) => left.Equals(right);

    /// <summary>Not the same element of the same parse.</summary>
    public static bool operator !=(XmlElement left, XmlElement right) => !left.Equals(right);

    /// <summary>Compares expanded names without allocating.</summary>
    public bool Is(ReadOnlySpan<byte> namespaceUri, ReadOnlySpan<byte> localName) =>
        LocalNameUtf8.SequenceEqual(localName) && NamespaceUriUtf8.SequenceEqual(namespaceUri);

    /// <summary>Compares expanded names without allocating.</summary>
    public bool Is(string namespaceUri, string localName) =>
        XmlNames.AreEqual(LocalNameUtf8, localName) && XmlNames.AreEqual(NamespaceUriUtf8, namespaceUri);

    /// <summary>The first child with this name; check <see cref="Exists"/>.</summary>
    public XmlElement Child(string namespaceUri, string localName)
    {
        foreach (XmlElement child in Children)
        {
            if (child.Is(namespaceUri, localName))
            {
                return child;
            }
        }

        return default;
    }

    /// <summary>The first child with this name.</summary>
    public bool TryGetChild(string namespaceUri, string localName, out XmlElement child)
    {
        child = Child(namespaceUri, localName);
        return child.Exists;
    }

    /// <summary>The attribute with this name; an empty namespace means an attribute without prefix.</summary>
    public bool TryGetAttribute(string namespaceUri, string localName, out XmlAttribute attribute)
    {
        foreach (XmlAttribute candidate in Attributes)
        {
            if (candidate.Is(namespaceUri, localName))
            {
                attribute = candidate;
                return true;
            }
        }

        attribute = default;
        return false;
    }

    /// <summary>The namespace <paramref name="prefix"/> is bound to at this element; an empty prefix asks for the default.</summary>
    public bool TryResolvePrefix(string prefix, out string namespaceUri)
    {
        int found = XmlScope.Find(Tape, index, Encoding.UTF8.GetBytes(prefix));
        namespaceUri = found < 0 ? "" : Tape.NamespaceText(found);
        return found >= 0 || prefix.Length == 0;
    }

    /// <inheritdoc/>
    public bool Equals(XmlElement other) => ReferenceEquals(tape, other.tape) && index == other.index;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is XmlElement other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(tape, index);

    private ReadOnlySpan<byte> Bytes(int start, int length) => Tape.Source.Span.Slice(start, length);
}

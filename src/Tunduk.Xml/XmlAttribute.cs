using System.Text;

namespace Tunduk.Xml;

/// <summary>An attribute of an element; namespace declarations are not among them.</summary>
public readonly struct XmlAttribute
{
    private readonly XmlTape tape;
    private readonly int index;

    internal XmlAttribute(XmlTape tape, int index)
    {
        this.tape = tape;
        this.index = index;
    }

    /// <summary>Name without prefix.</summary>
    public string LocalName => XmlNames.Intern(Bytes(Entry.LocalStart, Entry.LocalLength));

    /// <summary>Prefix as written; empty without one.</summary>
    public string Prefix => XmlNames.Intern(Bytes(Entry.NameStart, Entry.PrefixLength));

    /// <summary>Namespace name; empty for an attribute without prefix.</summary>
    public string NamespaceUri => tape.NamespaceText(Entry.Namespace);

    /// <summary>Normalised value (XML 1.0 §3.3.3).</summary>
    public string Value => Encoding.UTF8.GetString(ValueUtf8.Span);

    /// <summary>Normalised value; a slice of the source where nothing had to be replaced.</summary>
    public ReadOnlyMemory<byte> ValueUtf8
    {
        get
        {
            ReadOnlyMemory<byte> raw = tape.Source[Entry.ValueStart..Entry.ValueEnd];
            if (!Entry.NeedsDecoding)
            {
                return raw;
            }

            byte[] decoded = new byte[raw.Length];
            return decoded.AsMemory(0, XmlText.Decode(raw.Span, isAttribute: true, decoded));
        }
    }

    /// <summary>The value between its quotes, as written.</summary>
    public XmlRange ValueRange => new(Entry.ValueStart, Entry.ValueEnd);

    internal ref XmlAttributeEntry Entry => ref tape.AttributeEntries[index];

    /// <summary>Compares expanded names without allocating.</summary>
    public bool Is(ReadOnlySpan<byte> namespaceUri, ReadOnlySpan<byte> localName) =>
        Bytes(Entry.LocalStart, Entry.LocalLength).SequenceEqual(localName)
        && tape.NamespaceBytes(Entry.Namespace).SequenceEqual(namespaceUri);

    /// <summary>Compares expanded names without allocating.</summary>
    public bool Is(string namespaceUri, string localName) =>
        XmlNames.AreEqual(Bytes(Entry.LocalStart, Entry.LocalLength), localName)
        && XmlNames.AreEqual(tape.NamespaceBytes(Entry.Namespace), namespaceUri);

    private ReadOnlySpan<byte> Bytes(int start, int length) => tape.Source.Span.Slice(start, length);
}

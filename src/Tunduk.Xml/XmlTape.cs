using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Xml;

/// <summary>
/// A parsed document: a flat array of nodes with byte offsets into the source. The one reader for messages from outside, so
/// that headers, signatures and canonical forms are taken from one and the same parse.
/// </summary>
/// <remarks>
/// XML 1.0 (fifth edition) and Namespaces in XML 1.0, UTF-8 only, a byte order mark allowed. A document type declaration is
/// always refused. Values are decoded when they are read. The source must not change while the tape is in use; after
/// <see cref="Dispose"/> neither the tape nor its elements may be used. Not disposing costs memory, not correctness.
/// Reading one tape from several threads at once is safe.
/// </remarks>
public sealed class XmlTape : IDisposable
{
    internal const int NoNamespace = 0;
    internal const int XmlNamespace = 1;
    internal const int XmlnsNamespace = 2;

    internal XmlNode[] Nodes = [];
    internal int NodeCount;
    internal XmlAttributeEntry[] AttributeEntries = [];
    internal int AttributeCount;
    internal XmlNamespaceEntry[] Namespaces = [];
    internal int NamespaceCount;
    internal int RootIndex = -1;

    internal XmlTape(ReadOnlyMemory<byte> source) => Source = source;

    /// <summary>The document as given.</summary>
    public ReadOnlyMemory<byte> Source { get; }

    /// <summary>The document element.</summary>
    public XmlElement Root => new(this, RootIndex);

    /// <summary>Bytes of the byte order mark: 0 or 3.</summary>
    public int ByteOrderMarkLength { get; internal set; }

    /// <summary>Processing instructions in the document, the XML declaration not counted.</summary>
    public int ProcessingInstructionCount { get; internal set; }

    /// <summary>Comments in the document.</summary>
    public int CommentCount { get; internal set; }

    /// <summary>Parses with the default limits.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out XmlTape? tape, out XmlFault fault) =>
        TryParse(utf8, XmlLimits.Default, out tape, out fault);

    /// <summary>Parses a document; never throws for what the bytes hold.</summary>
    /// <param name="utf8">The document. It is not copied.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="tape">The result, to be disposed.</param>
    /// <param name="fault">The first fault, when there is no result.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8, XmlLimits limits, [NotNullWhen(true)] out XmlTape? tape, out XmlFault fault)
    {
        var parsed = new XmlTape(utf8);
        var parser = new XmlTapeParser(parsed, limits);
        XmlFaultCode code = parser.Parse();
        if (code == XmlFaultCode.None)
        {
            tape = parsed;
            fault = default;
            return true;
        }

        fault = XmlFault.At(code, utf8.Span, parser.FaultOffset);
        parsed.Dispose();
        tape = null;
        return false;
    }

    /// <summary>Returns the arrays to the pool.</summary>
    public void Dispose()
    {
        XmlNode[] nodes = Nodes;
        XmlAttributeEntry[] attributes = AttributeEntries;
        XmlNamespaceEntry[] namespaces = Namespaces;
        Nodes = [];
        AttributeEntries = [];
        Namespaces = [];
        RootIndex = -1;
        Return(nodes);
        Return(attributes);
        if (namespaces.Length > 0)
        {
            ArrayPool<XmlNamespaceEntry>.Shared.Return(namespaces, clearArray: true);
        }
    }

    internal ReadOnlySpan<byte> NamespaceBytes(int index) => Namespaces[index].Of(Source.Span);

    internal string NamespaceText(int index)
    {
        ref XmlNamespaceEntry entry = ref Namespaces[index];
        return entry.Text ??= XmlNames.Intern(entry.Of(Source.Span));
    }

    private static void Return<T>(T[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<T>.Shared.Return(array);
        }
    }
}

using System.Text;
using System.Xml;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// Writes a SOAP answer the way the provider's security server does: UTF-8 declared, no processing instructions, every
/// element with an end tag, line breaks and tabs in attribute values raw, an existing requestHash dropped and a new one
/// right after <c>id</c>, carrying a copy of all attributes of <c>id</c> and <c>algorithmId</c>.
/// LIMIT: a character reference in text comes out as the character (a carriage return stays a reference), where the real
/// one keeps the reference; the infoset is the same.
/// </summary>
internal sealed class SoapRewriter : IDisposable
{
    private static readonly byte[] Declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"u8.ToArray();
    private readonly MemoryStream _output;
    private readonly XmlWriter _writer;
    private readonly string? _requestHash;
    private readonly IReadOnlyCollection<string> _drop;
    private List<(string Prefix, string Name, string Namespace, string Value)>? _idAttributes;
    private string _idPrefix = "";
    private int _dropping;
    private string? _field;
    private bool _inBody;
    private bool _inEcho;
    private bool _altered;

    /// <summary>
    /// The rewriter for one message. <paramref name="requestHash"/> null leaves an existing requestHash as it is;
    /// <paramref name="drop"/> names header fields to leave out.
    /// </summary>
    public SoapRewriter(string? requestHash, int capacity, Encoding encoding, IReadOnlyCollection<string> drop)
    {
        _requestHash = requestHash;
        _drop = drop;
        _output = new MemoryStream(capacity + 512);
        _output.Write(Declaration);
        _writer = XmlWriter.Create(_output, new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            // UTF-8 is declared whatever is written: a provider that answers in another charset gets a broken answer.
            Encoding = encoding,
            NewLineHandling = NewLineHandling.None,
            CheckCharacters = false,
            CloseOutput = false,
        });
    }

    /// <summary>Set to alter the texts of X-Road header fields on the way.</summary>
    public Func<string, string, string>? AlterHeader { get; init; }

    /// <summary>Set to alter the first text of the body on the way that is not in the echoed request.</summary>
    public Func<string, string>? AlterBody { get; init; }

    private bool Dropping => _dropping > 0;

    public void Start(XmlReader reader, string? headerField)
    {
        if (reader.Depth <= 2)
        {
            _field = headerField;
        }

        if (reader.Depth == 1)
        {
            _inBody = reader.LocalName == "Body";
        }
        else if (reader.Depth == 3)
        {
            _inEcho = reader.LocalName == "request";
        }

        if (Dropping || (headerField is not null && (_drop.Contains(headerField) || (_requestHash is not null && headerField == "requestHash"))))
        {
            _dropping++;
            return;
        }

        _writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
        bool isId = headerField == "id" && _requestHash is not null;
        if (isId)
        {
            _idAttributes = [];
            _idPrefix = reader.Prefix;
        }

        if (reader.MoveToFirstAttribute())
        {
            do
            {
                _writer.WriteAttributeString(reader.Prefix, reader.LocalName, reader.NamespaceURI, reader.Value);
                if (isId)
                {
                    _idAttributes!.Add((reader.Prefix, reader.LocalName, reader.NamespaceURI, reader.Value));
                }
            }
            while (reader.MoveToNextAttribute());
            reader.MoveToElement();
        }
    }

    public void End(int depth)
    {
        if (Dropping)
        {
            _dropping--;
            return;
        }

        _writer.WriteFullEndElement();
        if (depth == 2 && _idAttributes is { } attributes)
        {
            _idAttributes = null;
            _writer.WriteStartElement(_idPrefix, "requestHash", SoapNames.XRoad);
            foreach ((string prefix, string name, string ns, string value) in attributes)
            {
                _writer.WriteAttributeString(prefix, name, ns, value);
            }

            _writer.WriteAttributeString("algorithmId", SoapNames.Sha512);
            _writer.WriteString(_requestHash);
            _writer.WriteFullEndElement();
        }

        if (depth <= 2)
        {
            _field = null;
        }
    }

    public void Text(XmlReader reader)
    {
        if (Dropping || reader.Depth == 0)
        {
            return;
        }

        string text = reader.Value;
        if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
        {
            text = Altered(text);
        }

        if (reader.NodeType == XmlNodeType.CDATA)
        {
            _writer.WriteCData(text);
            return;
        }

        int from = 0;
        int cr;
        while ((cr = text.IndexOf('\r', from)) >= 0)
        {
            // A bare carriage return would come back as a line feed: it was written as a reference and stays one.
            _writer.WriteString(text[from..cr]);
            _writer.WriteCharEntity('\r');
            from = cr + 1;
        }

        _writer.WriteString(from == 0 ? text : text[from..]);
    }

    private string Altered(string text)
    {
        if (_field is not null)
        {
            return AlterHeader?.Invoke(_field, text) ?? text;
        }

        if (AlterBody is null || !_inBody || _inEcho || _altered)
        {
            return text;
        }

        _altered = true;
        return AlterBody(text);
    }

    public void Comment(XmlReader reader)
    {
        if (!Dropping)
        {
            _writer.WriteComment(reader.Value);
        }
    }

    public void Finish() => _writer.Flush();

    public ReadOnlyMemory<byte> Written()
    {
        _output.WriteByte((byte)'\n');
        return _output.GetBuffer().AsMemory(0, checked((int)_output.Length));
    }

    public void Dispose()
    {
        _writer.Dispose();
        _output.Dispose();
    }
}

using System.Text;
using System.Xml;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// Reads a SOAP message in one pass, event by event, as a security server does, and optionally writes it again while it
/// reads (<see cref="SoapRewriter"/>). Independent of the adapter's own XML and X-Road code.
/// </summary>
internal sealed class SoapScanner
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        // SAX reports characters that XML 1.0 forbids as errors; so does this.
        CheckCharacters = true,
    };

    private readonly SoapHead _head = new();
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal);
    private string? _section;
    private string? _field;
    private string? _part;
    private string? _objectType;
    private int _bodyChildren;
    private bool _hasHeader;
    private bool _hasBody;
    private ServerFault? _fault;

    /// <summary>
    /// Reads a message; a fault has no prefix yet, since it depends on whose message it was. The charset of its Content-Type counts,
    /// whatever its XML declaration says.
    /// </summary>
    public static (SoapHead Head, ServerFault? Fault) Scan(ReadOnlyMemory<byte> message, Encoding charset, SoapRewriter? rewriter = null)
    {
        var scanner = new SoapScanner();
        try
        {
            using StreamReader text = SoapText.Open(message, charset);
            using var reader = XmlReader.Create(text, Settings);
            ServerFault? fault = scanner.Run(reader, rewriter);
            return (scanner._head, fault);
        }
        catch (XmlException e)
        {
            return (scanner._head, new ServerFault("invalid_soap", $"Not well-formed XML at line {e.LineNumber}, position {e.LinePosition}"));
        }
    }

    private ServerFault? Run(XmlReader reader, SoapRewriter? rewriter)
    {
        while (_fault is null && reader.Read())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    bool empty = reader.IsEmptyElement;
                    Start(reader);
                    rewriter?.Start(reader, InHeader(reader.Depth) ? _field : null);
                    if (empty)
                    {
                        End(reader.Depth);
                        rewriter?.End(reader.Depth);
                    }

                    break;
                case XmlNodeType.EndElement:
                    End(reader.Depth);
                    rewriter?.End(reader.Depth);
                    break;
                case XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA:
                    if (_field is not null)
                    {
                        _text.Append(reader.Value);
                    }

                    rewriter?.Text(reader);
                    break;
                case XmlNodeType.Comment:
                    rewriter?.Comment(reader);
                    break;
                default:
                    break; // processing instructions and the declaration do not survive
            }
        }

        rewriter?.Finish();
        return _fault ?? Complete();
    }

    private bool InHeader(int depth) => _section == "Header" && depth == 2;

    private void Start(XmlReader reader)
    {
        switch (reader.Depth)
        {
            case 0 when reader.LocalName != "Envelope" || reader.NamespaceURI != SoapNames.Envelope:
                _fault = new ServerFault("invalid_soap", "Malformed SOAP message: envelope missing");
                break;
            case 1:
                _section = reader.NamespaceURI == SoapNames.Envelope ? reader.LocalName : null;
                _hasHeader |= _section == "Header";
                _hasBody |= _section == "Body";
                break;
            case 2 when _section == "Header":
                StartField(reader);
                break;
            case 2 when _section == "Body":
                _bodyChildren++;
                _head.BodyElement = reader.LocalName;
                _head.BodyNamespace = reader.NamespaceURI;
                _head.IsFault = reader.NamespaceURI == SoapNames.Envelope && reader.LocalName == "Fault";
                break;
            case 3 when _field is not null:
                bool known = _field == "representedParty"
                    ? reader.NamespaceURI == SoapNames.Representation
                    : reader.NamespaceURI == SoapNames.Identifiers;
                _part = known ? reader.LocalName : null;
                _text.Clear();
                break;
            default:
                break;
        }
    }

    private void StartField(XmlReader reader)
    {
        bool known = reader.NamespaceURI switch
        {
            SoapNames.XRoad => reader.LocalName is "client" or "service" or "securityServer" or "id" or "userId" or "issue"
                or "protocolVersion" or "requestHash",
            SoapNames.Representation => reader.LocalName == "representedParty",
            _ => false,
        };
        _field = known ? reader.LocalName : null;
        if (!known)
        {
            return;
        }

        _text.Clear();
        _parts.Clear();
        _objectType = reader.GetAttribute("objectType", SoapNames.Identifiers);
        if (!_seen.Add(reader.LocalName))
        {
            _fault = new ServerFault("duplicate_header_field", $"SOAP header contains duplicate field '{reader.LocalName}'");
        }
    }

    private void End(int depth)
    {
        switch (depth)
        {
            case 1:
                _section = null;
                break;
            case 2 when _field is not null:
                EndField(_field);
                _field = null;
                break;
            case 3 when _part is not null:
                _parts[_part] = _text.ToString().Trim();
                _part = null;
                break;
            default:
                break;
        }
    }

    private void EndField(string field)
    {
        switch (field)
        {
            case "id":
                _head.Id = _text.ToString();
                break;
            case "userId":
                _head.UserId = _text.ToString();
                break;
            case "issue":
                _head.Issue = _text.ToString();
                break;
            case "protocolVersion":
                _head.ProtocolVersion = _text.ToString().Trim();
                break;
            case "requestHash":
                _head.RequestHash = _text.ToString().Trim();
                break;
            case "representedParty":
                _head.RepresentedParty = (_parts.GetValueOrDefault("partyClass"), _parts.GetValueOrDefault("partyCode") ?? "");
                break;
            default:
                EndIdentifier(field);
                break;
        }
    }

    private void EndIdentifier(string field)
    {
        if (_objectType is not ("MEMBER" or "SUBSYSTEM" or "SERVER" or "SERVICE" or "GLOBALGROUP" or "LOCALGROUP"))
        {
            _fault = new ServerFault("invalid_xml", $"Missing or unknown object type of '{field}'");
            return;
        }

        if (Missing("xRoadInstance") || Missing("memberClass") || Missing("memberCode"))
        {
            return;
        }

        string? subsystem = _parts.GetValueOrDefault("subsystemCode");
        var participant = new ParticipantId(_parts["xRoadInstance"], _parts["memberClass"], _parts["memberCode"], subsystem);
        switch (field)
        {
            case "client":
                bool consistent = _objectType switch
                {
                    "MEMBER" => subsystem is null,
                    "SUBSYSTEM" => subsystem is not null,
                    _ => false,
                };
                if (!consistent)
                {
                    _fault = new ServerFault("invalid_client_identifier", "The client's object type and parts do not agree");
                }

                _head.Client = participant;
                break;
            case "service" when _objectType != "SERVICE":
                break; // read as if there were none: missing_header_field
            case "service" when !Missing("serviceCode"):
                _head.Service = new ServedId(participant, _parts["serviceCode"], _parts.GetValueOrDefault("serviceVersion"));
                break;
            case "securityServer" when !Missing("serverCode"):
                _head.SecurityServer = $"{participant.Member}/{_parts["serverCode"]}";
                break;
            default:
                break;
        }
    }

    private bool Missing(string part)
    {
        bool missing = string.IsNullOrEmpty(_parts.GetValueOrDefault(part));
        if (missing)
        {
            _fault ??= MissingField(part);
        }

        return missing;
    }

    private ServerFault? Complete()
    {
        if (!_hasBody)
        {
            return new ServerFault("missing_body", "Malformed SOAP message: body missing");
        }

        if (_head.IsFault)
        {
            return null; // faults have no X-Road headers
        }

        if (!_hasHeader)
        {
            return new ServerFault("missing_header", "Malformed SOAP message: header missing");
        }

        if (_head.Client is null || _head.Service is null || _head.Id is null || _head.ProtocolVersion is null)
        {
            return MissingField(
                _head.Client is null ? "client" : _head.Id is null ? "id" : _head.Service is null ? "service" : "protocolVersion");
        }

        if (!_head.ProtocolVersion.StartsWith("4.", StringComparison.Ordinal))
        {
            return new ServerFault("invalid_protocol_version", "The protocol version is not supported");
        }

        if (_bodyChildren != 1)
        {
            return new ServerFault("invalid_body", "Malformed SOAP message: body must have exactly one child element");
        }

        return _head.BodyElement!.StartsWith(_head.Service.Value.ServiceCode, StringComparison.Ordinal)
            ? null
            : new ServerFault("inconsistent_headers", "The service code does not match in header and body");
    }

    private static ServerFault MissingField(string field) => new("missing_header_field", $"Required field '{field}' is missing");
}

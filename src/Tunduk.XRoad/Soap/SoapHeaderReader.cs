using System.Collections.Immutable;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Soap;

/// <summary>Reads the X-Road blocks of a Header, each at most once (PR-MESS 2.2).</summary>
internal ref struct SoapHeaderReader
{
    private readonly IdentifierRules _rules;
    private ProtocolFault _fault;
    private ClientId _client;
    private ServiceId? _service;
    private SecurityServerId? _server;
    private RepresentedParty? _party;
    private SecurityToken? _token;
    private RequestHash? _hash;
    private string? _id;
    private string? _userId;
    private string? _issue;
    private string? _version;

    private SoapHeaderReader(IdentifierRules rules) => _rules = rules;

    public static SoapHeaders? Read(
        XmlElement header,
        SoapBodyKind kind,
        SoapReaderOptions options,
        List<XmlElement> others,
        out ProtocolFault fault)
    {
        if (!header.Exists)
        {
            fault = new ProtocolFault("header-block-missing", XRoadFaultCode.MissingHeader, "Envelope", Phrases.Of("Soap.Header"), Phrases.Of("Soap.None"));
            return null;
        }

        SoapHeaderReader reader = new(options.Identifiers);
        ImmutableArray<SoapHeaderName>.Builder order = ImmutableArray.CreateBuilder<SoapHeaderName>(10);
        int seen = 0, blocks = 0;
        foreach (XmlElement child in header.Children)
        {
            if (++blocks > options.MaxHeaderBlocks)
            {
                fault = new ProtocolFault("header-blocks", XRoadFaultCode.InvalidSoap, "Header", Phrases.Of("Soap.MostBlocks", options.MaxHeaderBlocks), Phrases.Of("Soap.More"));
                return null;
            }

            if (NameOf(child) is not { } name)
            {
                if (child.Is(SoapNames.XRoad, "centralService"u8))
                {
                    fault = new ProtocolFault("central-service", XRoadFaultCode.InvalidXml, "Header/centralService", "service", Phrases.Of("Soap.CentralServiceRemovedXRoad"));
                    return null;
                }

                others.Add(child);
                continue;
            }

            if ((seen & (1 << (int)name)) != 0)
            {
                fault = new ProtocolFault("header-duplicate", XRoadFaultCode.DuplicateHeaderField, $"Header/{child.LocalName}", Phrases.Of("Soap.One"), Phrases.Of("Soap.Two"));
                return null;
            }

            seen |= 1 << (int)name;
            order.Add(name);
            if (!reader.ReadOne(name, child))
            {
                fault = reader._fault;
                return null;
            }
        }

        fault = reader.CheckMandatory(kind);
        return !fault.IsNone ? null : new SoapHeaders
        {
            Client = reader._client,
            Service = reader._service,
            Id = reader._id!,
            UserId = reader._userId,
            Issue = reader._issue,
            ProtocolVersion = reader._version!,
            RepresentedParty = reader._party,
            SecurityServer = reader._server,
            SecurityToken = reader._token,
            RequestHash = reader._hash,
            Order = order.DrainToImmutable(),
        };
    }

    private static SoapHeaderName? NameOf(XmlElement element)
    {
        ReadOnlySpan<byte> space = element.NamespaceUriUtf8;
        ReadOnlySpan<byte> name = element.LocalNameUtf8;
        if (space.SequenceEqual(SoapNames.XRoad))
        {
            return name switch
            {
                _ when name.SequenceEqual("client"u8) => SoapHeaderName.Client,
                _ when name.SequenceEqual("service"u8) => SoapHeaderName.Service,
                _ when name.SequenceEqual("id"u8) => SoapHeaderName.Id,
                _ when name.SequenceEqual("userId"u8) => SoapHeaderName.UserId,
                _ when name.SequenceEqual("issue"u8) => SoapHeaderName.Issue,
                _ when name.SequenceEqual("protocolVersion"u8) => SoapHeaderName.ProtocolVersion,
                _ when name.SequenceEqual("securityServer"u8) => SoapHeaderName.SecurityServer,
                _ when name.SequenceEqual("requestHash"u8) => SoapHeaderName.RequestHash,
                _ => null,
            };
        }

        return space.SequenceEqual(SoapNames.Representation) && name.SequenceEqual("representedParty"u8) ? SoapHeaderName.RepresentedParty
            : space.SequenceEqual(SoapNames.SecurityToken) && name.SequenceEqual("securityToken"u8) ? SoapHeaderName.SecurityToken
            : null;
    }

    private readonly ProtocolFault CheckMandatory(SoapBodyKind kind)
    {
        string? missing = _client.IsDefault ? "client"
            : _service is null && kind == SoapBodyKind.Request ? "service"
            : string.IsNullOrEmpty(_id) ? "id"
            : _version is null ? "protocolVersion"
            : null;
        return missing is null
            ? ProtocolFault.None
            : new ProtocolFault("header-missing", XRoadFaultCode.MissingHeaderField, $"Header/{missing}", Phrases.Of("Soap.TheHeader"), Phrases.Of("Soap.None"));
    }

    private bool ReadOne(SoapHeaderName name, XmlElement element)
    {
        switch (name)
        {
            case SoapHeaderName.Client:
                return SoapIdentifierReader.TryReadClient(element, _rules, out _client, out _fault);
            case SoapHeaderName.Service:
                bool serviceRead = SoapIdentifierReader.TryReadService(element, _rules, out ServiceId service, out _fault);
                _service = service;
                return serviceRead;
            case SoapHeaderName.SecurityServer:
                bool serverRead = SoapIdentifierReader.TryReadServer(element, _rules, out SecurityServerId server, out _fault);
                _server = server;
                return serverRead;
            case SoapHeaderName.Id:
                return ReadText(element, "id", SoapHeaders.MaxValueLength, out _id);
            case SoapHeaderName.UserId:
                return ReadText(element, "userId", SoapHeaders.MaxValueLength, out _userId);
            case SoapHeaderName.Issue:
                return ReadText(element, "issue", SoapHeaders.MaxValueLength, out _issue);
            case SoapHeaderName.ProtocolVersion:
                return ReadText(element, "protocolVersion", 16, out _version)
                    && (_version!.StartsWith("4.", StringComparison.Ordinal)
                        || Refuse("protocol-version", XRoadFaultCode.InvalidProtocolVersion, "protocolVersion", "4.0", Phrases.Of("Soap.AnotherVersion")));
            case SoapHeaderName.RepresentedParty:
                bool partyRead = SoapIdentifierReader.TryReadParty(element, _rules, out RepresentedParty party, out _fault);
                _party = party;
                return partyRead;
            case SoapHeaderName.SecurityToken:
                return ReadToken(element);
            default:
                return ReadHash(element);
        }
    }

    private bool ReadText(XmlElement element, string path, int most, out string? value) =>
        SoapIdentifierReader.TryReadText(element, path, most, out value, out _fault);

    private bool ReadToken(XmlElement element)
    {
        // Either, or none: security servers do not look at it. Two would leave open which one counts.
        bool hasType = element.TryGetAttribute(string.Empty, "tokenType", out XmlAttribute type);
        bool isQualified = element.TryGetAttribute(SoapNamespaces.SecurityToken, "tokenType", out XmlAttribute qualified);
        if (hasType && isQualified)
        {
            return Refuse("token-type", XRoadFaultCode.InvalidXml, "securityToken/@tokenType", Phrases.Of("Soap.TypeMost"), Phrases.Of("Soap.Two"));
        }

        if (!ReadText(element, "securityToken", 65_536, out string? value))
        {
            return false;
        }

        _token = new SecurityToken(hasType ? type.Value : isQualified ? qualified.Value : null, value!) { IsTypeQualified = isQualified };
        return true;
    }

    private bool ReadHash(XmlElement element)
    {
        if (!ReadText(element, "requestHash", 256, out string? value))
        {
            return false;
        }

        _hash = new RequestHash(value!.Trim(), element.TryGetAttribute(string.Empty, "algorithmId", out XmlAttribute algorithm) ? algorithm.Value : string.Empty);
        return true;
    }

    private bool Refuse(string reason, XRoadFaultCode code, string path, string expected, string found)
    {
        _fault = new ProtocolFault(reason, code, "Header/" + path, expected, found);
        return false;
    }
}

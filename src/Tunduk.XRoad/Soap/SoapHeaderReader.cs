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
            fault = new ProtocolFault("header-block-missing", XRoadFaultCode.MissingHeader, "Envelope", "a Header", "none");
            return null;
        }

        SoapHeaderReader reader = new(options.Identifiers);
        ImmutableArray<SoapHeaderName>.Builder order = ImmutableArray.CreateBuilder<SoapHeaderName>(10);
        int seen = 0, blocks = 0;
        foreach (XmlElement child in header.Children)
        {
            if (++blocks > options.MaxHeaderBlocks)
            {
                fault = new ProtocolFault("header-blocks", XRoadFaultCode.InvalidSoap, "Header", $"at most {options.MaxHeaderBlocks} blocks", "more");
                return null;
            }

            if (NameOf(child) is not { } name)
            {
                if (child.Is(SoapNames.XRoad, "centralService"u8))
                {
                    fault = new ProtocolFault("central-service", XRoadFaultCode.InvalidXml, "Header/centralService", "service", "centralService, removed in X-Road 7.3");
                    return null;
                }

                others.Add(child);
                continue;
            }

            if ((seen & (1 << (int)name)) != 0)
            {
                fault = new ProtocolFault("header-duplicate", XRoadFaultCode.DuplicateHeaderField, $"Header/{child.LocalName}", "one", "two");
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

    /// <summary>A client identifier outside the headers, as in lists of clients; the path of a fault begins with Header/client.</summary>
    public static bool TryReadClient(XmlElement element, IdentifierRules rules, out ClientId client, out ProtocolFault fault)
    {
        SoapHeaderReader reader = new(rules);
        bool read = reader.ReadClient(element);
        client = reader._client;
        fault = reader._fault;
        return read;
    }

    /// <summary>A service identifier outside the headers, as in lists of methods.</summary>
    public static bool TryReadService(XmlElement element, IdentifierRules rules, out ServiceId service, out ProtocolFault fault)
    {
        SoapHeaderReader reader = new(rules);
        bool read = reader.ReadService(element);
        service = reader._service.GetValueOrDefault();
        fault = reader._fault;
        return read;
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
            : new ProtocolFault("header-missing", XRoadFaultCode.MissingHeaderField, $"Header/{missing}", "the header", "none");
    }

    private bool ReadOne(SoapHeaderName name, XmlElement element)
    {
        switch (name)
        {
            case SoapHeaderName.Client:
                return ReadClient(element);
            case SoapHeaderName.Service:
                return ReadService(element);
            case SoapHeaderName.SecurityServer:
                return ReadServer(element);
            case SoapHeaderName.Id:
                return ReadText(element, "id", SoapHeaders.MaxValueLength, out _id);
            case SoapHeaderName.UserId:
                return ReadText(element, "userId", SoapHeaders.MaxValueLength, out _userId);
            case SoapHeaderName.Issue:
                return ReadText(element, "issue", SoapHeaders.MaxValueLength, out _issue);
            case SoapHeaderName.ProtocolVersion:
                return ReadText(element, "protocolVersion", 16, out _version)
                    && (_version!.StartsWith("4.", StringComparison.Ordinal)
                        || Refuse("protocol-version", XRoadFaultCode.InvalidProtocolVersion, "protocolVersion", "4.0", "another version"));
            case SoapHeaderName.RepresentedParty:
                return ReadParty(element);
            case SoapHeaderName.SecurityToken:
                return ReadToken(element);
            default:
                return ReadHash(element);
        }
    }

    private bool ReadClient(XmlElement element)
    {
        if (!ReadObjectType(element, "client", out ReadOnlyMemory<byte> type))
        {
            return false;
        }

        bool subsystem = type.Span.SequenceEqual("SUBSYSTEM"u8);
        if (!subsystem && !type.Span.SequenceEqual("MEMBER"u8))
        {
            return Refuse("object-type", XRoadFaultCode.InvalidXml, "client/@objectType", "MEMBER or SUBSYSTEM", "another object type");
        }

        SoapIdentifierParts parts = default;
        if (!ReadParts(element, "client", SoapIdentifierParts.ClientParts, ref parts))
        {
            return false;
        }

        if (subsystem != (parts.Subsystem is not null))
        {
            return Refuse("client-identifier", XRoadFaultCode.InvalidClientIdentifier, "client", subsystem ? "SUBSYSTEM with subsystemCode" : "MEMBER without subsystemCode", subsystem ? "none" : "a subsystemCode");
        }

        return ClientId.TryCreate(parts.Instance, parts.Class, parts.Code, parts.Subsystem, _rules, out _client, out IdentifierFault fault)
            || Refuse(fault, "client", XRoadFaultCode.InvalidClientIdentifier);
    }

    private bool ReadService(XmlElement element)
    {
        SoapIdentifierParts parts = default;
        if (!ReadObjectType(element, "service", out ReadOnlyMemory<byte> type)
            || !RequireType(type, "SERVICE"u8, "service", "SERVICE")
            || !ReadParts(element, "service", SoapIdentifierParts.ServiceParts, ref parts))
        {
            return false;
        }

        if (!ClientId.TryCreate(parts.Instance, parts.Class, parts.Code, parts.Subsystem, _rules, out ClientId provider, out IdentifierFault fault)
            || !ServiceId.TryCreate(provider, parts.Service, parts.Version, _rules, out ServiceId service, out fault))
        {
            return Refuse(fault, "service", XRoadFaultCode.InvalidXml);
        }

        _service = service;
        return true;
    }

    private bool ReadServer(XmlElement element)
    {
        SoapIdentifierParts parts = default;
        if (!ReadObjectType(element, "securityServer", out ReadOnlyMemory<byte> type)
            || !RequireType(type, "SERVER"u8, "securityServer", "SERVER")
            || !ReadParts(element, "securityServer", SoapIdentifierParts.ServerParts, ref parts))
        {
            return false;
        }

        if (!SecurityServerId.TryCreate(parts.Instance, parts.Class, parts.Code, parts.Server, _rules, out SecurityServerId server, out IdentifierFault fault))
        {
            return Refuse(fault, "securityServer", XRoadFaultCode.InvalidSecurityServer);
        }

        _server = server;
        return true;
    }

    private bool ReadParty(XmlElement element)
    {
        SoapIdentifierParts parts = default;
        if (!ReadParts(element, "representedParty", SoapIdentifierParts.PartyParts, ref parts))
        {
            return false;
        }

        if (!RepresentedParty.TryCreate(parts.PartyClass, parts.PartyCode, _rules, out RepresentedParty party, out IdentifierFault fault))
        {
            return Refuse(fault, "representedParty", XRoadFaultCode.InvalidXml);
        }

        _party = party;
        return true;
    }

    private bool ReadToken(XmlElement element)
    {
        if (!element.TryGetAttribute(string.Empty, "tokenType", out XmlAttribute type))
        {
            return Refuse("token-type", XRoadFaultCode.InvalidXml, "securityToken/@tokenType", "a type", "none");
        }

        if (!ReadText(element, "securityToken", 65_536, out string? value))
        {
            return false;
        }

        _token = new SecurityToken(type.Value, value!);
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

    /// <summary>objectType is an attribute of the identifiers namespace; without a prefix it is another attribute.</summary>
    private bool ReadObjectType(XmlElement element, string header, out ReadOnlyMemory<byte> type)
    {
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (attribute.Is(SoapNames.Identifiers, "objectType"u8))
            {
                type = attribute.ValueUtf8;
                return true;
            }
        }

        type = default;
        bool unqualified = element.TryGetAttribute(string.Empty, "objectType", out _);
        return Refuse("object-type-missing", XRoadFaultCode.InvalidXml, $"{header}/@objectType", $"an attribute in {SoapNamespaces.Identifiers}", unqualified ? "one in no namespace" : "none");
    }

    private bool RequireType(ReadOnlyMemory<byte> type, ReadOnlySpan<byte> wanted, string header, string expected) =>
        type.Span.SequenceEqual(wanted)
        || Refuse("object-type", XRoadFaultCode.InvalidXml, $"{header}/@objectType", expected, "another object type");

    private bool ReadParts(XmlElement element, string header, ReadOnlySpan<string> allowed, ref SoapIdentifierParts parts)
    {
        int next = 0;
        ReadOnlySpan<byte> space = header == "representedParty" ? SoapNames.Representation : SoapNames.Identifiers;
        foreach (XmlElement child in element.Children)
        {
            string name = child.LocalName;
            int at = child.NamespaceUriUtf8.SequenceEqual(space) ? allowed.IndexOf(name) : -1;
            if (at < next)
            {
                string found = at < 0 ? "another element" : $"{name} out of its place";
                return Refuse("identifier-children", XRoadFaultCode.InvalidXml, header, string.Join(", ", allowed.ToArray()) + " in this order, each once", found);
            }

            next = at + 1;
            if (!ReadText(child, $"{header}/{name}", SoapHeaders.MaxValueLength, out string? value))
            {
                return false;
            }

            parts.Set(name, value!);
        }

        return SoapNames.IsWhiteSpace(element.TextUtf8.Span)
            || Refuse("identifier-text", XRoadFaultCode.InvalidXml, header, "elements only", "text between them");
    }

    private bool ReadText(XmlElement element, string path, int most, out string? value)
    {
        value = null;
        if (!element.HasOnlyText)
        {
            return Refuse("header-content", XRoadFaultCode.InvalidXml, path, "text only", "an element or processing instruction in it");
        }

        ReadOnlyMemory<byte> text = element.TextUtf8;
        if (text.Length > most)
        {
            return Refuse("header-too-long", XRoadFaultCode.InvalidXml, path, $"at most {most} bytes", $"{text.Length} bytes");
        }

        value = System.Text.Encoding.UTF8.GetString(text.Span);
        return true;
    }

    private bool Refuse(string reason, XRoadFaultCode code, string path, string expected, string found)
    {
        _fault = new ProtocolFault(reason, code, "Header/" + path, expected, found);
        return false;
    }

    private bool Refuse(IdentifierFault fault, string header, XRoadFaultCode code)
    {
        _fault = ProtocolFault.Of(fault, code, "Header/" + header);
        return false;
    }
}

using Tunduk.Xml;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// Reads the identifiers of headers and metaservice lists: objectType as a qualified attribute, the parts in their order, each once,
/// nothing but text in them (PR-MESS 2.1). Paths of faults begin with Header.
/// </summary>
internal static class SoapIdentifierReader
{
    public static bool TryReadClient(XmlElement element, IdentifierRules rules, out ClientId client, out ProtocolFault fault)
    {
        client = default;
        if (!TryReadObjectType(element, "client", out ReadOnlyMemory<byte> type, out fault))
        {
            return false;
        }

        bool subsystem = type.Span.SequenceEqual("SUBSYSTEM"u8);
        if (!subsystem && !type.Span.SequenceEqual("MEMBER"u8))
        {
            return Refuse("object-type", XRoadFaultCode.InvalidXml, "client/@objectType", Phrases.Of("Soap.MemberSubsystem"), Phrases.Of("Soap.AnotherObjectType"), out fault);
        }

        SoapIdentifierParts parts = default;
        if (!TryReadParts(element, "client", SoapIdentifierParts.ClientParts, ref parts, out fault))
        {
            return false;
        }

        if (subsystem != (parts.Subsystem is not null))
        {
            return Refuse(
                "client-identifier",
                XRoadFaultCode.InvalidClientIdentifier,
                "client",
                subsystem ? Phrases.Of("Soap.SubsystemSubsystemCode") : Phrases.Of("Soap.MemberWithoutSubsystemCode"),
                subsystem ? Phrases.Of("Soap.None") : Phrases.Of("Soap.SubsystemCode"),
                out fault);
        }

        return ClientId.TryCreate(parts.Instance, parts.Class, parts.Code, parts.Subsystem, rules, out client, out IdentifierFault wrong)
            || Refuse(wrong, "client", XRoadFaultCode.InvalidClientIdentifier, out fault);
    }

    public static bool TryReadService(XmlElement element, IdentifierRules rules, out ServiceId service, out ProtocolFault fault)
    {
        service = default;
        SoapIdentifierParts parts = default;
        if (!TryReadObjectType(element, "service", out ReadOnlyMemory<byte> type, out fault)
            || !RequireType(type, "SERVICE"u8, "service", "SERVICE", out fault)
            || !TryReadParts(element, "service", SoapIdentifierParts.ServiceParts, ref parts, out fault))
        {
            return false;
        }

        return (ClientId.TryCreate(parts.Instance, parts.Class, parts.Code, parts.Subsystem, rules, out ClientId provider, out IdentifierFault wrong)
                && ServiceId.TryCreate(provider, parts.Service, parts.Version, rules, out service, out wrong))
            || Refuse(wrong, "service", XRoadFaultCode.InvalidXml, out fault);
    }

    public static bool TryReadServer(XmlElement element, IdentifierRules rules, out SecurityServerId server, out ProtocolFault fault)
    {
        server = default;
        SoapIdentifierParts parts = default;
        if (!TryReadObjectType(element, "securityServer", out ReadOnlyMemory<byte> type, out fault)
            || !RequireKnownType(type, "securityServer", out fault)
            || !TryReadParts(element, "securityServer", SoapIdentifierParts.ServerParts, ref parts, out fault))
        {
            return false;
        }

        return SecurityServerId.TryCreate(parts.Instance, parts.Class, parts.Code, parts.Server, rules, out server, out IdentifierFault wrong)
            || Refuse(wrong, "securityServer", XRoadFaultCode.InvalidSecurityServer, out fault);
    }

    public static bool TryReadParty(XmlElement element, IdentifierRules rules, out RepresentedParty party, out ProtocolFault fault)
    {
        party = default;
        SoapIdentifierParts parts = default;
        return TryReadParts(element, "representedParty", SoapIdentifierParts.PartyParts, ref parts, out fault)
            && (RepresentedParty.TryCreate(parts.PartyClass, parts.PartyCode, rules, out party, out IdentifierFault wrong)
                || Refuse(wrong, "representedParty", XRoadFaultCode.InvalidXml, out fault));
    }

    /// <summary>The text of an element that may hold nothing else; comments and CDATA make no difference.</summary>
    public static bool TryReadText(XmlElement element, string path, int most, out string? value, out ProtocolFault fault)
    {
        value = null;
        fault = ProtocolFault.None;
        if (!element.HasOnlyText)
        {
            return Refuse("header-content", XRoadFaultCode.InvalidXml, path, Phrases.Of("Soap.TextOnly"), Phrases.Of("Soap.ElementProcessingInstruction"), out fault);
        }

        ReadOnlyMemory<byte> text = element.TextUtf8;
        if (text.Length > most)
        {
            return Refuse("header-too-long", XRoadFaultCode.InvalidXml, path, Phrases.Of("Soap.MostBytes", most), Phrases.Of("Soap.BytesGiven", text.Length), out fault);
        }

        value = System.Text.Encoding.UTF8.GetString(text.Span);
        return true;
    }

    /// <summary>objectType is an attribute of the identifiers namespace; without a prefix it is another attribute.</summary>
    private static bool TryReadObjectType(XmlElement element, string header, out ReadOnlyMemory<byte> type, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
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
        return Refuse(
            "object-type-missing",
            XRoadFaultCode.InvalidXml,
            $"{header}/@objectType",
            Phrases.Of("Soap.Attribute", SoapNamespaces.Identifiers),
            unqualified ? Phrases.Of("Soap.NoNamespace") : Phrases.Of("Soap.None"),
            out fault);
    }

    private static bool RequireType(ReadOnlyMemory<byte> type, ReadOnlySpan<byte> wanted, string header, string expected, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        return type.Span.SequenceEqual(wanted)
            || Refuse("object-type", XRoadFaultCode.InvalidXml, $"{header}/@objectType", expected, Phrases.Of("Soap.AnotherObjectType"), out fault);
    }

    /// <summary>Security servers read the parts of a securityServer whatever known type it says it is; so does this.</summary>
    private static bool RequireKnownType(ReadOnlyMemory<byte> type, string header, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        return System.Text.Encoding.UTF8.GetString(type.Span) is "MEMBER" or "SUBSYSTEM" or "SERVER" or "GLOBALGROUP" or "LOCALGROUP" or "SERVICE"
            || Refuse("object-type", XRoadFaultCode.InvalidXml, $"{header}/@objectType", "SERVER", Phrases.Of("Soap.UnknownObjectType"), out fault);
    }

    private static bool TryReadParts(
        XmlElement element,
        string header,
        ReadOnlySpan<string> allowed,
        ref SoapIdentifierParts parts,
        out ProtocolFault fault)
    {
        int next = 0;
        ReadOnlySpan<byte> space = header == "representedParty" ? SoapNames.Representation : SoapNames.Identifiers;
        foreach (XmlElement child in element.Children)
        {
            string name = child.LocalName;
            int at = child.NamespaceUriUtf8.SequenceEqual(space) ? allowed.IndexOf(name) : -1;
            if (at < next)
            {
                string found = at < 0 ? Phrases.Of("Soap.AnotherElement") : Phrases.Of("Soap.OutPlace", name);
                return Refuse("identifier-children", XRoadFaultCode.InvalidXml, header, Phrases.Of("Soap.OrderEachOnce", string.Join(", ", allowed)), found, out fault);
            }

            next = at + 1;
            if (!TryReadText(child, $"{header}/{name}", SoapHeaders.MaxValueLength, out string? value, out fault))
            {
                return false;
            }

            parts.Set(name, value!);
        }

        fault = ProtocolFault.None;
        return SoapNames.IsWhiteSpace(element.TextUtf8.Span)
            || Refuse("identifier-text", XRoadFaultCode.InvalidXml, header, Phrases.Of("Soap.ElementsOnly"), Phrases.Of("Soap.TextBetweenThem"), out fault);
    }

    private static bool Refuse(string reason, XRoadFaultCode code, string path, string expected, string found, out ProtocolFault fault)
    {
        fault = new ProtocolFault(reason, code, "Header/" + path, expected, found);
        return false;
    }

    private static bool Refuse(IdentifierFault wrong, string header, XRoadFaultCode code, out ProtocolFault fault)
    {
        fault = ProtocolFault.Of(wrong, code, "Header/" + header);
        return false;
    }
}

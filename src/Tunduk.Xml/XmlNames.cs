using System.Text;

namespace Tunduk.Xml;

/// <summary>Strings for names and namespace names that occur in nearly every message, so that reading them allocates nothing.</summary>
internal static class XmlNames
{
    private const int Slots = 512;

    private static readonly string[] WellKnown =
    [
        "Envelope", "Header", "Body", "Fault", "faultcode", "faultstring", "faultactor", "detail", "faultDetail",
        "client", "service", "id", "userId", "issue", "protocolVersion", "securityServer", "securityToken", "requestHash",
        "representedParty", "partyClass", "partyCode", "xRoadInstance", "memberClass", "memberCode", "subsystemCode",
        "serviceCode", "serviceVersion", "serverCode", "objectType", "algorithmId", "tokenType", "request", "response",
        "Security", "Timestamp", "Created", "Expires", "BinarySecurityToken", "EncodingType", "ValueType", "Signature",
        "SignedInfo", "CanonicalizationMethod", "SignatureMethod", "Reference", "Transforms", "Transform",
        "InclusiveNamespaces", "PrefixList", "DigestMethod", "DigestValue", "SignatureValue", "KeyInfo",
        "SecurityTokenReference", "URI", "Algorithm", "Id", "Exchange", "Checkpoint", "RequestHash", "Attachment",
        "SignatureConfirmation", "Value", "name", "type", "nil", "kind", "digest", "pin", "Include", "href", "xmlns", "xml",
        "xrd", "soapenv", "soap", "SOAP-ENV", "wsse", "wsu", "ds", "ta", "iden", "repr", "xsi", "xsd", "tns",
        "http://schemas.xmlsoap.org/soap/envelope/", "http://x-road.eu/xsd/xroad.xsd", "http://x-road.eu/xsd/identifiers",
        "http://x-road.eu/xsd/representation.xsd", "http://x-road.eu/xsd/security-token.xsd",
        "http://www.w3.org/2001/XMLSchema-instance", "http://www.w3.org/2001/XMLSchema",
        "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/", "http://www.w3.org/2000/09/xmldsig#",
        "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/2004/08/xop/include",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
        "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd", "urn:tunduk-adapter:exchange:1",
    ];

    private static readonly (byte[] Utf8, string Text)[]?[] Table = Build();

    /// <summary>The string of <paramref name="utf8"/>: a shared one for well-known names.</summary>
    public static string Intern(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return "";
        }

        if (Table[SlotOf(utf8)] is { } slot)
        {
            foreach ((byte[] bytes, string text) in slot)
            {
                if (utf8.SequenceEqual(bytes))
                {
                    return text;
                }
            }
        }

        return Encoding.UTF8.GetString(utf8);
    }

    /// <summary>Compares without allocating.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> utf8, string text)
    {
        if (Ascii.Equals(utf8, text))
        {
            return true;
        }

        return utf8.Length > text.Length && Encoding.UTF8.GetByteCount(text) == utf8.Length
            && string.Equals(Encoding.UTF8.GetString(utf8), text, StringComparison.Ordinal);
    }

    private static int SlotOf(ReadOnlySpan<byte> utf8) =>
        ((utf8.Length * 31) + (utf8[0] * 7) + (utf8[^1] * 131) + (utf8[utf8.Length / 2] * 17)) & (Slots - 1);

    private static (byte[] Utf8, string Text)[]?[] Build()
    {
        var table = new (byte[], string)[]?[Slots];
        foreach (string text in WellKnown)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            ref (byte[], string)[]? slot = ref table[SlotOf(utf8)];
            slot = [.. slot ?? [], (utf8, string.Intern(text))];
        }

        return table;
    }
}

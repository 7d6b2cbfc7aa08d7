using System.Text;
using System.Xml;
using Microsoft.Extensions.Primitives;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>listMethods, allowedMethods and getWsdl over SOAP (PR-META §4, §5), answered by the provider's server itself.</summary>
internal sealed class SoapMetaservices(SimulatedSecurityServer server)
{
    private const string ReplacedAddress = "http://example.org/xroad-endpoint";

    public static bool Handles(string serviceCode) => serviceCode is "listMethods" or "allowedMethods" or "getWsdl";

    public (SoapAnswer? Answer, ServerFault? Fault) Serve(SoapRequest request)
    {
        if (request.Head.Service!.Value.ServiceCode == "getWsdl")
        {
            return Wsdl(request);
        }

        bool allowedOnly = request.Head.Service.Value.ServiceCode == "allowedMethods";
        byte[] soap = Write(request, writer =>
        {
            foreach ((ServedId id, ServiceRegistration service) in server.Services)
            {
                if (id.Provider == request.Head.Service.Value.Provider && service.Kind == ServiceKind.Wsdl
                    && (!allowedOnly || service.Allowed.Contains(request.Head.Client!.Value.ToString())))
                {
                    writer.WriteStartElement("xrd", "service", SoapNames.XRoad);
                    ClientList.WriteId(writer, id.Provider, "SERVICE", id.ServiceCode, id.ServiceVersion);
                    writer.WriteEndElement();
                }
            }
        });
        return (new SoapAnswer { Soap = soap, Head = SoapScanner.Scan(soap, Encoding.UTF8).Head }, null);
    }

    private (SoapAnswer? Answer, ServerFault? Fault) Wsdl(SoapRequest request)
    {
        (string? code, string? version) = AskedService(request);
        if (string.IsNullOrEmpty(code))
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "invalid_request", "Missing serviceCode in message body"));
        }

        var id = new ServedId(request.Head.Service!.Value.Provider, code, version);
        if (!server.Services.TryGetValue(id, out ServiceRegistration? service))
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "unknown_service", $"Could not find wsdl URL for service {id}"));
        }

        if (service.Kind != ServiceKind.Wsdl || service.Description is null || !File.Exists(service.Description))
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "internal_error", "The service has no WSDL"));
        }

        byte[] soap = Write(request, writer =>
        {
            writer.WriteElementString("xrd", "serviceCode", SoapNames.XRoad, code);
            if (version is not null)
            {
                writer.WriteElementString("xrd", "serviceVersion", SoapNames.XRoad, version);
            }
        });
        string boundary = "xroad-" + Guid.NewGuid().ToString("N");
        MimeMessage mime = MimeMessage.Create(
            $"multipart/related; type=\"text/xml\"; charset=UTF-8; boundary={boundary}", boundary,
            new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = SoapNames.TextXml },
            [(new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = "text/xml" }, WithReplacedAddress(service.Description))]);
        return (new SoapAnswer { Soap = soap, Head = SoapScanner.Scan(soap, Encoding.UTF8).Head, Mime = mime }, null);
    }

    private static (string? Code, string? Version) AskedService(SoapRequest request)
    {
        using StreamReader text = SoapText.Open(request.Soap, request.Charset);
        using var reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        string? code = null;
        string? version = null;
        bool inBody = false;
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                continue;
            }

            if (reader.Depth == 1)
            {
                inBody = reader.LocalName == "Body";
            }
            else if (inBody && reader.Depth == 3 && reader.LocalName is "serviceCode" or "serviceVersion")
            {
                bool isCode = reader.LocalName == "serviceCode";
                string value = reader.IsEmptyElement || !reader.Read() || reader.NodeType != XmlNodeType.Text ? "" : reader.Value.Trim();
                (code, version) = isCode ? (value, version) : (code, value.Length == 0 ? null : value);
            }
        }

        return (code, version);
    }

    private static byte[] WithReplacedAddress(string path)
    {
        using var output = new MemoryStream();
        using (var reader = XmlReader.Create(path, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null }))
        using (var writer = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            reader.Read();
            while (!reader.EOF)
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    if (reader.NodeType is XmlNodeType.XmlDeclaration)
                    {
                        reader.Read();
                        continue;
                    }

                    WriteShallow(reader, writer);
                    reader.Read();
                    continue;
                }

                bool isAddress = reader.LocalName == "address";
                bool empty = reader.IsEmptyElement;
                writer.WriteStartElement(reader.Prefix, reader.LocalName, reader.NamespaceURI);
                while (reader.MoveToNextAttribute())
                {
                    writer.WriteAttributeString(
                        reader.Prefix, reader.LocalName, reader.NamespaceURI, isAddress && reader.LocalName == "location" ? ReplacedAddress : reader.Value);
                }

                reader.MoveToElement();
                if (empty)
                {
                    writer.WriteEndElement();
                }

                reader.Read();
            }
        }

        return output.ToArray();
    }

    private static void WriteShallow(XmlReader reader, XmlWriter writer)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.EndElement:
                writer.WriteFullEndElement();
                break;
            case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                writer.WriteString(reader.Value);
                break;
            case XmlNodeType.Whitespace when reader.Depth > 0:
                writer.WriteWhitespace(reader.Value);
                break;
            case XmlNodeType.Comment:
                writer.WriteComment(reader.Value);
                break;
            default:
                break;
        }
    }

    private static byte[] Write(SoapRequest request, Action<XmlWriter> content)
    {
        SoapHead head = request.Head;
        ServedId service = head.Service!.Value;
        using var output = new MemoryStream();
        using (var writer = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            writer.WriteStartElement("SOAP-ENV", "Envelope", SoapNames.Envelope);
            writer.WriteAttributeString("xmlns", "xrd", SoapNames.Xmlns, SoapNames.XRoad);
            writer.WriteAttributeString("xmlns", "id", SoapNames.Xmlns, SoapNames.Identifiers);
            writer.WriteStartElement("SOAP-ENV", "Header", SoapNames.Envelope);
            writer.WriteStartElement("xrd", "client", SoapNames.XRoad);
            ParticipantId client = head.Client!.Value;
            ClientList.WriteId(writer, client, client.SubsystemCode is null ? "MEMBER" : "SUBSYSTEM");
            writer.WriteEndElement();
            writer.WriteStartElement("xrd", "service", SoapNames.XRoad);
            ClientList.WriteId(writer, service.Provider, "SERVICE", service.ServiceCode, service.ServiceVersion);
            writer.WriteEndElement();
            if (head.RepresentedParty is { } party)
            {
                writer.WriteStartElement("repr", "representedParty", SoapNames.Representation);
                if (party.Class is not null)
                {
                    writer.WriteElementString("repr", "partyClass", SoapNames.Representation, party.Class);
                }

                writer.WriteElementString("repr", "partyCode", SoapNames.Representation, party.Code);
                writer.WriteEndElement();
            }

            Field(writer, "userId", head.UserId);
            Field(writer, "issue", head.Issue);
            Field(writer, "id", head.Id);
            writer.WriteStartElement("xrd", "requestHash", SoapNames.XRoad);
            writer.WriteAttributeString("algorithmId", SoapNames.Sha512);
            writer.WriteString(request.RequestHash);
            writer.WriteEndElement();
            Field(writer, "protocolVersion", head.ProtocolVersion);
            writer.WriteEndElement();
            writer.WriteStartElement("SOAP-ENV", "Body", SoapNames.Envelope);
            writer.WriteStartElement("xrd", service.ServiceCode + "Response", SoapNames.XRoad);
            content(writer);
            writer.WriteEndElement();
            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        return output.ToArray();
    }

    private static void Field(XmlWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteElementString("xrd", name, SoapNames.XRoad, value);
        }
    }
}

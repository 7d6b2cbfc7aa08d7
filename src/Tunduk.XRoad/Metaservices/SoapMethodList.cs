using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Metaservices;

/// <summary>
/// The SOAP metaservices of a provider (PR-META 3): <c>listMethods</c>, <c>allowedMethods</c> and <c>getWsdl</c>. The service header
/// names the provider and the metaservice's code, without version.
/// </summary>
public static class SoapMethodList
{
    /// <summary>The body element of a request for <see cref="Metaservice.ListMethods"/> or <see cref="Metaservice.AllowedMethods"/>: empty.</summary>
    public static void WriteRequestBody(IBufferWriter<byte> output, string metaservice)
    {
        output.Write("<xrd:"u8);
        XmlText.Write(output, metaservice);
        output.Write(" xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\"/>"u8);
    }

    /// <summary>The body element of an answer.</summary>
    public static void WriteResponseBody(IBufferWriter<byte> output, string metaservice, IEnumerable<ServiceId> services)
    {
        output.Write("<xrd:"u8);
        XmlText.Write(output, metaservice);
        output.Write("Response xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:id=\"http://x-road.eu/xsd/identifiers\">"u8);
        foreach (ServiceId service in services)
        {
            SoapWriter.WriteService(output, service);
        }

        output.Write("</xrd:"u8);
        XmlText.Write(output, metaservice);
        output.Write("Response>"u8);
    }

    /// <summary>Reads the body element of an answer.</summary>
    public static bool TryRead(
        XmlElement body,
        string metaservice,
        [NotNullWhen(true)] out MetaserviceList<ServiceId>? list,
        out ProtocolFault fault)
    {
        list = null;
        if (!body.Is(SoapNamespaces.XRoad, metaservice + "Response"))
        {
            fault = MetaserviceJson.Malformed("Body", Phrases.Of("Metaservices.AnotherElement"));
            return false;
        }

        List<ServiceId> services = [];
        int skipped = 0;
        foreach (XmlElement child in body.Children)
        {
            if (child.Is(SoapNames.XRoad, "service"u8)
                && SoapIdentifierReader.TryReadService(child, IdentifierRules.AsSecurityServer, out ServiceId service, out _))
            {
                services.Add(service);
            }
            else
            {
                skipped++;
            }
        }

        list = new MetaserviceList<ServiceId>(services, skipped);
        fault = ProtocolFault.None;
        return true;
    }

    /// <summary>The body element of a getWsdl request. The answer repeats it as <c>getWsdlResponse</c> and brings the WSDL as attachment.</summary>
    public static void WriteWsdlRequestBody(IBufferWriter<byte> output, ServiceId service) => WriteWsdl(output, service, "xrd:getWsdl"u8);

    /// <summary>The body element of a getWsdl answer.</summary>
    public static void WriteWsdlResponseBody(IBufferWriter<byte> output, ServiceId service) => WriteWsdl(output, service, "xrd:getWsdlResponse"u8);

    /// <summary>Reads the body element of a getWsdl request for a provider.</summary>
    public static bool TryReadWsdlRequest(XmlElement body, ClientId provider, out ServiceId service, out ProtocolFault fault)
    {
        service = default;
        XmlElement code = body.Child(SoapNamespaces.XRoad, "serviceCode");
        XmlElement version = body.Child(SoapNamespaces.XRoad, "serviceVersion");
        if (!body.Is(SoapNamespaces.XRoad, Metaservice.GetWsdl) || !code.Exists)
        {
            fault = new ProtocolFault("metaservice-request", XRoadFaultCode.InvalidRequest, "Body", Phrases.Of("Metaservices.GetWsdlServiceCode"), code.Exists ? Phrases.Of("Metaservices.AnotherElement") : Phrases.Of("Metaservices.NoServiceCode"));
            return false;
        }

        if (ServiceId.TryCreate(provider, code.Text, version.Exists ? version.Text : null, IdentifierRules.Strict, out service, out IdentifierFault wrong))
        {
            fault = ProtocolFault.None;
            return true;
        }

        fault = ProtocolFault.Of(wrong, XRoadFaultCode.InvalidRequest, "Body/getWsdl");
        return false;
    }

    private static void WriteWsdl(IBufferWriter<byte> output, ServiceId service, ReadOnlySpan<byte> name)
    {
        output.Write("<"u8);
        output.Write(name);
        output.Write(" xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\">"u8);
        XmlText.Element(output, "xrd:serviceCode"u8, service.Code);
        if (service.Version is not null)
        {
            XmlText.Element(output, "xrd:serviceVersion"u8, service.Version);
        }

        XmlText.Close(output, name);
    }
}

#pragma warning disable RS0030 // For the framework's SignedXml.
using System.Text;
using System.Xml;
using Tunduk.Evidence.Soap;

namespace Tunduk.Benchmarks.Signature;

/// <summary>An invented answer of a population register, filled up with repeated documents to a size.</summary>
internal static class SignatureEnvelope
{
    public static readonly IReadOnlyList<SoapHeaderValue> Headers =
    [
        new("client", "SUBSYSTEM:sandbox/COM/60009001/loans"),
        new("service", "SERVICE:sandbox/GOV/70009001/registry/getPerson/v1"),
        new("id", "4c2f8a51-0000-4000-8000-000000000001"),
        new("userId", "KG20101199005678"),
        new("issue", "loan-scoring 17/3"),
        new("protocolVersion", "4.0"),
    ];

    public static string Build(int bytes)
    {
        var text = new StringBuilder();
        text.Append("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:id=\"http://x-road.eu/xsd/identifiers\"><soapenv:Header>")
            .Append("<xrd:client id:objectType=\"SUBSYSTEM\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>COM</id:memberClass><id:memberCode>60009001</id:memberCode><id:subsystemCode>loans</id:subsystemCode></xrd:client>")
            .Append("<xrd:service id:objectType=\"SERVICE\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>GOV</id:memberClass><id:memberCode>70009001</id:memberCode><id:subsystemCode>registry</id:subsystemCode><id:serviceCode>getPerson</id:serviceCode><id:serviceVersion>v1</id:serviceVersion></xrd:service>")
            .Append("<xrd:id>4c2f8a51-0000-4000-8000-000000000001</xrd:id><xrd:userId>KG20101199005678</xrd:userId><xrd:issue>loan-scoring 17/3</xrd:issue><xrd:protocolVersion>4.0</xrd:protocolVersion>")
            .Append("</soapenv:Header><soapenv:Body><reg:getPersonResponse xmlns:reg=\"urn:sandbox:registry\"><request><pin>20101199001234</pin></request><response><surname>Сыдыкова</surname><name>Айнура</name>");
        const string End = "</response></reg:getPersonResponse></soapenv:Body></soapenv:Envelope>";
        int number = 0;
        while (Encoding.UTF8.GetByteCount(End) + text.Length + 110 < bytes)
        {
            text.Append("<documents><type>passport</type><number>ID").Append(1000000 + number++)
                .Append("</number><issued>2021-05-17</issued></documents>");
        }

        return text.Append(End).ToString();
    }

    /// <summary>Two more referenced parts, so that the framework signs as many as the profile does.</summary>
    public static IEnumerable<XmlElement> ExtraParts(XmlDocument document)
    {
        for (int i = 1; i <= 2; i++)
        {
            XmlElement part = document.CreateElement("ta", "Part", "urn:tunduk-adapter:benchmark");
            part.SetAttribute("Id", "part" + i);
            part.InnerText = "2026-03-02T10:00:00Z";
            yield return part;
        }
    }
}

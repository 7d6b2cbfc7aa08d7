using System.Text;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Tests.Soap;

/// <summary>Envelopes for tests; every value is invented.</summary>
internal static class SoapSample
{
    public const string Client =
        "<xrd:client id:objectType=\"SUBSYSTEM\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>COM</id:memberClass>"
        + "<id:memberCode>60009001</id:memberCode><id:subsystemCode>loans</id:subsystemCode></xrd:client>";

    public const string Service =
        "<xrd:service id:objectType=\"SERVICE\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>GOV</id:memberClass>"
        + "<id:memberCode>70009001</id:memberCode><id:subsystemCode>registry</id:subsystemCode><id:serviceCode>getPerson</id:serviceCode>"
        + "<id:serviceVersion>v1</id:serviceVersion></xrd:service>";

    public const string Rest =
        "<xrd:userId>KG12345678901234</xrd:userId><xrd:id>4f1c1b9e-0000-4000-8000-000000000001</xrd:id><xrd:issue>loan-scoring 17</xrd:issue>"
        + "<xrd:protocolVersion>4.0</xrd:protocolVersion>";

    public const string Body = "<p:getPerson xmlns:p=\"http://registry.sandbox/producer\"><p:request><p:pin>12345678901234</p:pin></p:request></p:getPerson>";

    public static string Envelope(string headers, string body = Body) =>
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" "
        + "xmlns:id=\"http://x-road.eu/xsd/identifiers\" xmlns:repr=\"http://x-road.eu/xsd/representation.xsd\" "
        + $"xmlns:sec=\"http://x-road.eu/xsd/security-token.xsd\"><soapenv:Header>{headers}</soapenv:Header><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>";

    public static string Request(string extra = "") => Envelope(Client + Service + Rest + extra);

    public static byte[] Bytes(string xml) => Encoding.UTF8.GetBytes(xml);

    public static SoapMessage Read(string xml) =>
        SoapMessage.TryRead(Bytes(xml), SoapReaderOptions.Default, out SoapMessage? message, out var fault)
            ? message
            : throw new InvalidOperationException(fault.ToString());

    public static SoapHeaders Headers() => new()
    {
        Client = ClientId.Parse("sandbox/COM/60009001/loans"),
        Service = ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v1"),
        Id = "4f1c1b9e-0000-4000-8000-000000000001",
        UserId = "KG12345678901234",
        Issue = "loan-scoring 17",
    };
}

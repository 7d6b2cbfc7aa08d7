using System.Xml.Linq;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

/// <summary>SOAP messages for tests, written out as clients in the field write them.</summary>
internal static class Soap
{
    public const string Id = "5d7cbd0f-0b4c-4f5e-9a62-0d7ce3d0c0a1";
    public static readonly XNamespace Env = "http://schemas.xmlsoap.org/soap/envelope/";
    public static readonly XNamespace Xrd = "http://x-road.eu/xsd/xroad.xsd";

    public const string Client = """
        <xrd:client id:objectType="SUBSYSTEM"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>COM</id:memberClass><id:memberCode>60009001</id:memberCode><id:subsystemCode>loans</id:subsystemCode></xrd:client>
        """;

    public const string UserId = "<xrd:userId>KG-inspector-7</xrd:userId>";
    public const string Issue = "<xrd:issue>loan-scoring 2026/17</xrd:issue>";
    public const string IdField = $"<xrd:id>{Id}</xrd:id>";
    public const string Version = "<xrd:protocolVersion>4.0</xrd:protocolVersion>";

    public static string Service(string code = "getPerson", string? version = "v1", string member = "70009001") =>
        $"<xrd:service id:objectType=\"SERVICE\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>GOV</id:memberClass>"
        + $"<id:memberCode>{member}</id:memberCode><id:subsystemCode>registry</id:subsystemCode><id:serviceCode>{code}</id:serviceCode>"
        + (version is null ? "" : $"<id:serviceVersion>{version}</id:serviceVersion>") + "</xrd:service>";

    public static string Headers(string? service = null) => Client + (service ?? Service()) + UserId + IdField + Issue + Version;

    public static string Request(string? headers = null, string? body = null, string declaration = "") =>
        declaration
        + "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\""
        + " xmlns:id=\"http://x-road.eu/xsd/identifiers\" xmlns:repr=\"http://x-road.eu/xsd/representation.xsd\" xmlns:p=\"urn:test:registry\">"
        + $"<soapenv:Header>{headers ?? Headers()}</soapenv:Header><soapenv:Body>{body ?? "<p:getPerson><p:request><p:pin>10101199000001</p:pin></p:request></p:getPerson>"}</soapenv:Body></soapenv:Envelope>";

    /// <summary>The request's envelope with the operation answered.</summary>
    public static string AnswerTo(string request, string content = "<p:response><p:surname>Асанов</p:surname></p:response>") =>
        request[..request.IndexOf("<soapenv:Body>", StringComparison.Ordinal)]
        + $"<soapenv:Body><p:getPersonResponse>{content}</p:getPersonResponse></soapenv:Body></soapenv:Envelope>";

    public static string Answer(string? headers = null, string content = "<p:response><p:surname>Асанов</p:surname></p:response>") =>
        AnswerTo(Request(headers), content);

    public static string FaultCode(string xml) => XDocument.Parse(xml).Descendants("faultcode").Single().Value;
}

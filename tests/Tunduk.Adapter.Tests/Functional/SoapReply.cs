using System.Xml;
using System.Xml.Linq;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>A SOAP answer of the provider adapter, read by the framework and not by the code under test.</summary>
internal sealed record SoapReply(int Status, byte[] Body, XDocument Envelope)
{
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    /// <summary>The HTTP answer, where a test looks at it.</summary>
    public HttpReply? Reply { get; init; }

    public string FaultString => Fault?.Element("faultstring")?.Value ?? "";

    public string Text => System.Text.Encoding.UTF8.GetString(Body);

    public XElement? Fault => Envelope.Descendants(Soap + "Fault").FirstOrDefault();

    public string? FaultCode => Fault?.Element("faultcode")?.Value;

    /// <summary>The record the fault names; null where it was only counted.</summary>
    public string? Record => (Fault?.Element("detail")?.Element("faultDetail") ?? Fault?.Element("detail"))?.Value.Trim() is { Length: > 0 } detail ? detail : null;

    /// <summary>Text of an X-Road header.</summary>
    public string? Header(string name) => Envelope.Root!.Element(Soap + "Header")?.Elements().FirstOrDefault(header => header.Name.LocalName == name)?.Value;

    public bool IsSigned => Envelope.Descendants().Any(element => element.Name.LocalName == "SignatureValue");

    public XElement? BodyChild => Envelope.Root!.Element(Soap + "Body")?.Elements().FirstOrDefault();

    public static SoapReply Read(HttpReply reply)
    {
        reply.ContentType.ShouldBe("text/xml; charset=utf-8", reply.Text);
        using var reader = XmlReader.Create(new MemoryStream(reply.Body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return new SoapReply(reply.Status, reply.Body, XDocument.Load(reader));
    }
}

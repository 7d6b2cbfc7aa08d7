using System.Xml.Linq;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>
/// Declarations of the schemas that nearly every member's contract imports by a network address, reduced to what a
/// contract refers to: the X-Road header elements and identifiers (X-Road Message Protocol 4.0, annexes), xml:lang.
/// </summary>
internal static class BuiltInSchemas
{
    private const string XRoad = "http://x-road.eu/xsd/xroad.xsd";
    private const string Identifiers = "http://x-road.eu/xsd/identifiers";
    private const string Representation = "http://x-road.eu/xsd/representation.xsd";
    private const string Mime = "http://www.w3.org/2005/05/xmlmime";
    private const string Xml = "http://www.w3.org/XML/1998/namespace";

    public static IReadOnlyList<XElement> All { get; } = [BuildIdentifiers(), BuildXRoad(), BuildRepresentation(), BuildMime(), BuildXml()];

    public static bool Knows(string ns) => ns is XRoad or Identifiers or Representation or Mime or Xml;

    private static XElement Schema(string ns, params object?[] content) => new(
        XsdDocument.Xs + "schema",
        new XAttribute("targetNamespace", ns),
        new XAttribute("elementFormDefault", "qualified"),
        new XAttribute(XNamespace.Xmlns + "xs", XsdDocument.Xs.NamespaceName),
        ns == Xml ? null : new XAttribute(XNamespace.Xmlns + "tns", ns),
        new XAttribute(XNamespace.Xmlns + "id", Identifiers),
        content);

    private static XElement Element(string name, string type, bool optional = false) => new(
        XsdDocument.Xs + "element",
        new XAttribute("name", name),
        new XAttribute("type", type),
        optional ? new XAttribute("minOccurs", "0") : null);

    private static XElement Sequence(params XElement[] elements) => new(XsdDocument.Xs + "sequence", elements);

    private static XElement Attribute(string name, string type) =>
        new(XsdDocument.Xs + "attribute", new XAttribute("name", name), new XAttribute("type", type));

    private static XElement Attribute(string name, XElement type) =>
        new(XsdDocument.Xs + "attribute", new XAttribute("name", name), type);

    private static XElement Restriction(string type, params string[] values) => new(
        XsdDocument.Xs + "simpleType",
        new XElement(
            XsdDocument.Xs + "restriction",
            new XAttribute("base", type),
            values.Select(value => new XElement(XsdDocument.Xs + "enumeration", new XAttribute("value", value)))));

    private static XElement Union(string type, params string[] values) => new(
        XsdDocument.Xs + "simpleType",
        new XElement(XsdDocument.Xs + "union", new XAttribute("memberTypes", type), Restriction("xs:string", values)));

    private static XElement BuildIdentifiers()
    {
        var schema = Schema(
            Identifiers,
            Attribute("objectType", "xs:string"),
            Attribute("xRoadInstance", "xs:string"));
        string[] parts = ["xRoadInstance", "memberClass", "memberCode", "subsystemCode", "serverCode", "groupCode", "serviceCode", "serviceVersion", "securityCategory"];
        schema.Add(parts.Select(p => Element(p, "xs:string")));
        foreach (var type in (string[])["XRoadIdentifierType", "XRoadClientIdentifierType", "XRoadServiceIdentifierType", "XRoadSecurityServerIdentifierType"])
        {
            schema.Add(new XElement(
                XsdDocument.Xs + "complexType",
                new XAttribute("name", type),
                Sequence([.. parts.Select(p => new XElement(XsdDocument.Xs + "element", new XAttribute("ref", "tns:" + p), new XAttribute("minOccurs", "0")))]),
                new XElement(XsdDocument.Xs + "attribute", new XAttribute("ref", "tns:objectType"), new XAttribute("use", "required"))));
        }

        return schema;
    }

    private static XElement BuildXRoad() => Schema(
        XRoad,
        Element("client", "id:XRoadClientIdentifierType"),
        Element("service", "id:XRoadServiceIdentifierType"),
        Element("securityServer", "id:XRoadSecurityServerIdentifierType"),
        Element("userId", "xs:string"),
        Element("id", "xs:string"),
        Element("issue", "xs:string"),
        Element("protocolVersion", "xs:string"),
        Element("requestHash", "xs:string"),
        Element("version", "xs:string"),
        Element("title", "xs:string"),
        Element("notes", "xs:string"),
        Element("techNotes", "xs:string"));

    private static XElement BuildRepresentation() => Schema(
        Representation,
        new XElement(
            XsdDocument.Xs + "complexType",
            new XAttribute("name", "XRoadRepresentedPartyType"),
            Sequence(Element("partyClass", "xs:string", optional: true), Element("partyCode", "xs:string"))),
        Element("representedParty", "tns:XRoadRepresentedPartyType"));

    private static XElement BuildMime() => Schema(
        Mime,
        Attribute("contentType", "xs:string"),
        Attribute("expectedContentTypes", "xs:string"),
        new XElement(
            XsdDocument.Xs + "complexType",
            new XAttribute("name", "base64Binary"),
            new XElement(
                XsdDocument.Xs + "simpleContent",
                new XElement(
                    XsdDocument.Xs + "extension",
                    new XAttribute("base", "xs:base64Binary"),
                    new XElement(XsdDocument.Xs + "attribute", new XAttribute("ref", "tns:contentType"))))));

    private static XElement BuildXml() => Schema(
        Xml,
        Attribute("lang", Union("xs:language", "")),
        Attribute("space", Restriction("xs:NCName", "default", "preserve")),
        Attribute("base", "xs:anyURI"),
        Attribute("id", "xs:ID"));
}

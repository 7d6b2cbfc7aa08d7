namespace Tunduk.XRoad.Soap;

/// <summary>The namespaces of the X-Road SOAP message protocol 4.0 (PR-MESS 2).</summary>
public static class SoapNamespaces
{
    public const string Envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    public const string XRoad = "http://x-road.eu/xsd/xroad.xsd";
    public const string Identifiers = "http://x-road.eu/xsd/identifiers";
    public const string Representation = "http://x-road.eu/xsd/representation.xsd";
    public const string SecurityToken = "http://x-road.eu/xsd/security-token.xsd";
}

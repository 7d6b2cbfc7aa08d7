namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>Namespaces of the X-Road message protocol 4.0 (PR-MESS §2).</summary>
internal static class SoapNames
{
    public const string Envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    public const string XRoad = "http://x-road.eu/xsd/xroad.xsd";
    public const string Identifiers = "http://x-road.eu/xsd/identifiers";
    public const string Representation = "http://x-road.eu/xsd/representation.xsd";
    public const string Sha512 = "http://www.w3.org/2001/04/xmlenc#sha512";
    public const string Xmlns = "http://www.w3.org/2000/xmlns/";
    public const string TextXml = "text/xml;charset=UTF-8";
}

namespace Tunduk.XRoad.Soap;

/// <summary>The namespaces as bytes, for comparisons that allocate nothing.</summary>
internal static class SoapNames
{
    public static ReadOnlySpan<byte> Envelope => "http://schemas.xmlsoap.org/soap/envelope/"u8;

    public static ReadOnlySpan<byte> XRoad => "http://x-road.eu/xsd/xroad.xsd"u8;

    public static ReadOnlySpan<byte> Identifiers => "http://x-road.eu/xsd/identifiers"u8;

    public static ReadOnlySpan<byte> Representation => "http://x-road.eu/xsd/representation.xsd"u8;

    public static ReadOnlySpan<byte> SecurityToken => "http://x-road.eu/xsd/security-token.xsd"u8;

    public static bool IsWhiteSpace(ReadOnlySpan<byte> text) => text.IndexOfAnyExcept(" \t\r\n"u8) < 0;
}

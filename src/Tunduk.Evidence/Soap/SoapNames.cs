namespace Tunduk.Evidence.Soap;

/// <summary>Names of the SOAP signature profile (SOAP 1.1, WS-Security 1.1 X.509 token profile, XML-DSig).</summary>
internal static class SoapNames
{
    public const string Envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    public const string Exchange = "urn:tunduk-adapter:exchange:1";

    public static ReadOnlySpan<byte> EnvelopeUri => "http://schemas.xmlsoap.org/soap/envelope/"u8;

    public static ReadOnlySpan<byte> SecurityUri =>
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"u8;

    public static ReadOnlySpan<byte> UtilityUri =>
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"u8;

    public static ReadOnlySpan<byte> Security11Uri => "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"u8;

    public static ReadOnlySpan<byte> SignatureUri => "http://www.w3.org/2000/09/xmldsig#"u8;

    public static ReadOnlySpan<byte> ExclusiveUri => "http://www.w3.org/2001/10/xml-exc-c14n#"u8;

    public static ReadOnlySpan<byte> ExchangeUri => "urn:tunduk-adapter:exchange:1"u8;

    public static ReadOnlySpan<byte> X509TokenType =>
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"u8;

    public static ReadOnlySpan<byte> Base64Encoding =>
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"u8;

    public static ReadOnlySpan<byte> Sha256Name => "sha-256"u8;

    public static ReadOnlySpan<byte> Sha512Name => "sha-512"u8;
}

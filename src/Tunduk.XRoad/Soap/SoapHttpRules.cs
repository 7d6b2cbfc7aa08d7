using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Soap;

/// <summary>What a security server asks of the HTTP headers of a SOAP message (PR-MESS 2.4 to 2.6).</summary>
public static class SoapHttpRules
{
    /// <summary>The only Content-Type a SOAP message without attachments arrives with on the other side.</summary>
    public const string PlainContentType = "text/xml;charset=UTF-8";

    /// <summary>
    /// Accepted are <c>text/xml</c>, <c>application/xop+xml</c> and <c>multipart/related</c>, in any case; none at all is
    /// <see cref="XRoadFaultCode.InvalidRequest"/>.
    /// </summary>
    public static bool TryReadContentType(string? value, [NotNullWhen(true)] out MediaType? mediaType, out ProtocolFault fault)
    {
        mediaType = null;
        fault = ProtocolFault.None;
        if (string.IsNullOrWhiteSpace(value))
        {
            fault = new ProtocolFault("content-type-missing", XRoadFaultCode.InvalidRequest, "Content-Type", Phrases.Of("Soap.TextXmlMultipartRelated"), Phrases.Of("Soap.None"));
            return false;
        }

        if (!MediaType.TryParse(value, out mediaType))
        {
            fault = new ProtocolFault("content-type-malformed", XRoadFaultCode.InvalidContentType, "Content-Type", Phrases.Of("Soap.TypeSubtypeNameValue"), Phrases.Of("Soap.Malformed"));
            return false;
        }

        switch (mediaType.Type)
        {
            case "text/xml" or "application/xop+xml":
                return true;
            case "multipart/related":
                // RFC 2046 §5.1.1: 1 to 70 characters.
                if (mediaType["boundary"] is { Length: > 0 and <= 70 })
                {
                    return true;
                }

                fault = new ProtocolFault("boundary-missing", XRoadFaultCode.MimeParsingFailed, "Content-Type/boundary", Phrases.Of("Soap.170Characters"), Phrases.Of("Soap.NoneLonger"));
                break;
            default:
                fault = new ProtocolFault("content-type-unknown", XRoadFaultCode.InvalidContentType, "Content-Type", Phrases.Of("Soap.TextXmlApplicationXop"), mediaType.Type);
                break;
        }

        mediaType = null;
        return false;
    }

    /// <summary>SOAPAction may be missing, empty or <c>""</c>; otherwise it is a quoted URI, which is forwarded unchanged.</summary>
    public static ProtocolFault CheckSoapAction(string? value)
    {
        if (string.IsNullOrEmpty(value) || value == "\"\"")
        {
            return ProtocolFault.None;
        }

        bool quoted = value.Length >= 2 && value[0] == '"' && value[^1] == '"';
        return quoted && XmlText.IndexOfControl(value) < 0 && Ascii.IsValid(value) && Uri.TryCreate(value[1..^1], UriKind.RelativeOrAbsolute, out _)
            && value.AsSpan(1, value.Length - 2).IndexOfAny("\" <>") < 0
            ? ProtocolFault.None
            : new ProtocolFault("soap-action", XRoadFaultCode.InvalidSoapAction, "SOAPAction", Phrases.Of("Soap.QuotedUriEmpty"), quoted ? Phrases.Of("Soap.QuotedTextNoUri") : Phrases.Of("Soap.NoQuotes"));
    }

    /// <summary>A SOAP message comes by POST.</summary>
    public static ProtocolFault CheckMethod(string method) => method == "POST"
        ? ProtocolFault.None
        : new ProtocolFault("http-method", XRoadFaultCode.InvalidHttpMethod, "method", "POST", Phrases.Of("Soap.AnotherMethod"));

    /// <summary>
    /// A provider's information system may answer SOAP with 200 or 500 only; a security server makes a fault of the rest.
    /// </summary>
    public static ProtocolFault CheckProviderStatus(int status) => status is 200 or 500
        ? ProtocolFault.None
        : new ProtocolFault("provider-status", XRoadFaultCode.HttpError, "status", Phrases.Of("Soap.200500"), status.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

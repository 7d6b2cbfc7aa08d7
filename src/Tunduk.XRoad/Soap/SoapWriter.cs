using System.Buffers;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// Writes envelopes of SOAP 1.1 with X-Road headers as UTF-8 without byte order mark, declaration or processing instruction, and
/// without tab or line break in attribute values: the form that a security server's re-serialisation leaves alone. X-Road headers
/// carry no attribute but those the protocol gives them (an Id put there would come back twice, on requestHash too).
/// </summary>
/// <remarks>
/// Header values are written escaped; <c>otherHeaders</c> and <c>bodyContent</c> are XML the caller already has, each with its own
/// namespace declarations.
/// </remarks>
public static class SoapWriter
{
    /// <summary>
    /// Writes a request, or a response when <paramref name="headers"/> are those of the request (order and values are repeated;
    /// requestHash is written only where <paramref name="requestHash"/> says so: it is for whoever stands in the place of a security
    /// server to do that).
    /// </summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="headers">The X-Road headers, which must pass <see cref="SoapHeaders.Validate"/> when they were made here.</param>
    /// <param name="otherHeaders">Header blocks after the X-Road ones, such as a signature; may be empty.</param>
    /// <param name="bodyContent">The one child of Body.</param>
    /// <param name="bodyAttributes">Attributes of Body with their declarations, beginning with a space (<c> wsu:Id="…"</c>); may be empty.</param>
    /// <param name="requestHash">Hash of the request a response answers, written after id; null: none.</param>
    public static void Write(
        IBufferWriter<byte> output,
        SoapHeaders headers,
        ReadOnlySpan<byte> otherHeaders,
        ReadOnlySpan<byte> bodyContent,
        ReadOnlySpan<byte> bodyAttributes = default,
        RequestHash? requestHash = null)
    {
        WriteStart(output, headers, otherHeaders, bodyAttributes, requestHash);
        output.Write(bodyContent);
        WriteEnd(output);
    }

    /// <summary>A fault. A security server's has no headers; one of ours, signed, has those of the request and the signature's block.</summary>
    public static void WriteFault(
        IBufferWriter<byte> output,
        SoapFaultText fault,
        SoapHeaders? headers = null,
        ReadOnlySpan<byte> otherHeaders = default,
        ReadOnlySpan<byte> bodyAttributes = default,
        ReadOnlySpan<byte> detail = default)
    {
        if (headers is null)
        {
            output.Write("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"u8);
            if (!otherHeaders.IsEmpty)
            {
                output.Write("<soapenv:Header>"u8);
                output.Write(otherHeaders);
                output.Write("</soapenv:Header>"u8);
            }

            output.Write("<soapenv:Body"u8);
            output.Write(bodyAttributes);
            output.Write(">"u8);
        }
        else
        {
            WriteStart(output, headers, otherHeaders, bodyAttributes);
        }

        WriteFaultElement(output, fault, detail);
        WriteEnd(output);
    }

    /// <summary>
    /// The Fault element alone, with its namespace declared on it. Code, string and actor are unqualified, the code has no prefix, and
    /// the detail is <c>faultDetail</c> in no namespace, as security servers write it.
    /// </summary>
    /// <param name="output">Where the bytes go.</param>
    /// <param name="fault">Code, string, actor; its detail is written unless <paramref name="detail"/> is given.</param>
    /// <param name="detail">A whole <c>detail</c> element that is passed on; empty for none.</param>
    public static void WriteFaultElement(IBufferWriter<byte> output, SoapFaultText fault, ReadOnlySpan<byte> detail = default)
    {
        output.Write("<soapenv:Fault xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"u8);
        XmlText.Element(output, "faultcode"u8, fault.Code);
        XmlText.Element(output, "faultstring"u8, fault.Message);
        XmlText.Element(output, "faultactor"u8, fault.Actor ?? string.Empty);
        if (!detail.IsEmpty)
        {
            output.Write(detail);
        }
        else if (fault.Detail is not null)
        {
            output.Write("<detail><faultDetail xmlns=\"\">"u8);
            XmlText.Write(output, fault.Detail);
            output.Write("</faultDetail></detail>"u8);
        }

        output.Write("</soapenv:Fault>"u8);
    }

    /// <summary>Everything up to and with the start tag of Body; the caller writes the child and then <see cref="WriteEnd"/>.</summary>
    public static void WriteStart(
        IBufferWriter<byte> output,
        SoapHeaders headers,
        ReadOnlySpan<byte> otherHeaders,
        ReadOnlySpan<byte> bodyAttributes = default,
        RequestHash? requestHash = null)
    {
        output.Write("<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:id=\"http://x-road.eu/xsd/identifiers\""u8);
        if (headers.RepresentedParty is not null)
        {
            output.Write(" xmlns:repr=\"http://x-road.eu/xsd/representation.xsd\""u8);
        }

        if (headers.SecurityToken is not null)
        {
            output.Write(" xmlns:sec=\"http://x-road.eu/xsd/security-token.xsd\""u8);
        }

        output.Write("><soapenv:Header>"u8);
        foreach (SoapHeaderName name in headers.Present())
        {
            WriteHeader(output, headers, name);
            if (name == SoapHeaderName.Id && requestHash is { } hash)
            {
                output.Write("<xrd:requestHash algorithmId=\""u8);
                XmlText.Write(output, hash.AlgorithmId);
                output.Write("\">"u8);
                XmlText.Write(output, hash.Value);
                output.Write("</xrd:requestHash>"u8);
            }
        }

        output.Write(otherHeaders);
        output.Write("</soapenv:Header><soapenv:Body"u8);
        output.Write(bodyAttributes);
        output.Write(">"u8);
    }

    public static void WriteEnd(IBufferWriter<byte> output) => output.Write("</soapenv:Body></soapenv:Envelope>"u8);

    private static void WriteHeader(IBufferWriter<byte> output, SoapHeaders headers, SoapHeaderName name)
    {
        switch (name)
        {
            case SoapHeaderName.Client:
                output.Write("<xrd:client id:objectType=\""u8);
                output.Write(headers.Client.IsSubsystem ? "SUBSYSTEM\">"u8 : "MEMBER\">"u8);
                WriteClientParts(output, headers.Client);
                output.Write("</xrd:client>"u8);
                break;
            case SoapHeaderName.Service:
                WriteService(output, headers.Service!.Value);
                break;
            case SoapHeaderName.SecurityServer:
                SecurityServerId server = headers.SecurityServer!.Value;
                output.Write("<xrd:securityServer id:objectType=\"SERVER\">"u8);
                WriteClientParts(output, server.Owner);
                XmlText.Element(output, "id:serverCode"u8, server.ServerCode);
                output.Write("</xrd:securityServer>"u8);
                break;
            case SoapHeaderName.Id:
                XmlText.Element(output, "xrd:id"u8, headers.Id);
                break;
            case SoapHeaderName.UserId:
                XmlText.Element(output, "xrd:userId"u8, headers.UserId!);
                break;
            case SoapHeaderName.Issue:
                XmlText.Element(output, "xrd:issue"u8, headers.Issue!);
                break;
            case SoapHeaderName.ProtocolVersion:
                XmlText.Element(output, "xrd:protocolVersion"u8, headers.ProtocolVersion);
                break;
            case SoapHeaderName.RepresentedParty:
                RepresentedParty party = headers.RepresentedParty!.Value;
                output.Write("<repr:representedParty>"u8);
                if (party.PartyClass is not null)
                {
                    XmlText.Element(output, "repr:partyClass"u8, party.PartyClass);
                }

                XmlText.Element(output, "repr:partyCode"u8, party.PartyCode);
                output.Write("</repr:representedParty>"u8);
                break;
            case SoapHeaderName.SecurityToken:
                SecurityToken token = headers.SecurityToken!.Value;
                output.Write("<sec:securityToken"u8);
                if (token.TokenType is { } type)
                {
                    output.Write(token.IsTypeQualified ? " sec:tokenType=\""u8 : " tokenType=\""u8);
                    XmlText.Write(output, type);
                    output.Write("\""u8);
                }

                output.Write(">"u8);
                XmlText.Write(output, token.Value);
                output.Write("</sec:securityToken>"u8);
                break;
            default:
                break;
        }
    }

    /// <summary>An <c>xrd:service</c> element; the prefixes xrd and id are declared around it.</summary>
    internal static void WriteService(IBufferWriter<byte> output, ServiceId service)
    {
        output.Write("<xrd:service id:objectType=\"SERVICE\">"u8);
        WriteClientParts(output, service.Provider);
        XmlText.Element(output, "id:serviceCode"u8, service.Code);
        if (service.Version is not null)
        {
            XmlText.Element(output, "id:serviceVersion"u8, service.Version);
        }

        output.Write("</xrd:service>"u8);
    }

    /// <summary>The parts of a client identifier; the prefix id is declared around them.</summary>
    internal static void WriteClientParts(IBufferWriter<byte> output, ClientId id)
    {
        XmlText.Element(output, "id:xRoadInstance"u8, id.Instance);
        XmlText.Element(output, "id:memberClass"u8, id.MemberClass);
        XmlText.Element(output, "id:memberCode"u8, id.MemberCode);
        if (id.IsSubsystem)
        {
            XmlText.Element(output, "id:subsystemCode"u8, id.SubsystemCode);
        }
    }
}

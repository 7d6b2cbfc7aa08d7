using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// A SOAP message of the X-Road protocol 4.0, read once: headers as values, the one child of Body as an element nobody has interpreted.
/// Namespace prefixes, CDATA, comments and a UTF-8 byte order mark make no difference; RPC <c>encodingStyle</c> is tolerated; header
/// blocks of others are kept as they are.
/// </summary>
/// <remarks>Owns the parse: after <see cref="Dispose"/> no element of it may be used.</remarks>
public sealed class SoapMessage : IDisposable
{
    private SoapMessage(XmlTape tape, ReadOnlyMemory<byte> raw)
    {
        Tape = tape;
        Raw = raw;
    }

    /// <summary>The bytes as they arrived, in whatever charset; what the request hash is computed over.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The parse, over UTF-8 (the same bytes as <see cref="Raw"/> unless the charset was another).</summary>
    public XmlTape Tape { get; }

    public XmlElement Envelope => Tape.Root;

    /// <summary>The Header element; check <see cref="XmlElement.Exists"/>.</summary>
    public XmlElement Header { get; private init; }

    public XmlElement Body { get; private init; }

    /// <summary>The one child of Body: the operation's element or the Fault.</summary>
    public XmlElement BodyChild { get; private init; }

    public SoapBodyKind Kind { get; private init; }

    /// <summary>The X-Road headers. Null only for a fault without (valid) ones, and where none were asked for.</summary>
    public SoapHeaders? Headers { get; private init; }

    /// <summary>Why a fault's headers are null; none where there simply are none.</summary>
    public ProtocolFault HeaderFault { get; private init; }

    /// <summary>Header blocks that are not X-Road's, in order.</summary>
    public IReadOnlyList<XmlElement> OtherHeaders { get; private init; } = [];

    /// <summary>Envelope or Body carries SOAP's encodingStyle.</summary>
    public bool HasEncodingStyle { get; private init; }

    /// <summary>Set when <see cref="Kind"/> is <see cref="SoapBodyKind.Fault"/>.</summary>
    public SoapFault? Fault { get; private init; }

    [MemberNotNullWhen(true, nameof(Fault))]
    public bool IsFault => Fault is not null;

    /// <summary>SHA-512 of <see cref="Raw"/>.</summary>
    public byte[] ComputeRequestDigest() => SHA512.HashData(Raw.Span);

    /// <summary>
    /// Reads a message; never throws for what the bytes hold. Every header is checked as PR-MESS 2.2 says; whether values suffice
    /// for an exchange (a user, a basis) is not asked here.
    /// </summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> raw,
        SoapReaderOptions options,
        [NotNullWhen(true)] out SoapMessage? message,
        out ProtocolFault fault)
    {
        message = null;
        if (raw.IsEmpty)
        {
            fault = new ProtocolFault("soap-missing", XRoadFaultCode.MissingSoap, "Envelope", Phrases.Of("Soap.SoapMessage"), Phrases.Of("Soap.Nothing"));
            return false;
        }

        if (!TryParse(raw, options, out XmlTape? tape, out fault))
        {
            return false;
        }

        message = Build(tape, raw, options, out fault);
        if (message is null)
        {
            tape.Dispose();
        }

        return message is not null;
    }

    /// <summary>Parses the bytes of a message without asking whether they are one; the caller disposes of the parse.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> raw, SoapReaderOptions options, [NotNullWhen(true)] out XmlTape? tape, out ProtocolFault fault)
    {
        tape = null;
        if (!SoapCharset.TryToUtf8(raw, options.Charset, out ReadOnlyMemory<byte> utf8, out fault))
        {
            return false;
        }

        if (!XmlTape.TryParse(utf8, options.Limits, out tape, out XmlFault xml))
        {
            // A document type declaration surfaces as invalid_soap at a security server, and so does any XML that is not well-formed.
            string reason = xml.CodeName.Replace('_', '-');
            fault = new ProtocolFault(reason, XRoadFaultCode.InvalidSoap, Phrases.Of("Soap.LineColumn", xml.Line, xml.Column), Phrases.Of("Soap.WellFormedXmlWithout"), reason);
            return false;
        }

        return true;
    }

    /// <summary>
    /// The service code of the header against the body element, as a security server compares them: the local name begins with the
    /// code. A response also ends with <c>Response</c>. Faults are exempt.
    /// </summary>
    public ProtocolFault CheckBodyName() =>
        IsFault || Headers?.Service is not { } service || BodyChild.LocalName.StartsWith(service.Code, StringComparison.Ordinal)
            ? ProtocolFault.None
            : new ProtocolFault("body-name", XRoadFaultCode.InconsistentHeaders, "Body", Phrases.Of("Soap.ElementWhoseNameBegins", service.Code), Phrases.Of("Soap.AnotherName"));

    public void Dispose() => Tape.Dispose();

    private static SoapMessage? Build(XmlTape tape, ReadOnlyMemory<byte> raw, SoapReaderOptions options, out ProtocolFault fault)
    {
        XmlElement envelope = tape.Root;
        if (!envelope.Is(SoapNames.Envelope, "Envelope"u8))
        {
            bool soap12 = envelope.LocalName == "Envelope" && envelope.NamespaceUri == "http://www.w3.org/2003/05/soap-envelope";
            fault = new ProtocolFault("soap-envelope", XRoadFaultCode.InvalidSoap, "/", Phrases.Of("Soap.EnvelopeSoap11"), soap12 ? Phrases.Of("Soap.EnvelopeSoap12") : Phrases.Of("Soap.AnotherElement"));
            return null;
        }

        XmlElement header = default, body = default;
        foreach (XmlElement child in envelope.Children)
        {
            bool isHeader = child.Is(SoapNames.Envelope, "Header"u8);
            if (isHeader && !header.Exists && !body.Exists)
            {
                header = child;
            }
            else if (child.Is(SoapNames.Envelope, "Body"u8) && !body.Exists)
            {
                body = child;
            }
            else
            {
                fault = new ProtocolFault("soap-structure", XRoadFaultCode.InvalidSoap, "Envelope", Phrases.Of("Soap.HeaderThenBody"), isHeader ? Phrases.Of("Soap.AnotherHeader") : Phrases.Of("Soap.AnotherElement"));
                return null;
            }
        }

        if (!TryReadBody(body, out XmlElement bodyChild, out fault))
        {
            return null;
        }

        bool isFault = bodyChild.Is(SoapNames.Envelope, "Fault"u8);
        SoapBodyKind kind = isFault ? SoapBodyKind.Fault
            : bodyChild.LocalNameUtf8.EndsWith("Response"u8) ? SoapBodyKind.Response
            : SoapBodyKind.Request;

        List<XmlElement> others = [];
        SoapHeaders? headers = options.XRoadHeaders ? SoapHeaderReader.Read(header, kind, options, others, out fault) : null;
        ProtocolFault headerFault = fault;
        if (headers is null && !isFault && options.XRoadHeaders)
        {
            return null;
        }

        fault = ProtocolFault.None;
        return new SoapMessage(tape, raw)
        {
            Header = header,
            Body = body,
            BodyChild = bodyChild,
            Kind = kind,
            Headers = headers,
            HeaderFault = header.Exists ? headerFault : ProtocolFault.None,
            OtherHeaders = others,
            HasEncodingStyle = HasEncoding(envelope) || HasEncoding(body) || HasEncoding(bodyChild),
            Fault = isFault ? ReadFault(bodyChild) : null,
        };
    }

    private static bool TryReadBody(XmlElement body, out XmlElement child, out ProtocolFault fault)
    {
        child = default;
        if (!body.Exists)
        {
            fault = new ProtocolFault("body-missing", XRoadFaultCode.MissingBody, "Envelope", Phrases.Of("Soap.Body"), Phrases.Of("Soap.None"));
            return false;
        }

        int count = 0;
        foreach (XmlElement element in body.Children)
        {
            child = element;
            count++;
        }

        if (count != 1)
        {
            fault = new ProtocolFault("body-children", XRoadFaultCode.InvalidBody, "Body", Phrases.Of("Soap.ExactlyChild"), Phrases.Of("Soap.Children", count));
            return false;
        }

        bool text = !SoapNames.IsWhiteSpace(body.TextUtf8.Span);
        fault = text ? new ProtocolFault("body-text", XRoadFaultCode.InvalidBody, "Body", Phrases.Of("Soap.ElementOnly"), Phrases.Of("Soap.TextBeside")) : ProtocolFault.None;
        return !text;
    }

    private static bool HasEncoding(XmlElement element)
    {
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (attribute.Is(SoapNames.Envelope, "encodingStyle"u8))
            {
                return true;
            }
        }

        return false;
    }

    // faultcode is a QName, and leaves in another envelope: SOAP's own prefix becomes the one that is bound there, any other goes.
    private static string Unbound(XmlElement faultCode, string code)
    {
        int colon = code.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return code;
        }

        string local = code[(colon + 1)..];
        bool bound = faultCode.TryResolvePrefix(code[..colon], out string space);
        bool isSoap = bound ? space == SoapNamespaces.Envelope : local.Split('.')[0] is "Client" or "Server" or "VersionMismatch" or "MustUnderstand";

        // Without a prefix a provider's code could pass for a security server's.
        return isSoap ? "soapenv:" + local : XRoadFault.Classify(local).IsFromSecurityServer ? "soapenv:Server" : local;
    }

    private static SoapFault ReadFault(XmlElement element)
    {
        string code = string.Empty, message = string.Empty;
        string? actor = null;
        XmlElement detail = default;
        foreach (XmlElement child in element.Children)
        {
            switch (child.LocalName)
            {
                case "faultcode":
                    code = Unbound(child, child.Text.Trim());
                    break;
                case "faultstring":
                    message = child.Text;
                    break;
                case "faultactor":
                    actor = child.Text;
                    break;
                case "detail":
                    detail = child;
                    break;
                default:
                    break;
            }
        }

        return new SoapFault(code, message, actor, detail);
    }
}

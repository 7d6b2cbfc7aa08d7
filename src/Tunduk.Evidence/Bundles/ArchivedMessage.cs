using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Trust;
using Tunduk.Xml;

namespace Tunduk.Evidence.Bundles;

/// <summary>Checks the signature of an archived message again: by the certificate its entry names, at the time its entry names.</summary>
public static class ArchivedMessage
{
    /// <summary>Payload part with the exact signed bytes.</summary>
    public const string MessagePart = "message";

    /// <summary>Payload part with the detached signature over <see cref="MessagePart"/>.</summary>
    public const string DetachedPart = "signature-detached";

    /// <summary>Payload part with what <see cref="DetachedPart"/> is over where that is not the message (REST).</summary>
    public const string BasePart = "signature-base";

    private const string XRoad = "http://x-road.eu/xsd/xroad.xsd";
    private const string Identifiers = "http://x-road.eu/xsd/identifiers";
    private const string Representation = "http://x-road.eu/xsd/representation.xsd";
    private const string SecurityToken = "http://x-road.eu/xsd/security-token.xsd";

    // The clock of the receipt was judged at receipt; here only signature and cover are.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    /// <summary>Checks a request's or response's bytes.</summary>
    /// <param name="entry">Its entry.</param>
    /// <param name="message">The exact bytes.</param>
    /// <param name="mediaType">Their media type as archived; null where it is not shown.</param>
    /// <param name="detached">The detached signature; null where the entry has no such part.</param>
    /// <param name="signatureBase">What the detached signature of a REST message is over; null where the entry has no such part.</param>
    /// <remarks>LIMIT: messages that are neither a SOAP envelope nor a REST message (SOAP with attachments) are not checked again; they count as attested.</remarks>
    public static ArchivedMessageVerdict Verify(LogEntry entry, ReadOnlyMemory<byte> message, string? mediaType, byte[]? detached, byte[]? signatureBase)
    {
        ArgumentNullException.ThrowIfNull(entry);
        bool isRest = string.Equals(mediaType, ArchivedHttpMessage.MediaType, StringComparison.OrdinalIgnoreCase);
        if (!isRest && mediaType is not null && !mediaType.StartsWith("text/xml", StringComparison.OrdinalIgnoreCase))
        {
            return new ArchivedMessageVerdict(ArchivedMessageState.Attested);
        }

        if (entry.CertificateSha256.IsEmpty)
        {
            return new ArchivedMessageVerdict(ArchivedMessageState.Failed, "certificate_missing");
        }

        SignerTrust trust = new([new PinnedCertificate(entry.CertificateSha256)]);
        DateTimeOffset moment = entry.EventTime ?? entry.Time;
        if (isRest)
        {
            return ArchivedHttpMessage.Verify(entry, message, detached, signatureBase, trust, moment);
        }

        if (entry.Signature == SignatureStatus.OwnDetached)
        {
            if (detached is null)
            {
                return new ArchivedMessageVerdict(ArchivedMessageState.Attested);
            }

            DetachedContext context = entry.Kind == EntryKind.Request ? DetachedContext.SoapRequest : DetachedContext.SoapResponse;
            DetachedVerification result = DetachedSignature.Verify(message.Span, context, detached, trust, moment);
            return result.IsValid
                ? new ArchivedMessageVerdict(ArchivedMessageState.Verified, "", result.Signer!.Certificate.RawDataMemory)
                : new ArchivedMessageVerdict(ArchivedMessageState.Failed, result.Fault.ToString());
        }

        if (!XmlTape.TryParse(message, out XmlTape? tape, out XmlFault fault))
        {
            return new ArchivedMessageVerdict(ArchivedMessageState.Failed, fault.CodeName);
        }

        using (tape)
        {
            if (!tape.Root.Is(SoapNames.EnvelopeUri, "Envelope"u8))
            {
                return new ArchivedMessageVerdict(ArchivedMessageState.Attested); // XML of a REST service
            }

            SoapVerification result = SoapVerifier.Verify(tape, new SoapVerificationInput
            {
                Direction = entry.Kind == EntryKind.Request ? SoapDirection.Request : SoapDirection.Response,
                Trust = trust,
                Now = moment,
                Request = null,
                Headers = Headers(tape.Root),
                AllowedSkew = Skew,
            });
            return result.Status == SoapVerificationStatus.Valid
                ? new ArchivedMessageVerdict(ArchivedMessageState.Verified, "", result.Signer!.Certificate.RawDataMemory)
                : new ArchivedMessageVerdict(ArchivedMessageState.Failed, result.CodeName);
        }
    }

    // The X-Road headers in the spelling that is signed: identifiers as their parts joined by slashes (PR-MESS 2.1, 2.2). Every block
    // of the X-Road namespaces counts, so that one this page does not know cannot hide from the comparison.
    private static List<SoapHeaderValue> Headers(XmlElement envelope)
    {
        List<SoapHeaderValue> values = [];
        if (!envelope.TryGetChild(SoapNames.Envelope, "Header", out XmlElement header))
        {
            return values;
        }

        foreach (XmlElement block in header.Children)
        {
            string space = block.NamespaceUri;
            string name = block.LocalName;
            if ((space is XRoad or Representation && name != "requestHash") || (space == SecurityToken && name == "securityToken"))
            {
                values.Add(new SoapHeaderValue(name, space == SecurityToken ? TokenText(block) : Joined(block)));
            }
        }

        return values;
    }

    private static string Joined(XmlElement block)
    {
        StringBuilder text = new();
        foreach (XmlElement part in block.Children)
        {
            if (part.NamespaceUri is Identifiers or Representation)
            {
                text.Append(text.Length > 0 ? "/" : "").Append(part.Text);
            }
        }

        return text.Length > 0 ? text.ToString() : block.Text;
    }

    private static string TokenText(XmlElement block)
    {
        // As the header reader takes it: the type is optional, and in the header's namespace or in none.
        bool hasType = block.TryGetAttribute("", "tokenType", out XmlAttribute type) || block.TryGetAttribute(SecurityToken, "tokenType", out type);
        return $"{(hasType ? type.Value + " " : "")}sha-512:{Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(block.Text)))}";
    }
}

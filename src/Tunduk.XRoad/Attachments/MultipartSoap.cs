using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Attachments;

/// <summary>The first step into a multipart SOAP message: its SOAP part (PR-MESS 2.6: it comes first).</summary>
public static class MultipartSoap
{
    /// <summary>
    /// Reads the SOAP part into memory. Refused: no part at all, a first part of another type, a transfer encoding that would make the
    /// bytes others than those hashed, and a <c>start</c> parameter that does not name the first part.
    /// </summary>
    public static async ValueTask<MultipartSoapPart> ReadSoapPartAsync(
        MultipartReader reader,
        MediaType contentType,
        MultipartLimits limits,
        CancellationToken cancellationToken)
    {
        MultipartStep step = await reader.NextPartAsync(cancellationToken);
        if (!step.HasPart)
        {
            return new MultipartSoapPart(null, default, step.IsEnd
                ? new ProtocolFault("soap-missing", XRoadFaultCode.MissingSoap, "multipart", Phrases.Of("Attachments.SoapPart"), Phrases.Of("Attachments.NoPart"))
                : step.Fault);
        }

        PartHeaders headers = step.Part;
        ProtocolFault fault = Check(headers, contentType);
        if (!fault.IsNone)
        {
            return new MultipartSoapPart(null, default, fault);
        }

        (ReadOnlyMemory<byte> content, fault) = await reader.ReadToMemoryAsync(limits.MaxSoapBytes, cancellationToken);
        return fault.IsNone ? new MultipartSoapPart(headers, content, ProtocolFault.None) : new MultipartSoapPart(null, default, fault);
    }

    private static ProtocolFault Check(PartHeaders headers, MediaType contentType)
    {
        if (headers.ContentType.Type is not ("text/xml" or "application/xop+xml"))
        {
            return new ProtocolFault("soap-part-type", XRoadFaultCode.InvalidContentType, "multipart/part[1]/Content-Type", Phrases.Of("Attachments.TextXmlApplicationXop"), headers.ContentType.Type);
        }

        if (!headers.IsIdentityEncoded)
        {
            return new ProtocolFault("soap-part-encoding", XRoadFaultCode.MimeParsingFailed, "multipart/part[1]/Content-Transfer-Encoding", "8bit", Phrases.Of("Attachments.EncodedPart"));
        }

        // Others go by start: a first part without a Content-ID would leave it to name another one.
        return contentType["start"] is { } start && start.Trim().TrimStart('<').TrimEnd('>') != headers.ContentId
            ? new ProtocolFault("soap-part-start", XRoadFaultCode.MimeParsingFailed, "Content-Type/start", Phrases.Of("Attachments.ContentIdFirstPart"), Phrases.Of("Attachments.Another"))
            : ProtocolFault.None;
    }
}

using System.Security.Cryptography;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Soap;

/// <summary>Holds the verified Exchange block against what the application read and against the request.</summary>
internal static class SoapExchangeComparison
{
    public static SoapFinding? Compare(SoapExchange exchange, SoapVerificationInput input) =>
        CompareHeaders(exchange.Headers, input.Headers)
            ?? CompareAttachments(exchange.Attachments, input.Attachments)
            ?? CompareBinding(exchange, input);

    private static SoapFinding? CompareHeaders(IReadOnlyList<SoapHeaderValue> signed, IReadOnlyList<SoapHeaderValue> read)
    {
        for (int i = 0; i < read.Count; i++)
        {
            SoapHeaderValue header = read[i];
            int at = IndexOf(signed, header.Name);
            if (at < 0)
            {
                return SoapFinding.Of(SoapVerificationCode.HeaderNotCovered, header.Name);
            }

            if (signed[at].Value != header.Value)
            {
                return new SoapFinding(
                    SoapVerificationCode.HeaderDiffers,
                    new SignatureExplanation
                    {
                        Element = header.Name,
                        ExpectedLength = signed[at].Value.Length,
                        FoundLength = header.Value.Length,
                        DiffersAt = signed[at].Value.AsSpan().CommonPrefixLength(header.Value),
                    });
            }
        }

        for (int i = 0; i < signed.Count; i++)
        {
            if (IndexOf(read, signed[i].Name) < 0)
            {
                return SoapFinding.Of(SoapVerificationCode.HeaderMissing, signed[i].Name);
            }
        }

        return null;
    }

    private static SoapFinding? CompareAttachments(IReadOnlyList<SoapAttachmentDigest> signed, IReadOnlyList<SoapAttachmentDigest> read)
    {
        Dictionary<string, SoapAttachmentDigest>? byId = read.Count == 0
            ? null
            : signed.ToDictionary(attachment => attachment.ContentId, StringComparer.Ordinal);
        for (int i = 0; i < read.Count; i++)
        {
            if (!byId!.TryGetValue(read[i].ContentId, out SoapAttachmentDigest attachment))
            {
                return SoapFinding.Counted(SoapVerificationCode.AttachmentNotCovered, "Attachment", i + 1);
            }

            if (!CryptographicOperations.FixedTimeEquals(attachment.Sha256.Span, read[i].Sha256.Span))
            {
                return SoapFinding.Counted(SoapVerificationCode.AttachmentDigest, "Attachment", i + 1);
            }

            if (attachment.Type is { } type && type != read[i].Type)
            {
                return SoapFinding.Counted(SoapVerificationCode.AttachmentType, "Attachment", i + 1);
            }

            if (attachment.Type is not null && attachment.FileName != read[i].FileName)
            {
                return SoapFinding.Counted(SoapVerificationCode.AttachmentName, "Attachment", i + 1);
            }
        }

        return signed.Count > read.Count
            ? SoapFinding.Counted(SoapVerificationCode.AttachmentMissing, "Attachment", read.Count)
            : null;
    }

    private static SoapFinding? CompareBinding(SoapExchange exchange, SoapVerificationInput input)
    {
        if (input.Direction == SoapDirection.Request)
        {
            return null;
        }

        // Every response of the profile is bound, whether or not the request is at hand to compare with.
        if (exchange.RequestHash.IsEmpty)
        {
            return SoapFinding.Of(SoapVerificationCode.RequestHashMissing, "RequestHash");
        }

        if (input.Request is not { } request)
        {
            return null;
        }

        if (!CryptographicOperations.FixedTimeEquals(exchange.RequestHash.Span, request.Sha512.Span))
        {
            return SoapFinding.Of(SoapVerificationCode.RequestHashDiffers, "RequestHash");
        }

        // A fault may say that the request's signature was not believed: it confirms none, and the hash binds it to every byte of the
        // request, the signature among them.
        if (exchange.SignatureConfirmation.IsEmpty && exchange.Kind == SoapMessageKind.Fault)
        {
            return null;
        }

        if (exchange.SignatureConfirmation.IsEmpty && !request.SignatureValue.IsEmpty)
        {
            return SoapFinding.Of(SoapVerificationCode.ConfirmationMissing, "SignatureConfirmation");
        }

        return CryptographicOperations.FixedTimeEquals(exchange.SignatureConfirmation.Span, request.SignatureValue.Span)
            ? null
            : SoapFinding.Of(SoapVerificationCode.ConfirmationDiffers, "SignatureConfirmation");
    }

    private static int IndexOf(IReadOnlyList<SoapHeaderValue> headers, string name)
    {
        for (int i = 0; i < headers.Count; i++)
        {
            if (headers[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}

using System.Text;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>Reads <c>ta:Exchange</c> strictly.</summary>
internal static class SoapExchangeReader
{
    private const int MaxSignatureValue = 2048;
    private const int MaxHeaders = 32;

    /// <summary>What kind the block claims; empty if it does not say.</summary>
    public static ReadOnlyMemory<byte> ClaimedKind(XmlElement element) =>
        element.TryGetAttribute("", "kind", out XmlAttribute kind) ? kind.ValueUtf8 : default;

    public static SoapFinding? Read(XmlElement element, SoapMessageKind expected, out SoapExchange? exchange)
    {
        exchange = null;
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (!attribute.Is(SoapNames.UtilityUri, "Id"u8) && !attribute.Is(default, "kind"u8))
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedAttribute, element);
            }
        }

        if (!ClaimedKind(element).Span.SequenceEqual(SoapExchangeWriter.KindName(expected)))
        {
            return SoapFinding.At(SoapVerificationCode.ExchangeKind, element);
        }

        SoapFinding? finding = SoapShape.OnlyElements(element);
        var headers = new List<SoapHeaderValue>(8);
        List<SoapAttachmentDigest>? attachments = null;
        HashSet<string>? ids = null;
        byte[] checkpoint = [];
        byte[] requestHash = [];
        byte[] confirmation = [];
        foreach (XmlElement child in element.Children)
        {
            if (finding is not null)
            {
                return finding;
            }

            if (child.Is(SoapNames.ExchangeUri, "Header"u8))
            {
                finding = ReadHeader(child, headers);
            }
            else if (child.Is(SoapNames.ExchangeUri, "Attachment"u8))
            {
                finding = ReadAttachment(child, attachments ??= [], ids ??= new HashSet<string>(StringComparer.Ordinal));
            }
            else if (child.Is(SoapNames.ExchangeUri, "Checkpoint"u8) && checkpoint.Length == 0)
            {
                finding = ReadDigest(child, SoapNames.Sha256Name, 32, out checkpoint);
            }
            else if (child.Is(SoapNames.ExchangeUri, "RequestHash"u8) && requestHash.Length == 0
                && expected != SoapMessageKind.Request)
            {
                finding = ReadDigest(child, SoapNames.Sha512Name, 64, out requestHash);
            }
            else if (child.Is(SoapNames.Security11Uri, "SignatureConfirmation"u8) && confirmation.Length == 0
                && expected != SoapMessageKind.Request)
            {
                finding = ReadConfirmation(child, out confirmation);
            }
            else
            {
                finding = SoapFinding.At(SoapVerificationCode.UnexpectedElement, child);
            }
        }

        if (finding is not null)
        {
            return finding;
        }

        exchange = new SoapExchange
        {
            Kind = expected,
            Headers = headers,
            Attachments = attachments is null ? [] : attachments,
            Checkpoint = checkpoint,
            RequestHash = requestHash,
            SignatureConfirmation = confirmation,
        };
        return null;
    }

    private static SoapFinding? ReadHeader(XmlElement element, List<SoapHeaderValue> headers)
    {
        SoapFinding? finding = SoapShape.OneAttribute(element, default, "name"u8) ?? SoapShape.OnlyText(element);
        if (finding is not null)
        {
            return finding;
        }

        if (headers.Count == MaxHeaders)
        {
            return SoapFinding.Counted(SoapVerificationCode.ExchangeMalformed, "Header", MaxHeaders + 1);
        }

        element.TryGetAttribute("", "name", out XmlAttribute attribute);
        string name = XmlNames.Intern(attribute.ValueUtf8.Span);
        foreach (SoapHeaderValue other in headers)
        {
            if (other.Name == name)
            {
                return SoapFinding.At(SoapVerificationCode.ExchangeMalformed, element);
            }
        }

        headers.Add(new SoapHeaderValue(name, element.Text));
        return null;
    }

    private static SoapFinding? ReadAttachment(XmlElement element, List<SoapAttachmentDigest> attachments, HashSet<string> ids)
    {
        SoapFinding? finding = SoapShape.OnlyText(element);
        string? id = null;
        string? type = null;
        string? name = null;
        bool isSha256 = false;
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (attribute.Is(default, "id"u8))
            {
                id = attribute.Value;
            }
            else if (attribute.Is(default, "type"u8))
            {
                type = attribute.Value;
            }
            else if (attribute.Is(default, "name"u8))
            {
                name = attribute.Value;
            }
            else if (attribute.Is(default, "algorithm"u8))
            {
                isSha256 = attribute.ValueUtf8.Span.SequenceEqual(SoapNames.Sha256Name);
            }
            else
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedAttribute, element);
            }
        }

        byte[] digest = new byte[32];
        if (finding is null
            && (string.IsNullOrEmpty(id) || !isSha256 || !ids.Add(id) || type is "" || (name is not null && type is null)
                || !SoapShape.TryDecode(element.TextUtf8.Span, digest, out int written) || written != digest.Length))
        {
            finding = SoapFinding.At(SoapVerificationCode.ExchangeMalformed, element);
        }

        if (finding is null)
        {
            attachments.Add(new SoapAttachmentDigest(id!, digest, type, name));
        }

        return finding;
    }

    private static SoapFinding? ReadDigest(XmlElement element, ReadOnlySpan<byte> algorithm, int length, out byte[] digest)
    {
        digest = new byte[length];
        SoapFinding? finding = SoapShape.OneAttribute(element, default, "algorithm"u8) ?? SoapShape.OnlyText(element);
        if (finding is not null)
        {
            return finding;
        }

        element.TryGetAttribute("", "algorithm", out XmlAttribute named);
        return named.ValueUtf8.Span.SequenceEqual(algorithm)
            && SoapShape.TryDecode(element.TextUtf8.Span, digest, out int written) && written == length
            ? null
            : SoapFinding.At(SoapVerificationCode.ExchangeMalformed, element);
    }

    private static SoapFinding? ReadConfirmation(XmlElement element, out byte[] value)
    {
        value = [];
        SoapFinding? finding = SoapShape.OneAttribute(element, default, "Value"u8) ?? SoapShape.NoContent(element);
        if (finding is not null)
        {
            return finding;
        }

        element.TryGetAttribute("", "Value", out XmlAttribute attribute);
        ReadOnlySpan<byte> text = attribute.ValueUtf8.Span;
        byte[] decoded = new byte[MaxSignatureValue];
        if (text.Length > MaxSignatureValue || !SoapShape.TryDecode(text, decoded, out int written) || written == 0)
        {
            return SoapFinding.At(SoapVerificationCode.ExchangeMalformed, element);
        }

        value = decoded[..written];
        return null;
    }
}

using Tunduk.Evidence.Signing;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>
/// Tells signature wrapping from other faults of form: the signed part stands elsewhere in the message, and another is where the
/// application reads. Asked only once a message is refused; it never lets one pass.
/// </summary>
internal static class SoapWrapping
{
    private const int MostReferences = 16;

    /// <summary>The trick; null where the message carries no signature or nothing was moved.</summary>
    public static SoapFinding? Find(XmlTape tape)
    {
        if (!TryFindSignedInfo(tape, out XmlElement signedInfo))
        {
            return null;
        }

        return Doubled(tape.Root) ?? Moved(tape, signedInfo);
    }

    /// <summary>A second Header or Body beside the first.</summary>
    private static SoapFinding? Doubled(XmlElement envelope)
    {
        int headers = 0;
        int bodies = 0;
        foreach (XmlElement child in envelope.Children)
        {
            headers += child.Is(SoapNames.EnvelopeUri, "Header"u8) ? 1 : 0;
            bodies += child.Is(SoapNames.EnvelopeUri, "Body"u8) ? 1 : 0;
        }

        return bodies > 1 ? SoapFinding.Counted(SoapVerificationCode.MultipleBodies, "Body", bodies)
            : headers > 1 ? SoapFinding.Counted(SoapVerificationCode.MultipleHeaders, "Header", headers)
            : null;
    }

    /// <summary>A reference that leads to a part of the profile at another place than the profile's.</summary>
    private static SoapFinding? Moved(XmlTape tape, XmlElement signedInfo)
    {
        int count = 0;
        foreach (XmlElement reference in signedInfo.Children)
        {
            if (!reference.Is(SoapNames.SignatureUri, "Reference"u8) || !reference.TryGetAttribute("", "URI", out XmlAttribute uri)
                || uri.ValueUtf8.Length < 2 || uri.ValueUtf8.Span[0] != '#' || ++count > MostReferences)
            {
                continue;
            }

            if (Holder(tape, uri.ValueUtf8.Span[1..], out string[] path) is { Exists: true } part && CodeOf(part, path) is { } code)
            {
                return new SoapFinding(code, new SignatureExplanation { Element = string.Join('/', path), Line = part.Line });
            }
        }

        return null;
    }

    private static SoapVerificationCode? CodeOf(XmlElement part, string[] path)
    {
        if (part.Is(SoapNames.EnvelopeUri, "Body"u8))
        {
            return path is ["Envelope", "Body"] ? null : SoapVerificationCode.BodyWrapped;
        }

        if (part.Is(SoapNames.UtilityUri, "Timestamp"u8))
        {
            return path is ["Envelope", "Header", "Security", "Timestamp"] ? null : SoapVerificationCode.TimestampWrapped;
        }

        return part.Is(SoapNames.ExchangeUri, "Exchange"u8) && path is not ["Envelope", "Header", "Exchange"] ? SoapVerificationCode.ExchangeWrapped : null;
    }

    /// <summary>The first SignedInfo of a Security block, wherever it stands: an envelope within an envelope has one too.</summary>
    private static bool TryFindSignedInfo(XmlTape tape, out XmlElement signedInfo)
    {
        signedInfo = default;
        for (int i = 0; i < tape.NodeCount; i++)
        {
            if (tape.Nodes[i].Kind != XmlNodeKind.Element)
            {
                continue;
            }

            var element = new XmlElement(tape, i);
            if (element.Is(SoapNames.SecurityUri, "Security"u8) && SecurityHeader.Peek(element).SignedInfo is { Exists: true } found)
            {
                signedInfo = found;
                return true;
            }
        }

        return false;
    }

    /// <summary>The element with this wsu:Id and its place by local names, of foreign ones only that they are.</summary>
    private static XmlElement Holder(XmlTape tape, ReadOnlySpan<byte> id, out string[] path)
    {
        path = [];
        for (int i = 0; i < tape.NodeCount; i++)
        {
            if (tape.Nodes[i].Kind == XmlNodeKind.Element && new XmlElement(tape, i) is var element && SoapIds.Of(element).Span.SequenceEqual(id))
            {
                path = PathTo(element);
                return element;
            }
        }

        return default;
    }

    private static string[] PathTo(XmlElement element)
    {
        var names = new List<string>();
        for (; element.Exists; element = element.Parent)
        {
            names.Add(Name(element));
        }

        names.Reverse();
        return [.. names];
    }

    private static string Name(XmlElement element)
    {
        ReadOnlySpan<byte> uri = element.NamespaceUriUtf8;
        bool isKnown = uri.SequenceEqual(SoapNames.EnvelopeUri) || uri.SequenceEqual(SoapNames.SecurityUri) || uri.SequenceEqual(SoapNames.UtilityUri)
            || uri.SequenceEqual(SoapNames.SignatureUri) || uri.SequenceEqual(SoapNames.ExchangeUri);
        return isKnown && element.LocalNameUtf8.Length <= 64 ? element.LocalName : "*";
    }
}

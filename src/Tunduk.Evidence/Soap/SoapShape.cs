using System.Buffers;
using System.Buffers.Text;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>Checks of form that every part of the profile shares.</summary>
internal static class SoapShape
{
    /// <summary>The element has this attribute and no other.</summary>
    public static SoapFinding? OneAttribute(XmlElement element, ReadOnlySpan<byte> uri, ReadOnlySpan<byte> name)
    {
        int found = 0;
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (!attribute.Is(uri, name))
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedAttribute, element);
            }

            found++;
        }

        return found == 1 ? null : SoapFinding.At(SoapVerificationCode.AttributeMissing, element);
    }

    /// <summary>No attributes at all; namespace declarations do not count.</summary>
    public static SoapFinding? NoAttributes(XmlElement element)
    {
        XmlAttributes.Enumerator attributes = element.Attributes.GetEnumerator();
        return attributes.MoveNext() ? SoapFinding.At(SoapVerificationCode.UnexpectedAttribute, element) : null;
    }

    /// <summary>Between the children nothing but white space: no text, comment or processing instruction.</summary>
    public static SoapFinding? OnlyElements(XmlElement element)
    {
        XmlTape tape = element.Tape;
        ReadOnlySpan<byte> source = tape.Source.Span;
        int end = element.Node.Next;
        for (int i = element.Index + 1; i < end; i = tape.Nodes[i].Next)
        {
            ref XmlNode node = ref tape.Nodes[i];
            bool isAllowed = node.Kind == XmlNodeKind.Element
                || (node.Kind == XmlNodeKind.Text && IsWhiteSpace(source[node.InnerStart..node.InnerEnd]));
            if (!isAllowed)
            {
                return SoapFinding.At(SoapVerificationCode.UnexpectedNode, element);
            }
        }

        return null;
    }

    /// <summary>Neither text nor anything else, white space aside.</summary>
    public static SoapFinding? NoContent(XmlElement element)
    {
        XmlChildren.Enumerator children = element.Children.GetEnumerator();
        return children.MoveNext()
            ? SoapFinding.At(SoapVerificationCode.UnexpectedElement, children.Current)
            : OnlyElements(element);
    }

    /// <summary>One piece of text at most: no child, comment, CDATA or processing instruction that could split a value.</summary>
    public static SoapFinding? OnlyText(XmlElement element)
    {
        XmlTape tape = element.Tape;
        int end = element.Node.Next;
        int pieces = 0;
        for (int i = element.Index + 1; i < end; i = tape.Nodes[i].Next)
        {
            pieces++;
            if (tape.Nodes[i].Kind != XmlNodeKind.Text || pieces > 1)
            {
                return SoapFinding.At(
                    tape.Nodes[i].Kind == XmlNodeKind.Element ? SoapVerificationCode.UnexpectedElement : SoapVerificationCode.UnexpectedNode,
                    element);
            }
        }

        return null;
    }

    /// <summary>Decodes base64, white space between groups allowed (XML Schema base64Binary).</summary>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> target, out int written) =>
        Base64.DecodeFromUtf8(text, target, out int consumed, out written) == OperationStatus.Done && consumed == text.Length;

    private static bool IsWhiteSpace(ReadOnlySpan<byte> raw) => raw.IndexOfAnyExcept(" \t\r\n"u8) < 0;
}

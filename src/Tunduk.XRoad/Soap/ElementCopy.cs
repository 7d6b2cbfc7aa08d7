using System.Buffers;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// Copies an element out of one message into another byte for byte, with the namespace declarations that were in scope around it,
/// so that prefixes in names, in QName values and in signed content keep their meaning.
/// </summary>
public static class ElementCopy
{
    /// <summary>
    /// Writes the element in the form that survives a security server: processing instructions are left out, tabs and line breaks
    /// written raw in attribute values become the spaces they mean. An attribute value with a reference to one of them is refused,
    /// since the security server would write it raw and so change the value.
    /// </summary>
    public static bool TryWrite(IBufferWriter<byte> output, XmlElement element, out ProtocolFault fault)
    {
        ReadOnlySpan<byte> source = element.Tape.Source.Span;
        ReadOnlySpan<byte> all = element.OuterRange.Of(source);
        fault = ProtocolFault.None;
        int nameEnd = element.NameRange.End - element.OuterRange.Start;
        output.Write(all[..nameEnd]);
        WriteScope(output, element, source);
        return CopyMarkup(output, all[nameEnd..], inTag: true, out fault);
    }

    private static void WriteScope(IBufferWriter<byte> output, XmlElement element, ReadOnlySpan<byte> source)
    {
        // Nearest declaration of a prefix wins; the element's own stand in the start tag that follows.
        List<Range> seen = [];
        for (XmlElement at = element; at.Exists; at = at.Parent)
        {
            int offset = at.StartTagRange.Start;
            ReadOnlySpan<byte> tag = at.StartTagRange.Of(source);
            int position = at.NameRange.End - offset;
            while (TryNextAttribute(tag, ref position, out Range name, out Range whole))
            {
                ReadOnlySpan<byte> attribute = tag[name];
                if (!attribute.SequenceEqual("xmlns"u8) && !attribute.StartsWith("xmlns:"u8))
                {
                    continue;
                }

                bool known = false;
                foreach (Range earlier in seen)
                {
                    known |= source[earlier].SequenceEqual(attribute);
                }

                if (!known)
                {
                    seen.Add(new Range(name.Start.Value + offset, name.End.Value + offset));
                    if (at != element)
                    {
                        output.Write(" "u8);
                        output.Write(tag[whole]);
                    }
                }
            }
        }
    }

    /// <summary>Steps through a start tag that the parser has accepted.</summary>
    private static bool TryNextAttribute(ReadOnlySpan<byte> tag, ref int position, out Range name, out Range whole)
    {
        name = whole = default;
        int start = position + IndexOfNonSpace(tag[position..]);
        if (tag[start] is (byte)'>' or (byte)'/')
        {
            return false;
        }

        int equals = start + tag[start..].IndexOf((byte)'=');
        int nameEnd = start + tag[start..equals].IndexOfAny(" \t\r\n"u8);
        name = new Range(start, nameEnd < start ? equals : nameEnd);
        int open = equals + 1 + IndexOfNonSpace(tag[(equals + 1)..]);
        int close = open + 1 + tag[(open + 1)..].IndexOf(tag[open]);
        whole = new Range(start, close + 1);
        position = close + 1;
        return true;
    }

    private static int IndexOfNonSpace(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept(" \t\r\n"u8);

    private static bool CopyMarkup(IBufferWriter<byte> output, ReadOnlySpan<byte> rest, bool inTag, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        while (!rest.IsEmpty)
        {
            int length;
            if (inTag)
            {
                if (!CopyTag(output, rest, out length))
                {
                    fault = new ProtocolFault("attribute-line-break", XRoadFaultCode.InvalidBody, "Body", Phrases.Of("Soap.AttributeValuesWithoutTab"), Phrases.Of("Soap.ReferenceThem"));
                    return false;
                }

                inTag = false;
            }
            else if (rest[0] != '<')
            {
                int next = rest.IndexOf((byte)'<');
                length = next < 0 ? rest.Length : next;
                output.Write(rest[..length]);
            }
            else if (rest.StartsWith("<!--"u8))
            {
                length = rest.IndexOf("-->"u8) + 3;
                output.Write(rest[..length]);
            }
            else if (rest.StartsWith("<![CDATA["u8))
            {
                length = rest.IndexOf("]]>"u8) + 3;
                output.Write(rest[..length]);
            }
            else if (rest.StartsWith("<?"u8))
            {
                length = rest.IndexOf("?>"u8) + 2;
            }
            else
            {
                length = 1;
                output.Write("<"u8);
                inTag = true;
            }

            rest = rest[length..];
        }

        return true;
    }

    /// <summary>Copies up to and with the <c>&gt;</c> that ends a tag; false for a reference to white space in a value.</summary>
    private static bool CopyTag(IBufferWriter<byte> output, ReadOnlySpan<byte> rest, out int length)
    {
        length = 0;
        while (true)
        {
            int at = rest[length..].IndexOfAny((byte)'>', (byte)'"', (byte)'\'');
            output.Write(rest.Slice(length, at + 1));
            length += at + 1;
            byte quote = rest[length - 1];
            if (quote == '>')
            {
                return true;
            }

            int close = rest[length..].IndexOf(quote);
            if (!CopyValue(output, rest.Slice(length, close)))
            {
                return false;
            }

            output.Write(rest.Slice(length + close, 1));
            length += close + 1;
        }
    }

    private static bool CopyValue(IBufferWriter<byte> output, ReadOnlySpan<byte> value)
    {
        if (value.IndexOfAny("\t\r\n&"u8) < 0)
        {
            output.Write(value);
            return true;
        }

        for (int i = 0; i < value.Length; i++)
        {
            byte b = value[i];
            if (b == '&' && IsWhiteSpaceReference(value[i..]))
            {
                return false;
            }

            // A line end of two bytes is one character to a parser, and one space (XML 1.0 §2.11, §3.3.3).
            if (b == '\r' && i + 1 < value.Length && value[i + 1] == '\n')
            {
                i++;
            }

            output.Write([b is (byte)'\t' or (byte)'\r' or (byte)'\n' ? (byte)' ' : b]);
        }

        return true;
    }

    private static bool IsWhiteSpaceReference(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)';');
        if (end < 3 || text[1] != '#')
        {
            return false;
        }

        bool hex = text[2] == 'x';
        int value = 0;
        foreach (byte digit in text[(hex ? 3 : 2)..end])
        {
            int d = digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
            value = Math.Min(0x110000, (value * (hex ? 16 : 10)) + d);
        }

        return value is 9 or 10 or 13;
    }
}

using System.Text;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>
/// Prefixes that occur in values (<c>xsi:type="xsd:date"</c>): exclusive C14N does not see them, so they go into the PrefixList.
/// A word before a colon counts when the document declares it as a prefix: one too many does no harm, one too few leaves the
/// meaning of the value unprotected.
/// </summary>
internal static class QNamePrefixes
{
    private static ReadOnlySpan<byte> SchemaInstance => "http://www.w3.org/2001/XMLSchema-instance"u8;

    public static string[] Find(XmlElement apex)
    {
        XmlTape tape = apex.Tape;
        ReadOnlySpan<byte> source = tape.Source.Span;
        SortedSet<string>? found = null;
        int end = apex.Node.Next;
        for (int i = apex.Index; i < end; i++)
        {
            ref XmlNode node = ref tape.Nodes[i];
            if (node.Kind is XmlNodeKind.Text or XmlNodeKind.Cdata)
            {
                Scan(tape, source[node.InnerStart..node.InnerEnd], ref found);
            }
            else if (node.Kind == XmlNodeKind.Element && node.AttributeCount > 0)
            {
                ScanAttributes(tape, in node, ref found);
            }
        }

        return found is null ? [] : [.. found];
    }

    private static void ScanAttributes(XmlTape tape, ref readonly XmlNode node, ref SortedSet<string>? found)
    {
        ReadOnlySpan<byte> source = tape.Source.Span;
        foreach (ref XmlAttributeEntry attribute in tape.AttributeEntries.AsSpan(node.FirstAttribute, node.AttributeCount))
        {
            if (attribute.IsDeclaration)
            {
                continue;
            }

            ReadOnlySpan<byte> value = source[attribute.ValueStart..attribute.ValueEnd];
            Scan(tape, value, ref found);
            bool isType = attribute.LocalLength == 4 && source.Slice(attribute.LocalStart, 4).SequenceEqual("type"u8)
                && tape.NamespaceBytes(attribute.Namespace).SequenceEqual(SchemaInstance);
            if (isType && !value.Contains((byte)':'))
            {
                (found ??= new SortedSet<string>(StringComparer.Ordinal)).Add("#default");
            }
        }
    }

    private static void Scan(XmlTape tape, ReadOnlySpan<byte> value, ref SortedSet<string>? found)
    {
        for (int colon = value.IndexOf((byte)':'); colon >= 0; colon = value.IndexOf((byte)':'))
        {
            int start = colon;
            while (start > 0 && IsNameByte(value[start - 1]))
            {
                start--;
            }

            ReadOnlySpan<byte> word = value[start..colon];
            value = value[(colon + 1)..];
            if (!word.IsEmpty && !value.IsEmpty && IsNameByte(value[0]) && IsDeclared(tape, word))
            {
                (found ??= new SortedSet<string>(StringComparer.Ordinal)).Add(Encoding.UTF8.GetString(word));
            }
        }
    }

    /// <summary>Does any element of the document declare this prefix?</summary>
    public static bool IsDeclared(XmlTape tape, ReadOnlySpan<byte> prefix)
    {
        ReadOnlySpan<byte> source = tape.Source.Span;
        foreach (ref XmlAttributeEntry attribute in tape.AttributeEntries.AsSpan(0, tape.AttributeCount))
        {
            if (attribute.IsDeclaration && attribute.PrefixLength > 0 && attribute.LocalLength == prefix.Length
                && source.Slice(attribute.LocalStart, attribute.LocalLength).SequenceEqual(prefix))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNameByte(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)'.' or >= 0x80;
}

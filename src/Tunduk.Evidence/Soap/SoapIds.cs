using System.Text;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>Identifiers that references point to.</summary>
internal static class SoapIds
{
    /// <summary>
    /// Counts the attributes with this value that any implementation may take for an identifier: the local name is <c>id</c> in
    /// any case and any namespace (wsu:Id, Id, ID, id, xml:id).
    /// </summary>
    public static int Count(XmlTape tape, ReadOnlySpan<byte> id)
    {
        ReadOnlySpan<byte> source = tape.Source.Span;
        int count = 0;
        Span<XmlAttributeEntry> entries = tape.AttributeEntries.AsSpan(0, tape.AttributeCount);
        for (int i = 0; i < entries.Length; i++)
        {
            ref XmlAttributeEntry entry = ref entries[i];
            if (entry.LocalLength != 2 || entry.IsDeclaration
                || (source[entry.LocalStart] | 0x20) != 'i' || (source[entry.LocalStart + 1] | 0x20) != 'd')
            {
                continue;
            }

            // Normalised white space around an id counts as the same id for some readers.
            ReadOnlySpan<byte> value = entry.NeedsDecoding
                ? new XmlAttribute(tape, i).ValueUtf8.Span
                : source[entry.ValueStart..entry.ValueEnd];
            if (value.Trim(" \t\r\n"u8).SequenceEqual(id))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>The element's wsu:Id; empty without one.</summary>
    public static ReadOnlyMemory<byte> Of(XmlElement element)
    {
        foreach (XmlAttribute attribute in element.Attributes)
        {
            if (attribute.Is(SoapNames.UtilityUri, "Id"u8))
            {
                return attribute.ValueUtf8;
            }
        }

        return default;
    }

    /// <summary>An NCName of ASCII characters, as every known implementation writes its identifiers.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> id) =>
        !id.IsEmpty && id.Length <= 256 && Ascii.IsValid(id) && XmlChars.NcNameLength(id) == id.Length;
}

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

// Over 300 lines: every simple type's way into JSON, side by side.

/// <summary>Values: reads the text of an element, checks it, writes the JSON form. Long text streams through in pieces.</summary>
internal sealed class XmlTextToJson(XmlReader reader, Utf8JsonWriter writer, MappingTrace trace, bool acceptParts) : IDisposable
{
    private const int ChunkChars = 8 * 1024;
    private readonly char[] chunk = ArrayPool<char>.Shared.Rent(ChunkChars);

    /// <summary>Gives the room for text back, with nothing of anybody's values in it.</summary>
    public void Dispose() => ArrayPool<char>.Shared.Return(chunk, clearArray: true);

    /// <summary>The value of the element the reader stands on; afterwards it stands behind the element.</summary>
    public void Element(SimpleType type, ElementDeclaration element)
    {
        reader.MoveToElement();
        if (reader.IsEmptyElement)
        {
            reader.Read();
            Empty(type, element);
            return;
        }

        reader.Read();
        if (acceptParts && element.Fixed is null && type is { Variety: SimpleVariety.Atomic, Primitive: Primitive.Base64Binary } && IsPart(element))
        {
            return;
        }

        if (reader.NodeType == XmlNodeType.EndElement)
        {
            reader.Read();
            Empty(type, element);
            return;
        }

        if (reader.NodeType == XmlNodeType.Text && reader.CanReadValueChunk)
        {
            Chunked(type, element);
            return;
        }

        var text = Accumulate(new StringBuilder(), type, element);
        Value(type, text, element.Fixed, element.Location);
    }

    // White space around base64 means nothing, nor does it around what stands for base64.
    private bool IsPart(ElementDeclaration element)
    {
        SkipSpace();
        if (reader.NodeType != XmlNodeType.Element || reader.LocalName != "Include" || reader.NamespaceURI != AttachmentReferences.XopNamespace)
        {
            return false;
        }

        reader.Skip();
        SkipSpace();
        ToEnd(element);
        reader.Read();
        writer.WriteStringValue("");
        return true;
    }

    private void SkipSpace()
    {
        while (reader.NodeType is XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
        {
            reader.Read();
        }
    }

    /// <summary>Checks a value and writes it.</summary>
    public void Value(SimpleType type, ReadOnlySpan<char> raw, string? fixedValue, SchemaLocation declared)
    {
        if (type.IsPlainText && fixedValue is null)
        {
            writer.WriteStringValue(raw);
            return;
        }

        var text = SimpleValue.Normalize(type, raw);
        var violation = SimpleValue.Check(type, text);
        if (!violation.IsNone)
        {
            trace.Fault(violation.Code, declared, violation.Expected, Phrases.Of("Mapping.TextCharacters", raw.Length));
            writer.WriteNullValue();
            return;
        }

        if (fixedValue is not null && !text.SequenceEqual(SimpleValue.Normalize(type, fixedValue)))
        {
            trace.Fault(MappingCodes.Fixed, declared, Phrases.Of("Mapping.FixedValue"), Phrases.Of("Mapping.TextCharacters", raw.Length));
        }

        Write(type, text);
    }

    private void Empty(SimpleType type, ElementDeclaration element) =>
        Value(type, element.Fixed ?? element.Default ?? "", element.Fixed, element.Location);

    private void Chunked(SimpleType type, ElementDeclaration element)
    {
        var length = Fill(0);
        if (length < chunk.Length)
        {
            // The whole text is in the buffer, which is the common case: no string is made.
            reader.Read();
            if (reader.NodeType == XmlNodeType.EndElement)
            {
                reader.Read();
                Value(type, chunk.AsSpan(0, length), element.Fixed, element.Location);
                return;
            }

            var more = new StringBuilder().Append(chunk, 0, length);
            Value(type, Accumulate(more, type, element), element.Fixed, element.Location);
            return;
        }

        var streams = element.Fixed is null && ReferenceEquals(type.Facets, Facets.None) &&
            (type.IsPlainText || (type is { Variety: SimpleVariety.Atomic, Primitive: Primitive.Base64Binary }));
        if (!streams)
        {
            var text = new StringBuilder();
            while (length > 0)
            {
                text.Append(chunk, 0, length);
                length = Fill(0);
            }

            reader.Read();
            Value(type, Accumulate(text, type, element), element.Fixed, element.Location);
            return;
        }

        Stream(type, element, length);
    }

    private void Stream(SimpleType type, ElementDeclaration element, int length)
    {
        var base64 = type.Primitive == Primitive.Base64Binary;
        var checker = default(Base64Text.Base64Checker);
        var ok = true;
        while (true)
        {
            while (length > 0)
            {
                Segment(base64, length, ref checker, ref ok);
                length = Fill(0);
            }

            // A comment or CDATA section splits text into several nodes.
            reader.Read();
            while (reader.NodeType is XmlNodeType.Comment or XmlNodeType.ProcessingInstruction)
            {
                reader.Read();
            }

            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            {
                length = Fill(0);
                continue;
            }

            break;
        }

        writer.WriteStringValueSegment(ReadOnlySpan<char>.Empty, isFinalSegment: true);
        if (!ok || (base64 && !checker.IsComplete))
        {
            trace.Fault(MappingCodes.Type, element.Location, "xs:base64Binary", Phrases.Of("Mapping.OtherText"));
        }

        ToEnd(element);
        reader.Read();
    }

    private void Segment(bool base64, int length, ref Base64Text.Base64Checker checker, ref bool ok)
    {
        if (base64)
        {
            ok &= checker.Add(chunk.AsSpan(0, length));
            length = RemoveSpace(chunk.AsSpan(0, length));
        }

        if (length > 0)
        {
            writer.WriteStringValueSegment(chunk.AsSpan(0, length), isFinalSegment: false);
        }

        if (writer.BytesPending > 32 * 1024)
        {
            writer.Flush();
        }
    }

    private int Fill(int length)
    {
        while (length < chunk.Length)
        {
            var read = reader.ReadValueChunk(chunk, length, chunk.Length - length);
            if (read == 0)
            {
                break;
            }

            length += read;
        }

        return length;
    }

    private string Accumulate(StringBuilder text, SimpleType type, ElementDeclaration element)
    {
        while (reader.NodeType != XmlNodeType.EndElement && !reader.EOF)
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            {
                text.Append(reader.Value);
                reader.Read();
            }
            else if (reader.NodeType == XmlNodeType.Element)
            {
                trace.Fault(MappingCodes.Unknown, element.Location, "xs:" + type.BuiltIn, Phrases.Of("Mapping.Element", reader.LocalName));
                reader.Skip();
            }
            else
            {
                reader.Read();
            }
        }

        reader.Read();
        return text.ToString();
    }

    private void ToEnd(ElementDeclaration element)
    {
        while (reader.NodeType != XmlNodeType.EndElement && !reader.EOF)
        {
            trace.Fault(MappingCodes.Unknown, element.Location, Phrases.Of("Mapping.TextOnly"), Phrases.Of("Mapping.Element", reader.LocalName));
            reader.Skip();
        }
    }

    private void Write(SimpleType type, ReadOnlySpan<char> text)
    {
        if (type.Variety == SimpleVariety.List)
        {
            writer.WriteStartArray();
            foreach (var range in text.Split(' '))
            {
                if (text[range].Length > 0)
                {
                    Write(type.ItemType!, text[range]);
                }
            }

            writer.WriteEndArray();
            return;
        }

        switch (type.JsonForm)
        {
            case JsonForm.Boolean:
                writer.WriteBooleanValue(text is "true" or "1");
                break;
            case JsonForm.Number:
                Number(text);
                break;
            default:
                Text(type, text);
                break;
        }
    }

    private void Number(ReadOnlySpan<char> text)
    {
        if (text is "INF" or "-INF" or "NaN")
        {
            writer.WriteStringValue(text);
            return;
        }

        if (text.Length <= 10 && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var small) && text[0] != '-')
        {
            writer.WriteNumberValue(small);
            return;
        }

        var buffer = ArrayPool<char>.Shared.Rent(text.Length + 2);
        var length = DecimalText.ToJsonToken(text, buffer);
        writer.WriteRawValue(buffer.AsSpan(0, length), skipInputValidation: true);
        ArrayPool<char>.Shared.Return(buffer);
    }

    private void Text(SimpleType type, ReadOnlySpan<char> text)
    {
        if (type.Variety == SimpleVariety.Atomic && type.Primitive == Primitive.Base64Binary && text.Contains(' '))
        {
            writer.WriteStringValue(text.ToString().Replace(" ", "", StringComparison.Ordinal));
        }
        else if (type.Variety == SimpleVariety.Atomic && type.Primitive is Primitive.QName or Primitive.Notation)
        {
            var colon = text.IndexOf(':');
            var ns = reader.LookupNamespace(colon < 0 ? "" : text[..colon].ToString());
            if (ns is null && colon >= 0)
            {
                trace.Fault(MappingCodes.Type, default, Phrases.Of("Mapping.NameWhosePrefixDeclared"), Phrases.Of("Mapping.AnotherPrefix"));
            }

            writer.WriteStringValue(new QualifiedName(ns ?? "", text[(colon + 1)..].ToString()).ToString());
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static int RemoveSpace(Span<char> text)
    {
        var kept = text.IndexOfAny(" \t\r\n");
        if (kept < 0)
        {
            return text.Length;
        }

        for (var i = kept; i < text.Length; i++)
        {
            if (text[i] is not (' ' or '\t' or '\r' or '\n'))
            {
                text[kept++] = text[i];
            }
        }

        return kept;
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using System.Xml;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

// Over 300 lines: every simple type's way out of JSON, side by side.

/// <summary>JSON values to XML text: checked by type, escaped, never converted (no digit is lost).</summary>
internal sealed class JsonScalarToXml(JsonInput input, XmlOutput output, MappingTrace trace, MessageTags tags)
{
    /// <summary>What stands there, without its value.</summary>
    public static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Phrases.Of("Mapping.ObjectPlain"),
        JsonTokenType.StartArray => Phrases.Of("Mapping.ArrayPlain"),
        JsonTokenType.String => Phrases.Of("Mapping.StringBytes", reader.ValueSpan.Length),
        JsonTokenType.Number => Phrases.Of("Mapping.NumberPlain"),
        JsonTokenType.True or JsonTokenType.False => Phrases.Of("Mapping.Boolean"),
        JsonTokenType.Null => "null",
        _ => Phrases.Of("Mapping.Nothing"),
    };

    public void Value(SimpleType type, ref Utf8JsonReader reader, bool attribute, string? fixedValue, SchemaLocation declared)
    {
        if (type.Variety == SimpleVariety.List)
        {
            List(type, ref reader, attribute, declared);
            return;
        }

        if (!Accepts(type, reader.TokenType))
        {
            trace.Fault(MappingCodes.Type, declared, Expected(type), Describe(ref reader));
            input.Skip(ref reader);
            return;
        }

        if (type.IsPlainText && fixedValue is null && reader.TokenType == JsonTokenType.String)
        {
            Plain(declared, ref reader, attribute);
            return;
        }

        Checked(type, ref reader, attribute, fixedValue, declared);
    }

    /// <summary>Text of mixed content.</summary>
    public void PlainText(SchemaLocation declared, ref Utf8JsonReader reader) => Plain(declared, ref reader, attribute: false);

    /// <summary>An element as XML text: for a wildcard, or for an element of any type.</summary>
    public void Fragment(Wildcard? wildcard, ElementDeclaration? element, MappingLimits limits, ref Utf8JsonReader reader)
    {
        var declared = element?.Location ?? wildcard!.Location;
        if (reader.TokenType != JsonTokenType.String || Unescape(declared, ref reader) is not { } xml)
        {
            trace.Fault(MappingCodes.Type, declared, Phrases.Of("Mapping.StringXmlElement"), Describe(ref reader));
            input.Skip(ref reader);
            return;
        }

        if (XmlFragment.Check(xml, limits, trace) is not { } checkedXml)
        {
            trace.Fault(MappingCodes.MalformedXml, declared, Phrases.Of("Mapping.WellFormedXmlElement"), Phrases.Of("Mapping.StringCharacters", xml.Length));
        }
        else if (element is not null ? checkedXml.Name != element.Name : !wildcard!.Allows(checkedXml.Name.Namespace))
        {
            trace.Fault(MappingCodes.Unknown, declared, element is null ? Phrases.Of("Mapping.ElementPermittedNamespace") : Phrases.Of("Mapping.Element", element.Name), Phrases.Of("Mapping.Element", checkedXml.Name));
        }
        else if (element is { Nillable: false } && checkedXml.Nil)
        {
            trace.Fault(MappingCodes.NotNillable, declared, Phrases.Of("Mapping.Value"), "xsi:nil");
        }
        else
        {
            output.Raw(Encoding.UTF8.GetBytes(checkedXml.Xml));
        }
    }

    /// <summary>An attribute that only a wildcard lets in; its name is local or in Clark notation.</summary>
    public void OpenAttribute(Wildcard wildcard, string name, ref Utf8JsonReader reader, ref HashSet<string>? seen)
    {
        var end = name.Length > 0 && name[0] == '{' ? name.IndexOf('}') : -1;
        var ns = end > 0 ? name[1..end] : "";
        var local = name[(end + 1)..];
        input.Read(ref reader);
        if (!IsName(local) || !wildcard.Allows(ns) || reader.TokenType != JsonTokenType.String || ns is MessageTags.Xsi or "http://www.w3.org/2000/xmlns/" || !IsXmlText(ns))
        {
            trace.Fault(MappingCodes.Unknown, wildcard.Location, Phrases.Of("Mapping.AttributePermittedNamespaceString"), Describe(ref reader));
            input.Skip(ref reader);
            return;
        }

        seen ??= new HashSet<string>(StringComparer.Ordinal);
        if (!seen.Add(name))
        {
            trace.Fault(MappingCodes.Duplicate, wildcard.Location, Phrases.Of("Mapping.OneMember"), Phrases.Of("Mapping.Second"));
            return;
        }

        output.Byte((byte)' ');
        if (ns == "http://www.w3.org/XML/1998/namespace")
        {
            output.Raw("xml:"u8);
        }
        else if (ns.Length > 0)
        {
            var prefix = "a" + seen.Count;
            output.Raw(Encoding.UTF8.GetBytes("xmlns:" + prefix + "=\""));
            output.Text(Encoding.UTF8.GetBytes(ns), attribute: true);
            output.Raw(Encoding.UTF8.GetBytes("\" " + prefix + ":"));
        }

        output.Raw(Encoding.UTF8.GetBytes(local + "=\""));
        Plain(wildcard.Location, ref reader, attribute: true);
        output.Byte((byte)'"');
    }

    private static bool IsName(string local)
    {
        try
        {
            return local.Length is > 0 and < 256 && XmlConvert.VerifyNCName(local) == local;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    private static bool IsXmlText(string text) => text.All(c => XmlConvert.IsXmlChar(c));

    private static bool Accepts(SimpleType type, JsonTokenType token)
    {
        if (type.Variety == SimpleVariety.Union || type.Primitive == Primitive.AnySimple)
        {
            return token is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False;
        }

        return type.Primitive switch
        {
            Primitive.Boolean => token is JsonTokenType.True or JsonTokenType.False,
            Primitive.Integer or Primitive.Decimal or Primitive.Float or Primitive.Double => token is JsonTokenType.Number or JsonTokenType.String,
            _ => token == JsonTokenType.String,
        };
    }

    private static string Expected(SimpleType type) => type.Variety == SimpleVariety.Union || type.Primitive == Primitive.AnySimple
        ? Phrases.Of("Mapping.StringNumberBoolean")
        : type.Primitive switch
        {
            Primitive.Boolean => Phrases.Of("Mapping.Boolean"),
            Primitive.Integer or Primitive.Decimal => type.JsonForm == JsonForm.Number ? Phrases.Of("Mapping.NumberXs", type.BuiltIn) : Phrases.Of("Mapping.StringNumberAllDigits", type.BuiltIn),
            Primitive.Float or Primitive.Double => Phrases.Of("Mapping.NumberPlain"),
            _ => Phrases.Of("Mapping.StringXs", type.BuiltIn),
        };

    private void List(SimpleType type, ref Utf8JsonReader reader, bool attribute, SchemaLocation declared)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            trace.Fault(MappingCodes.Type, declared, Phrases.Of("Mapping.ArrayPlain"), Describe(ref reader));
            input.Skip(ref reader);
            return;
        }

        var all = new StringBuilder();
        while (input.Read(ref reader) && reader.TokenType != JsonTokenType.EndArray)
        {
            var item = Accepts(type.ItemType!, reader.TokenType) ? TextOf(declared, ref reader) : null;
            if (item is null || item.Length == 0 || item.AsSpan().ContainsAny(" \t\r\n"))
            {
                trace.Fault(MappingCodes.Type, declared, Phrases.Of("Mapping.ItemsWithoutSpaces", Expected(type.ItemType!)), Describe(ref reader));
                input.Skip(ref reader);
                continue;
            }

            all.Append(all.Length == 0 ? "" : " ").Append(item);
        }

        var violation = SimpleValue.Check(type, all.ToString());
        if (!violation.IsNone)
        {
            trace.Fault(violation.Code, declared, violation.Expected, Phrases.Of("Mapping.ListOtherItems"));
        }

        Escaped(all.ToString(), attribute, declared);
    }

    private string? TextOf(SchemaLocation declared, ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => Unescape(declared, ref reader),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => Encoding.UTF8.GetString(reader.ValueSpan),
    };

    private void Checked(SimpleType type, ref Utf8JsonReader reader, bool attribute, string? fixedValue, SchemaLocation declared)
    {
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            var text = reader.TokenType == JsonTokenType.True ? "true" : "false";
            Check(type, text, fixedValue, declared, ref reader);
            output.Raw(reader.TokenType == JsonTokenType.True ? "true"u8 : "false"u8);
            return;
        }

        var span = reader.ValueSpan;
        var rented = span.Length <= 256 ? null : ArrayPool<char>.Shared.Rent(span.Length);
        var chars = rented is null ? stackalloc char[256] : rented;
        try
        {
            int length;
            if (reader.TokenType == JsonTokenType.Number)
            {
                length = Encoding.ASCII.GetChars(span, chars);
            }
            else if (!TryCopy(ref reader, chars, out length))
            {
                trace.Fault(MappingCodes.Character, declared, Phrases.Of("Mapping.UnicodeCharactersXmlCan"), Describe(ref reader));
                return;
            }

            var text = (ReadOnlySpan<char>)chars[..length];
            Check(type, text, fixedValue, declared, ref reader);
            if (type.Variety == SimpleVariety.Atomic && type.Primitive is Primitive.QName or Primitive.Notation)
            {
                QName(text, attribute, declared);
                return;
            }

            if (!reader.ValueIsEscaped)
            {
                if (!output.Text(span, attribute))
                {
                    trace.Fault(MappingCodes.Character, declared, Phrases.Of("Mapping.CharactersXmlCanCarry"), Describe(ref reader));
                }

                return;
            }

            Escaped(text, attribute, declared);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    private void Check(SimpleType type, scoped ReadOnlySpan<char> text, string? fixedValue, SchemaLocation declared, ref Utf8JsonReader reader)
    {
        var normal = SimpleValue.Normalize(type, text);
        var violation = SimpleValue.Check(type, normal);
        if (!violation.IsNone)
        {
            trace.Fault(violation.Code, declared, violation.Expected, Describe(ref reader));
        }
        else if (fixedValue is not null && !normal.SequenceEqual(SimpleValue.Normalize(type, fixedValue)))
        {
            trace.Fault(MappingCodes.Fixed, declared, Phrases.Of("Mapping.FixedValue"), Describe(ref reader));
        }
    }

    /// <summary>A qualified name in Clark notation gets its prefix back, declared where it is used.</summary>
    private void QName(ReadOnlySpan<char> text, bool attribute, SchemaLocation declared)
    {
        text = text.Trim(" \t\r\n");
        var end = text.IndexOf('}');
        if (end > 1)
        {
            // The start tag is already closed, so only a namespace of the message can be named.
            if (tags.Declared.TryGetValue(text[1..end].ToString(), out var prefix))
            {
                Escaped(prefix + ":" + text[(end + 1)..].ToString(), attribute, declared);
            }
            else
            {
                trace.Fault(MappingCodes.Type, declared, Phrases.Of("Mapping.NameNamespaceMessageWithout"), Phrases.Of("Mapping.NameAnotherNamespace"));
            }
        }
        else if (text.Contains(':'))
        {
            // A prefix means nothing in JSON.
            trace.Fault(MappingCodes.Type, declared, Phrases.Of("Mapping.LocalNameNamespaceName"), Phrases.Of("Mapping.NamePrefix"));
        }
        else
        {
            Escaped(end < 0 ? text : text[(end + 1)..], attribute, declared);
        }
    }

    private void Plain(SchemaLocation declared, ref Utf8JsonReader reader, bool attribute)
    {
        var span = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            if (Unescape(declared, ref reader) is { } text)
            {
                Escaped(text, attribute, declared);
            }

            return;
        }

        if (!Utf8.IsValid(span) || !output.Text(span, attribute))
        {
            trace.Fault(MappingCodes.Character, declared, Phrases.Of("Mapping.UnicodeCharactersXmlCan"), Describe(ref reader));
        }
    }

    private void Escaped(ReadOnlySpan<char> text, bool attribute, SchemaLocation declared)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] < ' ' && text[i] is not ('\t' or '\n' or '\r'))
            {
                trace.Fault(MappingCodes.Character, declared, Phrases.Of("Mapping.CharactersXmlCanCarry"), Phrases.Of("Mapping.ControlCharacterU", ((int)text[i]).ToString("X4")));
                return;
            }
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var length = Encoding.UTF8.GetBytes(text, bytes);
        if (!output.Text(bytes.AsSpan(0, length), attribute))
        {
            trace.Fault(MappingCodes.Character, declared, Phrases.Of("Mapping.CharactersXmlCanCarry"), Phrases.Of("Mapping.UFffeUFfff"));
        }

        ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
    }

    private string? Unescape(SchemaLocation declared, ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json says so of lone surrogates and of bytes that are not UTF-8.
            trace.Fault(MappingCodes.Character, declared, Phrases.Of("Mapping.UnicodeCharacters"), Phrases.Of("Mapping.LoneSurrogateBytesNot"));
            return null;
        }
    }

    private static bool TryCopy(ref Utf8JsonReader reader, scoped Span<char> chars, out int length)
    {
        try
        {
            length = reader.CopyString(chars);
            return true;
        }
        catch (InvalidOperationException)
        {
            length = 0;
            return false;
        }
    }
}

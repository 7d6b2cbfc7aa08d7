using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tunduk.XRoad.Contracts.JsonRules;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Contracts.Proto;

// Over 300 lines: the forms of one direction side by side.

/// <summary>One conversion from JSON to the wire form. The reader stands on the first token of a value, and on its last afterwards.</summary>
internal sealed class JsonToProtoMapper(ProtoWriter writer, MappingTrace trace, SchemaLocation declared)
{
    private static readonly JsonWriterOptions LiteralOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public void Root(ProtoMessage message, ref Utf8JsonReader reader)
    {
        if (message.Form == ProtoForm.Value)
        {
            Field(message.Fields[0], ref reader);
        }
        else
        {
            Message(message, ref reader);
        }
    }

    private void Message(ProtoMessage message, ref Utf8JsonReader reader)
    {
        switch (message.Form)
        {
            case ProtoForm.Object:
                Members(message, ref reader);
                break;
            case ProtoForm.Item:
                Item(message, ref reader);
                break;
            case ProtoForm.Nillable:
                Nillable(message, ref reader);
                break;
            case ProtoForm.Variants:
                Variant(message, ref reader);
                break;
            default:
                Field(message.Fields[0], ref reader);
                break;
        }
    }

    private void Members(ProtoMessage message, ref Utf8JsonReader reader)
    {
        if (!Expect(JsonTokenType.StartObject, ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name is "$type" or "$nil")
            {
                continue;
            }

            trace.Push(name);
            if (message.Find(name) is { } field)
            {
                Field(field, ref reader);
            }
            else if (name.StartsWith('@') && message.Find(ProtoBuilder.AnyAttributes) is { } any && reader.TokenType == JsonTokenType.String)
            {
                AnyAttribute(any, name[1..], ref reader);
            }
            else if (message.Find(ProtoBuilder.OtherMembers) is { } others)
            {
                AnyAttribute(others, name, ref reader);
            }
            else if (message.IsOpen)
            {
                reader.Skip();
            }
            else
            {
                Fault(MappingCodes.Unknown, Phrases.Of("Proto.Member", message.Name), Phrases.Of("Proto.AnotherMember"));
                reader.Skip();
            }

            trace.Pop();
        }
    }

    private void Item(ProtoMessage message, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && message.Find(ProtoBuilder.ItemText) is { } text)
        {
            Single(text, ref reader);
            return;
        }

        Members(message, ref reader);
    }

    private void Nillable(ProtoMessage message, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            Nil();
            return;
        }

        if (reader.TokenType == JsonTokenType.StartObject && Holds(reader, "$nil"u8, out var mark) && mark.TokenType == JsonTokenType.True)
        {
            Nil();
            if (!message.NilHasAttributes)
            {
                reader.Skip();
                return;
            }
        }

        Single(message.Fields[1], ref reader);
    }

    private void Nil()
    {
        writer.Tag(ProtoBuilder.NilNumber, ProtoWire.Varint);
        writer.Varint(1);
    }

    private void Variant(ProtoMessage message, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Expect(JsonTokenType.StartObject, ref reader);
            return;
        }

        var type = Holds(reader, "$type"u8, out var value) && value.TokenType == JsonTokenType.String ? value.GetString()! : "";
        if (message.Find(type) is { } field)
        {
            Single(field, ref reader);
            return;
        }

        Fault(MappingCodes.UnknownType, Phrases.Of("Proto.Type", message.Name), Phrases.Of("Proto.Another"));
        reader.Skip();
    }

    private void Field(ProtoField field, ref Utf8JsonReader reader)
    {
        if (!field.Repeated)
        {
            Single(field, ref reader);
            return;
        }

        // A list of an OpenAPI object that may be null: on the wire no list at all.
        if (field.IsList && reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        if (!Expect(JsonTokenType.StartArray, ref reader))
        {
            return;
        }

        // Numbers of a repeated field go out packed, as proto3 has it.
        var packed = field.Kind is not (ProtoKind.String or ProtoKind.Bytes or ProtoKind.Message);
        var begin = -1;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            trace.NextItem();
            if (!packed)
            {
                Single(field, ref reader);
                continue;
            }

            if (begin < 0)
            {
                writer.Tag(field.Number, ProtoWire.Bytes);
                begin = writer.Begin();
            }

            Number(field, tagged: false, ref reader);
        }

        if (begin >= 0)
        {
            writer.End(begin);
        }
    }

    private void Single(ProtoField field, ref Utf8JsonReader reader)
    {
        switch (field.Kind)
        {
            case ProtoKind.Message:
                writer.Tag(field.Number, ProtoWire.Bytes);
                var begin = writer.Begin();
                Message(field.Message!, ref reader);
                writer.End(begin);
                break;
            case ProtoKind.String:
                Text(field, ref reader);
                break;
            case ProtoKind.Bytes:
                if (reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes))
                {
                    writer.Tag(field.Number, ProtoWire.Bytes);
                    writer.Varint((ulong)bytes.Length);
                    writer.Raw(bytes);
                }
                else
                {
                    Wrong(field, ref reader);
                }

                break;
            default:
                Number(field, tagged: true, ref reader);
                break;
        }
    }

    private void Text(ProtoField field, ref Utf8JsonReader reader)
    {
        if (field.Literal)
        {
            Literal(field, ref reader);
            return;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                writer.Tag(field.Number, ProtoWire.Bytes);
                var begin = writer.Begin();
                writer.Advance(reader.CopyString(writer.Reserve(reader.ValueSpan.Length)));
                writer.End(begin);
                break;
            case JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                writer.Tag(field.Number, ProtoWire.Bytes);
                writer.Varint((ulong)reader.ValueSpan.Length);
                writer.Raw(reader.ValueSpan);
                break;
            default:
                Wrong(field, ref reader);
                break;
        }
    }

    private void Literal(ProtoField field, ref Utf8JsonReader reader)
    {
        var copy = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(copy, LiteralOptions))
        {
            Copy(ref reader, json);
        }

        writer.Tag(field.Number, ProtoWire.Bytes);
        writer.Varint((ulong)copy.WrittenCount);
        writer.Raw(copy.WrittenSpan);
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter json)
    {
        var depth = reader.CurrentDepth;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    json.WritePropertyName(reader.GetString()!);
                    break;
                case JsonTokenType.String:
                    json.WriteStringValue(reader.GetString()!);
                    break;
                case JsonTokenType.StartObject:
                    json.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    json.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    json.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    json.WriteEndArray();
                    break;
                default:
                    json.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                    break;
            }
        }
        while ((reader.CurrentDepth > depth || reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) && reader.Read());
    }

    private void Number(ProtoField field, bool tagged, ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False) || !TryScalar(field.Kind, ref reader, out var value))
        {
            Wrong(field, ref reader);
            return;
        }

        var wire = field.Kind switch { ProtoKind.Float => ProtoWire.Fixed32, ProtoKind.Double => ProtoWire.Fixed64, _ => ProtoWire.Varint };
        if (tagged)
        {
            writer.Tag(field.Number, wire);
        }

        switch (wire)
        {
            case ProtoWire.Fixed32:
                writer.Fixed32((uint)value);
                break;
            case ProtoWire.Fixed64:
                writer.Fixed64(value);
                break;
            default:
                writer.Varint(value);
                break;
        }
    }

    private static bool TryScalar(ProtoKind kind, ref Utf8JsonReader reader, out ulong value)
    {
        value = 0;
        if (kind == ProtoKind.Bool)
        {
            value = reader.TokenType == JsonTokenType.True ? 1UL : 0;
            return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
        }

        var text = reader.TokenType == JsonTokenType.String ? Encoding.UTF8.GetBytes(reader.GetString()!) : reader.ValueSpan;
        const NumberStyles whole = NumberStyles.AllowLeadingSign;
        switch (kind)
        {
            case ProtoKind.Int32 when int.TryParse(text, whole, CultureInfo.InvariantCulture, out var i):
                value = (ulong)i;
                return true;
            case ProtoKind.UInt32 when uint.TryParse(text, whole, CultureInfo.InvariantCulture, out var u):
                value = u;
                return true;
            case ProtoKind.Int64 when long.TryParse(text, whole, CultureInfo.InvariantCulture, out var l):
                value = (ulong)l;
                return true;
            case ProtoKind.UInt64 when ulong.TryParse(text, whole, CultureInfo.InvariantCulture, out value):
                return true;
            case ProtoKind.Int32 or ProtoKind.Int64 when reader.TokenType == JsonTokenType.Number && JsonNumber.TryParse(text, out var number) && number.IsWhole && number.Exponent <= 18:
                // 1.0 and 1e2 are whole numbers to OpenAPI.
                var whole64 = number.Mantissa * System.Numerics.BigInteger.Pow(10, number.Exponent);
                value = whole64 >= long.MinValue && whole64 <= long.MaxValue ? (ulong)(long)whole64 : 0;
                return kind == ProtoKind.Int64 ? whole64 >= long.MinValue && whole64 <= long.MaxValue : whole64 >= int.MinValue && whole64 <= int.MaxValue;
            case ProtoKind.Float or ProtoKind.Double:
                double floating;
                if (text is [(byte)'I', ..])
                {
                    floating = double.PositiveInfinity;
                }
                else if (text is [(byte)'-', (byte)'I', ..])
                {
                    floating = double.NegativeInfinity;
                }
                else if (text is [(byte)'N', ..])
                {
                    floating = double.NaN;
                }
                else if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out floating))
                {
                    return false;
                }

                // A float is parsed as a float: by way of a double it could be rounded twice.
                value = kind == ProtoKind.Double ? BitConverter.DoubleToUInt64Bits(floating)
                    : BitConverter.SingleToUInt32Bits(float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var f) && double.IsFinite(floating) ? f : (float)floating);
                return true;
            default:
                return false;
        }
    }

    private void AnyAttribute(ProtoField field, string name, ref Utf8JsonReader reader)
    {
        writer.Tag(field.Number, ProtoWire.Bytes);
        var begin = writer.Begin();
        writer.Tag(field.Message!.Fields[0].Number, ProtoWire.Bytes);
        var bytes = Encoding.UTF8.GetBytes(name);
        writer.Varint((ulong)bytes.Length);
        writer.Raw(bytes);
        Text(field.Message.Fields[1], ref reader);
        writer.End(begin);
    }

    /// <summary>Looks ahead for a member of the object the reader stands on.</summary>
    private static bool Holds(Utf8JsonReader reader, ReadOnlySpan<byte> name, out Utf8JsonReader value)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                value = reader;
                return true;
            }

            reader.Skip();
        }

        value = reader;
        return false;
    }

    private bool Expect(JsonTokenType token, ref Utf8JsonReader reader)
    {
        if (reader.TokenType == token)
        {
            return true;
        }

        Fault(MappingCodes.Type, token == JsonTokenType.StartArray ? Phrases.Of("Proto.Array") : Phrases.Of("Proto.Object"), reader.TokenType.ToString());
        reader.Skip();
        return false;
    }

    private void Wrong(ProtoField field, ref Utf8JsonReader reader)
    {
        Fault(MappingCodes.Type, field.TypeName, reader.TokenType.ToString());
        reader.Skip();
    }

    private void Fault(string code, string expected, string found) => trace.Fault(code, declared, expected, found);
}

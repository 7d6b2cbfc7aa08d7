using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Contracts.Proto;

// Over 300 lines: the forms of one direction side by side.

/// <summary>One conversion from the wire form to JSON.</summary>
internal sealed class ProtoToJsonMapper(ReadOnlyMemory<byte> wire, Utf8JsonWriter writer, MappingTrace trace, MappingLimits limits, SchemaLocation declared)
{
    // The records of the messages that are open, one above the other.
    private readonly List<ProtoRecord> records = [];
    private int depth;

    public void Root(ProtoMessage message) => Message(message, 0, wire.Length);

    private void Message(ProtoMessage message, int start, int length)
    {
        var first = Open(message, start, length);
        switch (message.Form)
        {
            case ProtoForm.Object:
                writer.WriteStartObject();
                Members(message, first);
                writer.WriteEndObject();
                break;
            case ProtoForm.Item:
                Item(message, first);
                break;
            case ProtoForm.Nillable:
                Nillable(message, first);
                break;
            case ProtoForm.Variants:
                writer.WriteStartObject();
                Variant(message, first);
                writer.WriteEndObject();
                break;
            default:
                Whole(message, first);
                break;
        }

        Close(first);
    }

    /// <summary>Reads the records of a message in the order of the contract; the index of the first.</summary>
    private int Open(ProtoMessage message, int start, int length)
    {
        if (++depth > limits.MaxDepth * 3)
        {
            Fault(MappingCodes.TooDeep, Phrases.Of("Proto.MostLevels", limits.MaxDepth), Phrases.Of("Proto.More"));
            throw new MappingAbortException();
        }

        var first = records.Count;
        if (!ProtoRecord.TryRead(wire.Span, start, length, message, records))
        {
            Fault(MappingCodes.MalformedProtobuf, Phrases.Of("Proto.MessageProtocolBuffers"), Phrases.Of("Proto.BytesNone"));
            throw new MappingAbortException();
        }

        // Clients write by number; JSON is best in the contract's order, which is the order XML is written in.
        CollectionsMarshal.AsSpan(records)[first..].Sort(static (a, b) => a.Index != b.Index ? a.Index.CompareTo(b.Index) : a.Start.CompareTo(b.Start));
        return first;
    }

    private void Close(int first)
    {
        records.RemoveRange(first, records.Count - first);
        depth--;
    }

    private void Members(ProtoMessage message, int first, bool isNil = false)
    {
        var end = records.Count;
        var at = first;
        for (; at < end && records[at].Index < 0; at++)
        {
            Fault(MappingCodes.Unknown, Phrases.Of("Proto.Field", message.Name), Phrases.Of("Proto.FieldGiven", records[at].Number.ToString(CultureInfo.InvariantCulture)));
        }

        for (var index = 0; index < message.Fields.Count; index++)
        {
            var field = message.Fields[index];
            var begin = at;
            while (at < end && records[at].Index == index)
            {
                at++;
            }

            if (begin == at && !(field.IsList && field.Required && !isNil))
            {
                continue;
            }

            if (field.Message?.Form is ProtoForm.Attribute or ProtoForm.Other)
            {
                AnyAttributes(field.Message, begin, at);
                continue;
            }

            writer.WritePropertyName(field.JsonName);
            trace.Push(field.JsonName);
            Field(field, begin, at);
            trace.Pop();
        }
    }

    private void Field(ProtoField field, int begin, int end)
    {
        if (!field.Repeated)
        {
            if (end - begin > 1)
            {
                Fault(MappingCodes.Duplicate, Phrases.Of("Proto.Value"), Phrases.Of("Proto.Several"));
            }

            Single(field, records[end - 1]);
            return;
        }

        writer.WriteStartArray();
        for (var i = begin; i < end; i++)
        {
            trace.NextItem();
            if (records[i].Wire == ProtoWire.Bytes && field.Kind is not (ProtoKind.String or ProtoKind.Bytes or ProtoKind.Message))
            {
                Packed(field, records[i]);
            }
            else
            {
                Single(field, records[i]);
            }
        }

        writer.WriteEndArray();
    }

    private void Single(ProtoField field, ProtoRecord record)
    {
        if (record.Wire != WireOf(field.Kind))
        {
            Fault(MappingCodes.Type, field.TypeName, Phrases.Of("Proto.AnotherWireType"));
            writer.WriteNullValue();
        }
        else if (field.Message is { } message)
        {
            Message(message, record.Start, record.Length);
        }
        else if (field.Kind is ProtoKind.String or ProtoKind.Bytes)
        {
            Bytes(field, wire.Span.Slice(record.Start, record.Length));
        }
        else
        {
            Number(field, record.Scalar);
        }
    }

    private void Bytes(ProtoField field, ReadOnlySpan<byte> value)
    {
        if (field.Kind == ProtoKind.Bytes)
        {
            writer.WriteBase64StringValue(value);
        }
        else if (field.Literal)
        {
            Literal(value);
        }
        else if (Utf8.IsValid(value))
        {
            writer.WriteStringValue(value);
        }
        else
        {
            Fault(MappingCodes.Character, "UTF-8", Phrases.Of("Proto.OtherBytes"));
            writer.WriteNullValue();
        }
    }

    private void Literal(ReadOnlySpan<byte> value)
    {
        if (!Utf8.IsValid(value))
        {
            Fault(MappingCodes.Character, "UTF-8", Phrases.Of("Proto.OtherBytes"));
            writer.WriteNullValue();
            return;
        }

        try
        {
            // To its end: nothing but one value may stand there.
            using var read = JsonDocument.Parse(value.ToArray(), new JsonDocumentOptions { MaxDepth = limits.MaxDepth });

            writer.WriteRawValue(value, skipInputValidation: true);
        }
        catch (JsonException)
        {
            Fault(MappingCodes.Type, Phrases.Of("Proto.JsonValueText"), Phrases.Of("Proto.AnotherText"));
            writer.WriteNullValue();
        }
    }

    private void Packed(ProtoField field, ProtoRecord record)
    {
        var bytes = wire.Span.Slice(record.Start, record.Length);
        var size = WireOf(field.Kind) switch { ProtoWire.Fixed32 => 4, ProtoWire.Fixed64 => 8, _ => 0 };
        for (var at = 0; at < bytes.Length;)
        {
            ulong value;
            if (size == 0 ? !ProtoRecord.TryVarint(bytes, ref at, out value) : !TryFixed(bytes, ref at, size, out value))
            {
                Fault(MappingCodes.MalformedProtobuf, Phrases.Of("Proto.PackedValues"), Phrases.Of("Proto.BytesNone"));
                return;
            }

            Number(field, value);
        }
    }

    private static bool TryFixed(ReadOnlySpan<byte> bytes, ref int at, int size, out ulong value)
    {
        value = 0;
        if (bytes.Length - at < size)
        {
            return false;
        }

        value = size == 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]) : BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        at += size;
        return true;
    }

    private void Number(ProtoField field, ulong value)
    {
        var kind = field.Kind;
        switch (kind)
        {
            case ProtoKind.Bool:
                writer.WriteBooleanValue(value != 0);
                break;
            case ProtoKind.Int32 when (long)value is >= int.MinValue and <= int.MaxValue:
                writer.WriteNumberValue((int)value);
                break;
            case ProtoKind.UInt32 when value <= uint.MaxValue:
                writer.WriteNumberValue((uint)value);
                break;
            case ProtoKind.Int64 when field.Literal:
                writer.WriteNumberValue((long)value);
                break;
            case ProtoKind.UInt64 when field.Literal:
                writer.WriteNumberValue(value);
                break;
            case ProtoKind.Int64:
                writer.WriteStringValue(((long)value).ToString(CultureInfo.InvariantCulture));
                break;
            case ProtoKind.UInt64:
                writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
                break;
            case ProtoKind.Float when float.IsFinite(BitConverter.UInt32BitsToSingle((uint)value)):
                writer.WriteNumberValue(BitConverter.UInt32BitsToSingle((uint)value));
                break;
            case ProtoKind.Double when double.IsFinite(BitConverter.UInt64BitsToDouble(value)):
                writer.WriteNumberValue(BitConverter.UInt64BitsToDouble(value));
                break;
            case ProtoKind.Float or ProtoKind.Double:
                var special = kind == ProtoKind.Float ? BitConverter.UInt32BitsToSingle((uint)value) : BitConverter.UInt64BitsToDouble(value);
                writer.WriteStringValue(double.IsNaN(special) ? "NaN" : special > 0 ? "INF" : "-INF");
                break;
            default:
                Fault(MappingCodes.Range, kind == ProtoKind.Int32 ? Phrases.Of("Proto.Number32Bits") : Phrases.Of("Proto.Number32BitsWithout"), Phrases.Of("Proto.Larger"));
                writer.WriteNullValue();
                break;
        }
    }

    private void Item(ProtoMessage message, int first)
    {
        if (One(message, first) is not { } record)
        {
            return;
        }

        var field = message.Fields[record.Index];
        if (field.JsonName == ProtoBuilder.ItemText)
        {
            Single(field, record);
            return;
        }

        writer.WriteStartObject();
        writer.WritePropertyName(field.JsonName);
        trace.Push(field.JsonName);
        Single(field, record);
        trace.Pop();
        writer.WriteEndObject();
    }

    private void Variant(ProtoMessage message, int first, bool isNil = false)
    {
        if (One(message, first) is not { } record)
        {
            return;
        }

        var field = message.Fields[record.Index];
        if (field.JsonName.Length > 0)
        {
            writer.WriteString("$type"u8, field.JsonName);
        }

        if (record.Wire != ProtoWire.Bytes)
        {
            Fault(MappingCodes.Type, field.TypeName, Phrases.Of("Proto.AnotherWireType"));
            return;
        }

        var inner = Open(field.Message!, record.Start, record.Length);
        Members(field.Message!, inner, isNil);
        Close(inner);
    }

    private void Nillable(ProtoMessage message, int first)
    {
        var isNil = false;
        ProtoRecord? value = null;
        for (var i = first; i < records.Count; i++)
        {
            var record = records[i];
            if (record.Index < 0)
            {
                Fault(MappingCodes.Unknown, Phrases.Of("Proto.Field", message.Name), Phrases.Of("Proto.FieldGiven", record.Number.ToString(CultureInfo.InvariantCulture)));
            }
            else if (message.Fields[record.Index].Number == ProtoBuilder.NilNumber)
            {
                isNil = record is { Wire: ProtoWire.Varint, Scalar: not 0 };
            }
            else if (value is not null)
            {
                Fault(MappingCodes.Duplicate, Phrases.Of("Proto.Value"), Phrases.Of("Proto.Several"));
            }
            else
            {
                value = record;
            }
        }

        if (isNil && value is { } attributes && message.NilHasAttributes)
        {
            NilWithAttributes(message.Fields[attributes.Index].Message!, attributes);
        }
        else if (isNil == value is not null)
        {
            Fault(isNil ? MappingCodes.Content : MappingCodes.Required, Phrases.Of("Proto.NilValue"), isNil ? Phrases.Of("Proto.Both") : Phrases.Of("Proto.Neither"));
            writer.WriteNullValue();
        }
        else if (value is { } given)
        {
            Single(message.Fields[given.Index], given);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private void NilWithAttributes(ProtoMessage message, ProtoRecord record)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("$nil"u8, true);
        var first = Open(message, record.Start, record.Length);
        if (message.Form == ProtoForm.Variants)
        {
            Variant(message, first, isNil: true);
        }
        else
        {
            Members(message, first, isNil: true);
        }

        Close(first);
        writer.WriteEndObject();
    }

    /// <summary>A message that is no more than its one field: a list, or the whole document.</summary>
    private void Whole(ProtoMessage message, int first)
    {
        var field = message.Fields[0];
        for (var i = first; i < records.Count; i++)
        {
            if (records[i].Index < 0)
            {
                Fault(MappingCodes.Unknown, Phrases.Of("Proto.Field", message.Name), Phrases.Of("Proto.FieldGiven", records[i].Number.ToString(CultureInfo.InvariantCulture)));
                return;
            }
        }

        if (first == records.Count && !field.Repeated)
        {
            Fault(MappingCodes.Required, "value", Phrases.Of("Proto.Nothing"));
            writer.WriteNullValue();
            return;
        }

        Field(field, first, records.Count);
    }

    private void AnyAttributes(ProtoMessage message, int begin, int end)
    {
        for (var i = begin; i < end; i++)
        {
            var at = Open(message, records[i].Start, records[i].Wire == ProtoWire.Bytes ? records[i].Length : 0);
            var count = records.Count - at;
            if (count != 2 || records[at].Index != 0 || records[at + 1].Index != 1 || records[at].Wire != ProtoWire.Bytes || records[at + 1].Wire != ProtoWire.Bytes)
            {
                Fault(MappingCodes.Content, Phrases.Of("Proto.NameValue"), Phrases.Of("Proto.OtherFields"));
            }
            else
            {
                var name = wire.Span.Slice(records[at].Start, records[at].Length);
                if (!Utf8.IsValid(name))
                {
                    Fault(MappingCodes.Character, "UTF-8", Phrases.Of("Proto.OtherBytes"));
                }
                else
                {
                    writer.WritePropertyName((message.Form == ProtoForm.Attribute ? "@" : "") + System.Text.Encoding.UTF8.GetString(name));
                    Bytes(message.Fields[1], wire.Span.Slice(records[at + 1].Start, records[at + 1].Length));
                }
            }

            Close(at);
        }
    }

    /// <summary>The one record of a <c>oneof</c>.</summary>
    private ProtoRecord? One(ProtoMessage message, int first)
    {
        if (records.Count - first == 1 && records[first].Index >= 0)
        {
            return records[first];
        }

        var unknown = records.Count > first && records[first].Index < 0;
        Fault(unknown ? MappingCodes.Unknown : MappingCodes.Content, Phrases.Of("Proto.OneFieldOf", message.Name), unknown ? Phrases.Of("Proto.FieldGiven", records[first].Number.ToString(CultureInfo.InvariantCulture)) : $"{records.Count - first}");
        if (message.Form == ProtoForm.Item)
        {
            writer.WriteNullValue();
        }

        return null;
    }

    private static ProtoWire WireOf(ProtoKind kind) => kind switch
    {
        ProtoKind.String or ProtoKind.Bytes or ProtoKind.Message => ProtoWire.Bytes,
        ProtoKind.Float => ProtoWire.Fixed32,
        ProtoKind.Double => ProtoWire.Fixed64,
        _ => ProtoWire.Varint,
    };

    private void Fault(string code, string expected, string found) => trace.Fault(code, declared, expected, found);
}

using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Rpc;

/// <summary>
/// <c>google.protobuf.Struct</c> to and from JSON. Its numbers are doubles, and a sum of money must not depend on that: a number is
/// taken only where it says one decimal exactly, and given only where it does; others are strings, which the mapping accepts.
/// </summary>
internal static class StructJson
{
    // Any decimal of 15 significant digits survives the way through a double (IEEE 754, DBL_DIG).
    private const int ExactDigits = 15;
    private const double LargestWhole = 9_007_199_254_740_991; // 2^53 - 1
    private const int MaxDepth = 200;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The document; refused where a number is not exact, or nesting has no end.</summary>
    public static Outcome<ReadOnlyMemory<byte>> ToJson(Struct value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(buffer, Options);
        if (Write(writer, value, "$", 0) is { } error)
        {
            return error;
        }

        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>The document as a Struct; it is an object, as every answer of a service.</summary>
    public static Struct FromJson(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxDepth });
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? Members(document.RootElement)
            : new Struct { Fields = { ["$"] = Of(document.RootElement) } };
    }

    private static ExchangeError? Write(Utf8JsonWriter writer, Struct value, string path, int depth)
    {
        writer.WriteStartObject();
        foreach (var (name, member) in value.Fields)
        {
            writer.WritePropertyName(name);
            if (Write(writer, member, path + "." + name, depth + 1) is { } error)
            {
                return error;
            }
        }

        writer.WriteEndObject();
        return null;
    }

    private static ExchangeError? Write(Utf8JsonWriter writer, Value value, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.ContractViolated) { Path = "struct", Expected = RefusalPhrases.Of("at_most_levels", MaxDepth), Found = RefusalPhrases.Of("more") };
        }

        switch (value.KindCase)
        {
            case Value.KindOneofCase.StringValue:
                writer.WriteStringValue(value.StringValue);
                return null;
            case Value.KindOneofCase.BoolValue:
                writer.WriteBooleanValue(value.BoolValue);
                return null;
            case Value.KindOneofCase.NumberValue:
                if (!IsExact(value.NumberValue, out var token))
                {
                    return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.NumberInexact) { Path = path, Expected = RefusalPhrases.Of("number_of_at_most_15_digits_or_string"), Found = RefusalPhrases.Of("double_that_stands_for_several_decimals") };
                }

                writer.WriteRawValue(token, skipInputValidation: true);
                return null;
            case Value.KindOneofCase.StructValue:
                return Write(writer, value.StructValue, path, depth);
            case Value.KindOneofCase.ListValue:
                writer.WriteStartArray();
                var index = 0;
                foreach (var item in value.ListValue.Values)
                {
                    if (Write(writer, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index++}]"), depth + 1) is { } error)
                    {
                        return error;
                    }
                }

                writer.WriteEndArray();
                return null;
            default:
                writer.WriteNullValue();
                return null;
        }
    }

    private static bool IsExact(double number, out string token)
    {
        token = number.ToString("R", CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
        {
            return false;
        }

        if (Math.Abs(number) <= LargestWhole && double.IsInteger(number))
        {
            token = ((long)number).ToString(CultureInfo.InvariantCulture);
            return true;
        }

        // The shortest text that reads back as this double.
        return Math.Abs(number) < LargestWhole && token.Split('E')[0].Count(char.IsAsciiDigit) - (Math.Abs(number) < 1 ? 1 : 0) <= ExactDigits;
    }

    private static Struct Members(JsonElement element)
    {
        var value = new Struct();
        foreach (var member in element.EnumerateObject())
        {
            value.Fields[member.Name] = Of(member.Value);
        }

        return value;
    }

    private static Value Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => Value.ForStruct(Members(element)),
        JsonValueKind.Array => Value.ForList([.. element.EnumerateArray().Select(Of)]),
        JsonValueKind.String => Value.ForString(element.GetString()!),
        JsonValueKind.Number => element.TryGetDouble(out var number) && IsExact(number, out _) && SignificantDigits(element.GetRawText()) <= ExactDigits + 1
            ? Value.ForNumber(number)
            : Value.ForString(element.GetRawText()),
        JsonValueKind.True => Value.ForBool(true),
        JsonValueKind.False => Value.ForBool(false),
        _ => Value.ForNull(),
    };

    private static int SignificantDigits(string text) => text.AsSpan(0, text.AsSpan().IndexOfAny('e', 'E') is var at and >= 0 ? at : text.Length).ToString().Where(char.IsAsciiDigit).SkipWhile(c => c == '0').Count();
}

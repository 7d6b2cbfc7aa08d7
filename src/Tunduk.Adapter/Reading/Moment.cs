using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tunduk.Adapter.Reading;

/// <summary>
/// A moment somebody asks for: an RFC 3339 time, seconds and offset optional, or a day. Without an offset it is UTC, as every time is
/// that the archive shows: whoever copies one from an answer must not ask for another, and not for one that depends on the host's zone.
/// </summary>
internal static class Moment
{
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd HH:mm:ssK"];

    public static bool TryParse(string? text, out DateTimeOffset moment) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out moment);

    /// <summary>The same forms in JSON; written as the framework writes them.</summary>
    internal sealed class JsonForm : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { } text)
            {
                throw new JsonException();
            }

            // gRPC's times have nine digits of a second, and an offset always.
            return TryParse(text, out var moment) || (text.EndsWith('Z') && reader.TryGetDateTimeOffset(out moment)) ? moment : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tunduk.Adapter.Reading;

/// <summary>
/// Values of enumerations in JSON as one name each, <c>outcome-unknown</c>, whatever its case. The framework's converter also takes a list of names
/// with commas, and makes of it a value that nobody asked for.
/// </summary>
internal sealed class NamedValueJson : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Form<>).MakeGenericType(typeToConvert))!;

    private sealed class Form<T> : JsonConverter<T>
        where T : struct, Enum
    {
        private static readonly Dictionary<string, T> Values =
            Enum.GetValues<T>().DistinctBy(Name).ToDictionary(Name, StringComparer.OrdinalIgnoreCase);

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && Values.TryGetValue(reader.GetString()!, out var value) ? value : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Name(value));

        private static string Name(T value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
    }
}

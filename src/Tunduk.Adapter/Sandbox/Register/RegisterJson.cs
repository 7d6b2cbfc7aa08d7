using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tunduk.Adapter.Sandbox.Register;

/// <summary>The register's JSON, in the literal form of the demonstration contracts: repeated elements are arrays, nil is null, absent is absent.</summary>
internal static class RegisterJson
{
    private const string Date = "yyyy-MM-dd";

    // Kyrgyz and Russian text stays readable; the answers are served as application/json, never inside HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] BadRequest { get; } = """{"error":{"code":"BAD_REQUEST","message":"expected {\"request\":{\"pin\":\"…\"}}"}}"""u8.ToArray();

    public static byte[] NotFound { get; } = """{"error":{"code":"PIN_NOTFOUND","message":"nobody has this PIN"}}"""u8.ToArray();

    /// <summary>The PIN that was asked for; null if the request is not of the contract's form.</summary>
    public static string? AskedPin(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("request", out JsonElement request)
                && request.ValueKind == JsonValueKind.Object
                && request.TryGetProperty("pin", out JsonElement pin)
                && pin.ValueKind == JsonValueKind.String
                    ? pin.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static byte[] WithEcho(string pin, byte[] response)
    {
        using var output = new MemoryStream(response.Length + 64);
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("request");
            writer.WriteString("pin", pin);
            writer.WriteEndObject();
            writer.WritePropertyName("response");
            writer.WriteRawValue(response, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    public static byte[] Person(InventedPerson person) => Write(writer =>
    {
        writer.WriteString("pin", person.Pin);
        writer.WriteString("surname", person.Surname);
        writer.WriteString("name", person.Name);
        writer.WriteString("patronymic", person.Patronymic);
        writer.WriteString("gender", person.Gender);
        writer.WriteString("dateOfBirth", Text(person.DateOfBirth));
        writer.WriteString("nationality", person.Nationality);
        writer.WriteString("maritalStatus", person.MaritalStatus);
        writer.WriteStartObject("address");
        writer.WriteString("country", person.Address.Country);
        writer.WriteString("region", person.Address.Region);
        writer.WriteString("district", person.Address.District);
        writer.WriteString("locality", person.Address.Locality);
        writer.WriteString("street", person.Address.Street);
        writer.WriteString("house", person.Address.House);
        if (person.Address.Apartment is not null)
        {
            writer.WriteString("apartment", person.Address.Apartment);
        }

        writer.WriteEndObject();
        writer.WriteStartArray("document");
        foreach (InventedDocument document in person.Documents)
        {
            writer.WriteStartObject();
            writer.WriteString("type", document.Type);
            writer.WriteString("series", document.Series);
            writer.WriteString("number", document.Number);
            writer.WriteString("issuedDate", Text(document.IssuedDate));
            if (document.ExpiredDate is { } expired)
            {
                writer.WriteString("expiredDate", Text(expired));
            }

            writer.WriteString("authority", document.Authority);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("photo", person.Photo);
    });

    public static byte[] Vehicles(InventedPerson person) => Write(writer =>
    {
        writer.WriteString("status", person.Cars.Count == 0 ? "203" : "200");
        writer.WriteStartArray("car");
        foreach (InventedCar car in person.Cars)
        {
            writer.WriteStartObject();
            writer.WriteString("govPlate", car.GovPlate);
            writer.WriteString("brand", car.Brand);
            writer.WriteString("model", car.Model);
            writer.WriteNumber("year", car.Year);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    private static string Text(DateOnly date) => date.ToString(Date, CultureInfo.InvariantCulture);

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return output.ToArray();
    }
}

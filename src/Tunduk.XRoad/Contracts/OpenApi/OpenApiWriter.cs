using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tunduk.XRoad.Contracts.Samples;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>Writes the OpenAPI 3.1 document of one operation as the adapter offers it to its own information system.</summary>
public static class OpenApiWriter
{
    /// <summary>Writes the document.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="path">The path under which it is offered, for example <c>/v1/services/person</c>.</param>
    /// <param name="json">Where the document is written.</param>
    public static void Write(Operation operation, string path, IBufferWriter<byte> json)
    {
        using var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var schemas = new JsonSchemaWriter(writer);
        writer.WriteStartObject();
        writer.WriteString("openapi", "3.1.0");
        writer.WriteStartObject("info");
        writer.WriteString("title", operation.Title ?? operation.ServiceCode);
        writer.WriteString("version", operation.Version ?? "1");
        writer.WriteEndObject();
        writer.WriteStartObject("paths");
        writer.WriteStartObject(path);
        writer.WriteStartObject("post");
        writer.WriteString("operationId", operation.ServiceCode);
        writer.WriteStartObject("requestBody");
        writer.WriteBoolean("required", true);
        Content(writer, schemas, operation.Request, "application/json");
        writer.WriteEndObject();
        writer.WriteStartObject("responses");
        writer.WriteStartObject("200");
        writer.WriteString("description", "The answer of the service");
        Content(writer, schemas, operation.Response, "application/json");
        writer.WriteEndObject();
        Problem(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartObject("components");
        writer.WriteStartObject("schemas");
        schemas.Components();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Content(Utf8JsonWriter writer, JsonSchemaWriter schemas, MessageShape shape, string mediaType)
    {
        writer.WriteStartObject("content");
        writer.WriteStartObject(mediaType);
        writer.WritePropertyName("schema");
        schemas.Element(shape.Element);
        var example = new ArrayBufferWriter<byte>();
        if (SampleWriter.Write(shape, 1, example, SampleOptions.Example))
        {
            writer.WritePropertyName("example");
            writer.WriteRawValue(example.WrittenSpan);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Problem(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("default");
        writer.WriteString("description", "A refusal (RFC 9457)");
        writer.WriteStartObject("content");
        writer.WriteStartObject("application/problem+json");
        writer.WriteStartObject("schema");
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var name in (string[])["type", "title", "detail", "stage", "code", "path", "expected", "found", "remedy"])
        {
            writer.WriteStartObject(name);
            writer.WriteString("type", "string");
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

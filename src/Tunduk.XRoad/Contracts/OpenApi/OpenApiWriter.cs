using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tunduk.XRoad.Contracts.Samples;

namespace Tunduk.XRoad.Contracts.OpenApi;

/// <summary>Writes the OpenAPI 3.1 document of one operation as the adapter offers it to its own information system.</summary>
public static class OpenApiWriter
{
    // RefusalMapping of the adapter writes these.
    private static readonly (string Name, string Type, string Description)[] Members =
    [
        ("type", "string", Phrases.Of("OpenApi.UrnCode")),
        ("title", "string", Phrases.Of("OpenApi.WhatCodeMeans")),
        ("status", "integer", Phrases.Of("OpenApi.HttpStatus")),
        ("stage", "string", Phrases.Of("OpenApi.StageRefused")),
        ("code", "string", Phrases.Of("OpenApi.CodeClosedList")),
        ("rule", "string", Phrases.Of("OpenApi.WhereRuleStandsRefused")),
        ("path", "string", Phrases.Of("OpenApi.WhereJsonPathHeader")),
        ("expected", "string", Phrases.Of("OpenApi.WhatRuleAsks")),
        ("found", "string", Phrases.Of("OpenApi.TypeLengthNameNever")),
        ("remedy", "string", Phrases.Of("OpenApi.WhatCures")),
        ("outcomeUnknown", "boolean", Phrases.Of("OpenApi.TrueWhenProviderMay")),
        ("details", "array", Phrases.Of("OpenApi.MoreFaultsSameMessage")),
        ("recordId", "string", Phrases.Of("OpenApi.RecordArchive")),
        ("traceId", "string", Phrases.Of("OpenApi.TraceCall")),
    ];

    /// <summary>Writes the document.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="face">The address under which it is offered.</param>
    /// <param name="json">Where the document is written.</param>
    public static void Write(Operation operation, OpenApiFace face, IBufferWriter<byte> json) => Write([(operation, face)], json);

    /// <summary>Writes the document of several operations, each at its own address.</summary>
    /// <param name="operations">The operations with their addresses; at least one.</param>
    /// <param name="json">Where the document is written.</param>
    public static void Write(IReadOnlyList<(Operation Operation, OpenApiFace Face)> operations, IBufferWriter<byte> json)
    {
        using var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        var schemas = new JsonSchemaWriter(writer);
        var (first, firstFace) = operations[0];
        writer.WriteStartObject();
        writer.WriteString("openapi", "3.1.0");
        writer.WriteStartObject("info");
        writer.WriteString("title", operations.Count == 1 ? first.Title ?? first.ServiceCode : firstFace.Path.Split('/') is [_, "v1", "services", var alias, ..] ? alias : first.ServiceCode);
        writer.WriteString("version", first.Version ?? "1");
        if (firstFace.Description is not null)
        {
            writer.WriteString("description", firstFace.Description);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("paths");
        foreach (var (operation, face) in operations)
        {
            Post(writer, schemas, operation, face, named: operations.Count > 1);
        }

        writer.WriteEndObject();
        writer.WriteStartObject("components");
        writer.WriteStartObject("schemas");
        schemas.Components();
        writer.WriteEndObject();
        Security(writer);
        writer.WriteEndObject();
    }

    private static void Post(Utf8JsonWriter writer, JsonSchemaWriter schemas, Operation operation, OpenApiFace face, bool named)
    {
        writer.WriteStartObject(face.Path);
        writer.WriteStartObject("post");
        writer.WriteString("operationId", named ? operation.AddressName : operation.ServiceCode);
        if (named && operation.Title is not null)
        {
            writer.WriteString("summary", operation.Title);
        }

        Parameters(writer, face.RequestHeaders);
        writer.WriteStartObject("requestBody");
        writer.WriteBoolean("required", true);
        Content(writer, schemas, operation, face, MessageSide.Request);
        writer.WriteEndObject();
        writer.WriteStartObject("responses");
        writer.WriteStartObject("200");
        writer.WriteString("description", Phrases.Of("OpenApi.AnswerService"));
        Headers(writer, face.ResponseHeaders);
        Content(writer, schemas, operation, face, MessageSide.Response);
        writer.WriteEndObject();
        if (operation.Rest is { AnswersNothing: false })
        {
            writer.WriteStartObject("204");
            writer.WriteString("description", Phrases.Of("OpenApi.ServiceAnsweredWithoutBody"));
            Headers(writer, face.ResponseHeaders);
            writer.WriteEndObject();
        }

        foreach (var (status, meaning) in face.OtherStatuses)
        {
            writer.WriteStartObject(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteString("description", meaning);
            Headers(writer, face.ResponseHeaders);
            Content(writer, schemas, operation, face, MessageSide.Response);
            writer.WriteEndObject();
        }

        Problem(writer, face);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // An API key as bearer token, or a client certificate of the connection: one of the two.
    private static void Security(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("securitySchemes");
        writer.WriteStartObject("key");
        writer.WriteString("type", "http");
        writer.WriteString("scheme", "bearer");
        writer.WriteEndObject();
        writer.WriteStartObject("certificate");
        writer.WriteString("type", "mutualTLS");
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteStartArray("security");
        foreach (var scheme in (string[])["key", "certificate"])
        {
            writer.WriteStartObject();
            writer.WriteStartArray(scheme);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Parameters(Utf8JsonWriter writer, IReadOnlyList<OpenApiHeader> headers)
    {
        writer.WriteStartArray("parameters");
        foreach (var header in headers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", header.Name);
            writer.WriteString("in", "header");
            writer.WriteBoolean("required", header.Required);
            DescribedString(writer, header.Description);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Headers(Utf8JsonWriter writer, IReadOnlyList<OpenApiHeader> headers)
    {
        writer.WriteStartObject("headers");
        foreach (var header in headers)
        {
            writer.WriteStartObject(header.Name);
            DescribedString(writer, header.Description);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void DescribedString(Utf8JsonWriter writer, string description)
    {
        writer.WriteString("description", description);
        writer.WriteStartObject("schema");
        writer.WriteString("type", "string");
        writer.WriteEndObject();
    }

    private static void Content(Utf8JsonWriter writer, JsonSchemaWriter schemas, Operation operation, OpenApiFace face, MessageSide side)
    {
        var shape = operation.Shape(side);
        writer.WriteStartObject("content");
        writer.WriteStartObject("application/json");
        writer.WritePropertyName("schema");
        schemas.Element(shape.Element, side == MessageSide.Request ? face.Request : face.Response);
        var example = new ArrayBufferWriter<byte>();
        if (SampleWriter.Write(shape, 1, example, SampleOptions.Example))
        {
            writer.WritePropertyName("example");
            writer.WriteRawValue(face.Example(side, example.WrittenMemory).Span);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Problem(Utf8JsonWriter writer, OpenApiFace face)
    {
        writer.WriteStartObject("default");
        writer.WriteString("description", Phrases.Of("OpenApi.RefusalRfc9457"));
        Headers(writer, face.ResponseHeaders);
        writer.WriteStartObject("content");
        writer.WriteStartObject("application/problem+json");
        writer.WriteStartObject("schema");
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var (name, type, description) in Members)
        {
            writer.WriteStartObject(name);
            writer.WriteString("type", type);
            writer.WriteString("description", description);
            if (type == "array")
            {
                writer.WriteStartObject("items");
                writer.WriteString("type", "string");
                writer.WriteEndObject();
            }

            if (name == "code" && face.RefusalCodes.Count > 0)
            {
                writer.WriteStartArray("enum");
                foreach (var code in face.RefusalCodes.Order(StringComparer.Ordinal))
                {
                    writer.WriteStringValue(code);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartArray("required");
        foreach (var name in (string[])["type", "title", "status", "stage", "code", "remedy"])
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}

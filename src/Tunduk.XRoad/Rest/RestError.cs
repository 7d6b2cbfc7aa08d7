using System.Buffers;
using System.Text.Json;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Rest;

/// <summary>
/// The error body of a security server (PR-REST 4.5): <c>type</c> (the fault code), <c>message</c>, <c>detail</c> (a UUID for the
/// logs). The header X-Road-Error with the same type is the only thing that tells such an answer from a provider's own.
/// </summary>
/// <param name="Type">The fault code as text.</param>
/// <param name="Message">For people.</param>
/// <param name="Detail">A UUID.</param>
public readonly record struct RestError(string Type, string Message, string Detail)
{
    private const int MaxBody = 65_536;

    /// <summary>Code and length only: texts of errors can hold personal data.</summary>
    public override string ToString() => $"{Fault}, message of {Message?.Length ?? 0} characters";

    public XRoadFault Fault => XRoadFault.Classify(Type);

    /// <summary>
    /// The Content-Type of the error body for a request's Accept header: XML when the header names text/xml, application/xml or
    /// text/* (the first of these wins, quality values do not count), else JSON.
    /// </summary>
    public static string ContentTypeFor(string? accept)
    {
        foreach (Range range in (accept ?? string.Empty).AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = accept.AsSpan()[range];
            int semicolon = item.IndexOf(';');
            item = (semicolon < 0 ? item : item[..semicolon]).Trim();
            if (item.Equals("text/xml", StringComparison.OrdinalIgnoreCase) || item.Equals("text/*", StringComparison.OrdinalIgnoreCase))
            {
                return "text/xml;charset=utf-8";
            }

            if (item.Equals("application/xml", StringComparison.OrdinalIgnoreCase))
            {
                return "application/xml;charset=utf-8";
            }
        }

        return "application/json;charset=utf-8";
    }

    /// <summary>Writes the body in the form of <paramref name="contentType"/> (one that <see cref="ContentTypeFor"/> gave).</summary>
    public void Write(IBufferWriter<byte> output, string contentType)
    {
        if (!contentType.Contains("xml", StringComparison.Ordinal))
        {
            using Utf8JsonWriter json = new(output);
            json.WriteStartObject();
            json.WriteString("type"u8, Type);
            json.WriteString("message"u8, Message);
            json.WriteString("detail"u8, Detail);
            json.WriteEndObject();
            return;
        }

        output.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?><error>"u8);
        XmlText.Element(output, "type"u8, Type);
        XmlText.Element(output, "message"u8, Message);
        XmlText.Element(output, "detail"u8, Detail);
        output.Write("</error>"u8);
    }

    /// <summary>The code that a body of the form says itself, whatever a header says; null where it is not of the form.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> body) =>
        Read(string.Empty, body, fromBody: true) is { Type.Length: > 0 } error ? error.Type : null;

    /// <summary>
    /// Reads an answer that carries <paramref name="errorHeader"/> (X-Road-Error). The header alone decides; a body that is not of
    /// the form gives an error with the header's type and no texts.
    /// </summary>
    public static RestError Read(string errorHeader, ReadOnlySpan<byte> body) => Read(errorHeader, body, fromBody: false);

    private static RestError Read(string errorHeader, ReadOnlySpan<byte> body, bool fromBody)
    {
        RestError bare = new(errorHeader, string.Empty, string.Empty);
        if (body.Length > MaxBody || body.IsEmpty || body.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return RestErrorXml.Read(body.Length > MaxBody ? default : body, bare, fromBody);
        }

        try
        {
            Utf8JsonReader reader = new(body, new JsonReaderOptions { MaxDepth = 8 });
            string type = errorHeader, message = string.Empty, detail = string.Empty;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    bool isType = fromBody && reader.ValueTextEquals("type"u8);
                    bool isMessage = reader.ValueTextEquals("message"u8);
                    bool isDetail = reader.ValueTextEquals("detail"u8);
                    reader.Read();
                    if (reader.TokenType != JsonTokenType.String)
                    {
                        continue;
                    }

                    type = isType ? reader.GetString()! : type;
                    message = isMessage ? reader.GetString()! : message;
                    detail = isDetail ? reader.GetString()! : detail;
                }
            }

            return new RestError(type, message, detail);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return bare;
        }
    }
}

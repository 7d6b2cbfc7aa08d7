using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>
/// Path and query of a REST request as JSON for the archive and the search of persons, by the names that agreements give them:
/// <c>path/1</c>, or <c>path/pin</c> where an endpoint of the agreement names the value; <c>query/name</c>.
/// </summary>
internal static class RestAddress
{
    public static ReadOnlyMemory<byte> ToJson(AgreementService? terms, RestMessage message)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            WritePath(json, terms, message);
            WriteQuery(json, message.RawQuery);
            json.WriteEndObject();
        }

        // An address without path and query has no values.
        return output.WrittenCount == 2 ? default : output.WrittenMemory;
    }

    private static void WritePath(Utf8JsonWriter json, AgreementService? terms, RestMessage message)
    {
        string[] segments = message.RawPath.Trim('/') is { Length: > 0 } path ? path.Split('/') : [];
        if (segments.Length == 0)
        {
            return;
        }

        var endpoint = terms?.Endpoints.FirstOrDefault(candidate => candidate.Matches(message.Method, segments, out _)) ?? default;
        json.WriteStartObject("path"u8);
        for (var i = 0; i < segments.Length; i++)
        {
            var template = i < (endpoint.Segments?.Count ?? 0) ? endpoint.Segments![i] : "";
            var name = template.StartsWith('{') ? template[1..^1] : (i + 1).ToString(CultureInfo.InvariantCulture);
            json.WriteString(name, Uri.UnescapeDataString(segments[i]));
        }

        json.WriteEndObject();
    }

    private static void WriteQuery(Utf8JsonWriter json, string? rawQuery)
    {
        var pairs = (rawQuery ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToList();
        if (pairs.Count == 0)
        {
            return;
        }

        json.WriteStartObject("query"u8);
        foreach (var group in pairs.GroupBy(pair => Decode(pair[0]), StringComparer.Ordinal))
        {
            json.WriteStartArray(group.Key);
            foreach (var pair in group)
            {
                json.WriteStringValue(pair.Length == 2 ? Decode(pair[1]) : "");
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}

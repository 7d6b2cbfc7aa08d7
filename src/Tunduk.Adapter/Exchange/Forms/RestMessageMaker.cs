using System.Text;
using System.Text.Json;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Schema;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Rest;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>The HTTP request that one operation's JSON stands for: path, query and headers by the description, the body as it is.</summary>
internal static class RestMessageMaker
{
    /// <summary>Makes it of JSON that meets the description.</summary>
    public static Outcome<ReceivedRest> Make(Operation operation, ConsumerRequest request, ClientId client)
    {
        var parts = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        Split(request.Body, parts);
        var rest = operation.Rest!;
        var values = rest.Parameters.ToLookup(parameter => parameter.Place, parameter => (Parameter: parameter, Values: Values(parts, parameter)), StringComparer.Ordinal);
        if (Fault(operation, values) is { } fault)
        {
            return BodyMapping.Refuse([fault]);
        }

        var path = rest.Path;
        foreach (var (parameter, texts) in values["path"])
        {
            path = path.Replace("{" + parameter.Name + "}", Uri.EscapeDataString(string.Join(parameter.Separator ?? ',', texts)), StringComparison.Ordinal);
        }

        var query = string.Join('&', values["query"].SelectMany(parameter => Pairs(parameter.Parameter, parameter.Values)));
        var body = parts.GetValueOrDefault("body");
        var headers = new List<KeyValuePair<string, string>> { new("Accept", "application/json"), new(RestHeaderNames.Client, client.ToEncodedString()) };
        headers.AddRange(Named(request.Headers));
        headers.AddRange(values["header"].Where(parameter => parameter.Values.Count > 0).Select(parameter => KeyValuePair.Create(parameter.Parameter.Name, string.Join(parameter.Parameter.Separator ?? ',', parameter.Values))));
        if (!body.IsEmpty)
        {
            headers.Add(new("Content-Type", rest.BodyType ?? "application/json"));
        }

        return new ReceivedRest(rest.Method, path + (query.Length == 0 ? "" : "?" + query), headers, body) { Caller = request.Caller, Alias = request.Alias, AnswerShare = request.AnswerShare };
    }

    private static IEnumerable<KeyValuePair<string, string>> Named(CallHeaders given)
    {
        foreach (var (name, value) in new[] { (RestHeaderNames.Id, given.Id), (RestHeaderNames.UserId, given.UserId), (RestHeaderNames.Issue, given.Issue), (RestHeaderNames.RepresentedParty, given.RepresentedParty) })
        {
            if (!string.IsNullOrEmpty(value))
            {
                yield return new(name, value);
            }
        }
    }

    // The members of the document, each as the bytes it was given in.
    private static void Split(ReadOnlyMemory<byte> json, Dictionary<string, ReadOnlyMemory<byte>> parts)
    {
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            parts[name] = json[start..(int)reader.BytesConsumed];
        }
    }

    private static List<string> Values(Dictionary<string, ReadOnlyMemory<byte>> parts, RestParameter parameter)
    {
        var values = new List<string>();
        if (!parts.TryGetValue(parameter.Place, out var json))
        {
            return values;
        }

        using var document = JsonDocument.Parse(json);
        if (document.RootElement.TryGetProperty(parameter.Name, out var value))
        {
            values.AddRange(value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(Text) : value.ValueKind == JsonValueKind.Null ? [] : [Text(value)]);
        }

        return values;
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static IEnumerable<string> Pairs(RestParameter parameter, List<string> values)
    {
        var name = Uri.EscapeDataString(parameter.Name);
        return parameter.Separator is { } separator
            ? values.Count == 0 ? [] : [name + "=" + string.Join(separator == ',' ? "," : Uri.EscapeDataString(separator.ToString()), values.Select(Uri.EscapeDataString))]
            : values.Select(value => name + "=" + Uri.EscapeDataString(value));
    }

    // What a description may let through and an address or a header cannot carry: it would be read as something else.
    private static MappingFault? Fault(Operation operation, ILookup<string, (RestParameter Parameter, List<string> Values)> values)
    {
        foreach (var (parameter, texts) in values.SelectMany(group => group))
        {
            var whole = string.Join(parameter.Separator ?? ',', texts);
            var expected = parameter.Place switch
            {
                "path" when whole is "" or "." or ".." => RefusalPhrases.Of("segment_of_address"),
                "header" when whole.Any(c => c is < ' ' or > '~') => RefusalPhrases.Of("visible_ascii"),
                _ when parameter.Separator is { } separator && texts.Count > 1 && texts.Exists(text => text.Contains(separator)) => RefusalPhrases.Of("values_without_character_that_stands"),
                _ => null,
            };
            if (expected is not null)
            {
                return new MappingFault(MappingCodes.Character, $"$.{parameter.Place}.{parameter.Name}", operation.Location, expected, Phrases.Of("Forms.BytesAnotherForm", Encoding.UTF8.GetByteCount(whole)));
            }
        }

        return null;
    }
}

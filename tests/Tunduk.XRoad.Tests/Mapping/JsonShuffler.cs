using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>Rewrites JSON with the members of every object in another order.</summary>
internal static class JsonShuffler
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Reverse(ReadOnlyMemory<byte> json) =>
        Encoding.UTF8.GetBytes(Rewrite(JsonNode.Parse(json.Span), members => members.Reverse())?.ToJsonString(Options) ?? "null");

    /// <summary>The same document for every order of members; on wish also for every spelling of a number.</summary>
    public static string Sort(ReadOnlyMemory<byte> json, bool numbersByValue = false) =>
        Rewrite(JsonNode.Parse(json.Span), members => members.OrderBy(m => m.Key, StringComparer.Ordinal), numbersByValue)?.ToJsonString(Options) ?? "null";

    private static JsonNode? Rewrite(JsonNode? node, Func<IEnumerable<KeyValuePair<string, JsonNode?>>, IEnumerable<KeyValuePair<string, JsonNode?>>> order, bool numbersByValue = false) => node switch
    {
        JsonObject o => new JsonObject(order(o).Select(m => KeyValuePair.Create(m.Key, Rewrite(m.Value, order, numbersByValue)))),
        JsonArray a => new JsonArray([.. a.Select(i => Rewrite(i, order, numbersByValue))]),
        null => null,
        JsonValue v when numbersByValue && v.GetValueKind() == JsonValueKind.Number => JsonValue.Create(v.GetValue<double>()),
        _ => node.DeepClone(),
    };
}

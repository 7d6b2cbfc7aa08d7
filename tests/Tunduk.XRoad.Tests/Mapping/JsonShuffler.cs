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

    public static string Sort(ReadOnlyMemory<byte> json) =>
        Rewrite(JsonNode.Parse(json.Span), members => members.OrderBy(m => m.Key, StringComparer.Ordinal))?.ToJsonString(Options) ?? "null";

    private static JsonNode? Rewrite(JsonNode? node, Func<IEnumerable<KeyValuePair<string, JsonNode?>>, IEnumerable<KeyValuePair<string, JsonNode?>>> order) => node switch
    {
        JsonObject o => new JsonObject(order(o).Select(m => KeyValuePair.Create(m.Key, Rewrite(m.Value, order)))),
        JsonArray a => new JsonArray([.. a.Select(i => Rewrite(i, order))]),
        null => null,
        _ => node.DeepClone(),
    };
}

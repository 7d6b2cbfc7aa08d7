using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Metaservices;

/// <summary>The JSON shapes that REST metaservices share (PR-MREST).</summary>
internal static class MetaserviceJson
{
    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    public static ProtocolFault Malformed(string path, string found) =>
        new("metaservice-answer", XRoadFaultCode.InvalidBody, path, Phrases.Of("Metaservices.ListFormMetaservice"), found);

    public static void WriteClient(Utf8JsonWriter json, ClientId id)
    {
        json.WriteString("object_type"u8, id.IsSubsystem ? "SUBSYSTEM" : "MEMBER");
        WriteParts(json, id);
    }

    public static void WriteParts(Utf8JsonWriter json, ClientId id)
    {
        json.WriteString("xroad_instance"u8, id.Instance);
        json.WriteString("member_class"u8, id.MemberClass);
        json.WriteString("member_code"u8, id.MemberCode);
        if (id.IsSubsystem)
        {
            json.WriteString("subsystem_code"u8, id.SubsystemCode);
        }
    }

    public static bool TryReadClient(JsonElement id, out ClientId client)
    {
        client = default;
        return id.ValueKind == JsonValueKind.Object && ClientId.TryCreate(
            Text(id, "xroad_instance"), Text(id, "member_class"), Text(id, "member_code"), Text(id, "subsystem_code"),
            IdentifierRules.AsSecurityServer, out client, out _);
    }

    public static string? Text(JsonElement row, string name) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public static bool TryReadRows<T>(
        ReadOnlyMemory<byte> body,
        string property,
        string path,
        Func<JsonElement, T?> read,
        [NotNullWhen(true)] out MetaserviceList<T>? list,
        out ProtocolFault fault)
        where T : struct
    {
        list = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, s_options);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty(property, out JsonElement rows) || rows.ValueKind != JsonValueKind.Array)
            {
                fault = Malformed(path, Phrases.Of("Metaservices.NoArray", property));
                return false;
            }

            List<T> items = new(rows.GetArrayLength());
            int skipped = 0;
            foreach (JsonElement row in rows.EnumerateArray())
            {
                if (row.ValueKind == JsonValueKind.Object && read(row) is { } item)
                {
                    items.Add(item);
                }
                else
                {
                    skipped++;
                }
            }

            list = new MetaserviceList<T>(items, skipped);
            fault = ProtocolFault.None;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no UTF-16 text.
            fault = Malformed(path, Phrases.Of("Metaservices.MalformedJson"));
            return false;
        }
    }
}

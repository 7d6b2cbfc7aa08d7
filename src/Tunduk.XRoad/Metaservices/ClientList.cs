using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Tunduk.Xml;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Metaservices;

/// <summary>
/// <c>GET /listClients[?xRoadInstance=XX]</c> of a security server's client port: XML, or JSON when the caller accepts
/// <c>application/json</c> (PR-META 2.2).
/// </summary>
public static class ClientList
{
    public const string Path = "/listClients";

    /// <summary>The request target for one instance, or for the security server's own when null.</summary>
    public static string Target(string? instance) => instance is null ? Path : $"{Path}?xRoadInstance={Uri.EscapeDataString(instance)}";

    /// <summary>Whether the answer is JSON for this Accept header.</summary>
    public static bool WantsJson(string? accept) =>
        accept is not null && accept.Contains("application/json", StringComparison.OrdinalIgnoreCase);

    public static void WriteXml(IBufferWriter<byte> output, IEnumerable<ListedClient> clients)
    {
        output.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?><xrd:clientList xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:id=\"http://x-road.eu/xsd/identifiers\">"u8);
        foreach (ListedClient client in clients)
        {
            output.Write("<xrd:member><xrd:id id:objectType=\""u8);
            output.Write(client.Id.IsSubsystem ? "SUBSYSTEM\">"u8 : "MEMBER\">"u8);
            SoapWriter.WriteClientParts(output, client.Id);
            output.Write("</xrd:id>"u8);
            if (client.Name is not null)
            {
                XmlText.Element(output, "xrd:name"u8, client.Name);
            }

            if (client.SubsystemName is not null)
            {
                XmlText.Element(output, "xrd:subsystemName"u8, client.SubsystemName);
            }

            output.Write("</xrd:member>"u8);
        }

        output.Write("</xrd:clientList>"u8);
    }

    public static void WriteJson(IBufferWriter<byte> output, IEnumerable<ListedClient> clients)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteStartArray("member"u8);
        foreach (ListedClient client in clients)
        {
            json.WriteStartObject();
            json.WriteStartObject("id"u8);
            MetaserviceJson.WriteClient(json, client.Id);
            json.WriteEndObject();
            if (client.Name is not null)
            {
                json.WriteString("name"u8, client.Name);
            }

            if (client.SubsystemName is not null)
            {
                json.WriteString("subsystem_name"u8, client.SubsystemName);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static bool TryReadXml(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out MetaserviceList<ListedClient>? list, out ProtocolFault fault)
    {
        list = null;
        if (!XmlTape.TryParse(body, XmlLimits.Default, out XmlTape? tape, out XmlFault xml))
        {
            fault = MetaserviceJson.Malformed(Path, xml.CodeName);
            return false;
        }

        using (tape)
        {
            if (!tape.Root.Is(SoapNames.XRoad, "clientList"u8))
            {
                fault = MetaserviceJson.Malformed(Path, Phrases.Of("Metaservices.AnotherElement"));
                return false;
            }

            List<ListedClient> clients = [];
            int skipped = 0;
            foreach (XmlElement member in tape.Root.Children)
            {
                XmlElement id = member.Child(SoapNamespaces.XRoad, "id");
                if (id.Exists && SoapIdentifierReader.TryReadClient(id, IdentifierRules.AsSecurityServer, out ClientId client, out _))
                {
                    clients.Add(new ListedClient(client, TextOf(member, "name"), TextOf(member, "subsystemName")));
                }
                else
                {
                    skipped++;
                }
            }

            list = new MetaserviceList<ListedClient>(clients, skipped);
            fault = ProtocolFault.None;
            return true;
        }
    }

    public static bool TryReadJson(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out MetaserviceList<ListedClient>? list, out ProtocolFault fault) =>
        MetaserviceJson.TryReadRows(body, "member", Path, ReadRow, out list, out fault);

    private static ListedClient? ReadRow(JsonElement row) =>
        row.TryGetProperty("id", out JsonElement id) && MetaserviceJson.TryReadClient(id, out ClientId client)
            ? new ListedClient(client, MetaserviceJson.Text(row, "name"), MetaserviceJson.Text(row, "subsystem_name"))
            : null;

    private static string? TextOf(XmlElement member, string name)
    {
        XmlElement child = member.Child(SoapNamespaces.XRoad, name);
        return child.Exists ? child.Text : null;
    }
}

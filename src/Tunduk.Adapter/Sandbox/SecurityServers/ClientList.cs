using System.Text;
using System.Text.Json;
using System.Xml;
using Microsoft.AspNetCore.Http;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary><c>GET /listClients[?xRoadInstance=…]</c> (PR-META §3): members and subsystems of the network, XML or JSON by Accept.</summary>
internal sealed class ClientList(SimulatedNetwork network)
{
    public Task HandleAsync(HttpContext context)
    {
        string? instance = context.Request.Query["xRoadInstance"];
        List<(ParticipantId Id, string Name)> participants = [.. Participants().Where(entry => instance is null || entry.Id.Instance == instance)];
        bool json = context.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase);
        byte[] body = json ? Json(participants) : Xml(participants);
        context.Response.ContentType = json ? "application/json;charset=utf-8" : SoapNames.TextXml;
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    internal static void WriteId(XmlWriter writer, ParticipantId id, string objectType, string? serviceCode = null, string? serviceVersion = null)
    {
        writer.WriteAttributeString("id", "objectType", SoapNames.Identifiers, objectType);
        Part(writer, "xRoadInstance", id.Instance);
        Part(writer, "memberClass", id.MemberClass);
        Part(writer, "memberCode", id.MemberCode);
        Part(writer, "subsystemCode", id.SubsystemCode);
        Part(writer, "serviceCode", serviceCode);
        Part(writer, "serviceVersion", serviceVersion);
    }

    private static void Part(XmlWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteElementString("id", name, SoapNames.Identifiers, value);
        }
    }

    private List<(ParticipantId Id, string Name)> Participants()
    {
        var entries = new List<(ParticipantId, string)>();
        var members = new HashSet<ParticipantId>();
        foreach (ClientRegistration client in network.Servers.SelectMany(static server => server.Clients))
        {
            ParticipantId id = ParticipantId.Parse(client.Id);
            if (members.Add(id.Member))
            {
                entries.Add((id.Member, client.Name));
            }

            entries.Add((id, client.Name));
        }

        return entries;
    }

    private static byte[] Xml(List<(ParticipantId Id, string Name)> participants)
    {
        using var output = new MemoryStream();
        using (var writer = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            writer.WriteStartElement("xrd", "clientList", SoapNames.XRoad);
            writer.WriteAttributeString("xmlns", "id", SoapNames.Xmlns, SoapNames.Identifiers);
            foreach ((ParticipantId id, string name) in participants)
            {
                writer.WriteStartElement("xrd", "member", SoapNames.XRoad);
                writer.WriteStartElement("xrd", "id", SoapNames.XRoad);
                WriteId(writer, id, id.SubsystemCode is null ? "MEMBER" : "SUBSYSTEM");
                writer.WriteEndElement();
                writer.WriteElementString("xrd", "name", SoapNames.XRoad, name);
                if (id.SubsystemCode is not null)
                {
                    writer.WriteElementString("xrd", "subsystemName", SoapNames.XRoad, id.SubsystemCode);
                }

                writer.WriteEndElement();
            }

            writer.WriteEndElement();
        }

        return output.ToArray();
    }

    private static byte[] Json(List<(ParticipantId Id, string Name)> participants)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("member");
            foreach ((ParticipantId id, string name) in participants)
            {
                writer.WriteStartObject();
                writer.WriteStartObject("id");
                WriteJsonId(writer, id, id.SubsystemCode is null ? "MEMBER" : "SUBSYSTEM");
                writer.WriteEndObject();
                writer.WriteString("name", name);
                if (id.SubsystemCode is not null)
                {
                    writer.WriteString("subsystem_name", id.SubsystemCode);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    internal static void WriteJsonId(Utf8JsonWriter writer, ParticipantId id, string objectType)
    {
        writer.WriteString("object_type", objectType);
        writer.WriteString("xroad_instance", id.Instance);
        writer.WriteString("member_class", id.MemberClass);
        writer.WriteString("member_code", id.MemberCode);
        if (id.SubsystemCode is not null)
        {
            writer.WriteString("subsystem_code", id.SubsystemCode);
        }
    }
}

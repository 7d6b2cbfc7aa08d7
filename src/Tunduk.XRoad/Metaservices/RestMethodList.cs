using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Metaservices;

/// <summary>
/// The REST metaservices of a provider (PR-MREST): <c>GET /r1/{provider}/listMethods</c>, <c>…/allowedMethods</c> and
/// <c>…/getOpenAPI?serviceCode=X</c>.
/// </summary>
public static class RestMethodList
{
    /// <summary>The request target of <see cref="Metaservice.ListMethods"/> or <see cref="Metaservice.AllowedMethods"/>.</summary>
    public static string Target(ClientId provider, string metaservice) => $"/r1/{provider.ToEncodedString()}/{metaservice}";

    /// <summary>The request target of getOpenAPI; its answer is the description, with the address of the service rewritten.</summary>
    public static string OpenApiTarget(ServiceId service) =>
        $"{Target(service.Provider, Metaservice.GetOpenApi)}?serviceCode={Uri.EscapeDataString(service.Code)}";

    public static void Write(IBufferWriter<byte> output, IEnumerable<ListedMethod> methods)
    {
        using Utf8JsonWriter json = new(output);
        json.WriteStartObject();
        json.WriteStartArray("service"u8);
        foreach (ListedMethod method in methods)
        {
            json.WriteStartObject();
            json.WriteString("object_type"u8, "SERVICE");
            json.WriteString("service_type"u8, method.ServiceType);
            MetaserviceJson.WriteParts(json, method.Service.Provider);
            json.WriteString("service_code"u8, method.Service.Code);
            json.WriteStartArray("endpoint_list"u8);
            foreach (ListedEndpoint endpoint in method.Endpoints)
            {
                json.WriteStartObject();
                json.WriteString("method"u8, endpoint.Method);
                json.WriteString("path"u8, endpoint.Path);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static bool TryRead(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out MetaserviceList<ListedMethod>? list, out ProtocolFault fault) =>
        MetaserviceJson.TryReadRows(body, "service", "service", ReadRow, out list, out fault);

    private static ListedMethod? ReadRow(JsonElement row)
    {
        if (!MetaserviceJson.TryReadClient(row, out ClientId provider)
            || !ServiceId.TryCreate(provider, MetaserviceJson.Text(row, "service_code"), null, IdentifierRules.AsSecurityServer, out ServiceId service, out _))
        {
            return null;
        }

        ImmutableArray<ListedEndpoint>.Builder endpoints = ImmutableArray.CreateBuilder<ListedEndpoint>();
        if (row.TryGetProperty("endpoint_list", out JsonElement listed) && listed.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement endpoint in listed.EnumerateArray())
            {
                if (MetaserviceJson.Text(endpoint, "method") is { } method && MetaserviceJson.Text(endpoint, "path") is { } path)
                {
                    endpoints.Add(new ListedEndpoint(method, path));
                }
            }
        }

        return new ListedMethod(service, MetaserviceJson.Text(row, "service_type") ?? "REST", endpoints.DrainToImmutable());
    }
}

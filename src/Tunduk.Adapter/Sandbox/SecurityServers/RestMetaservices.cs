using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>listMethods, allowedMethods and getOpenAPI over <c>/r1</c> (PR-MREST).</summary>
internal sealed class RestMetaservices(SimulatedSecurityServer server)
{
    private const string ReplacedAddress = "http://example.org/xroad-endpoint";

    public static bool Handles(string serviceCode) => serviceCode is "listMethods" or "allowedMethods" or "getOpenAPI";

    public (RestAnswer? Answer, ServerFault? Fault) Serve(RestRequest request)
    {
        if (request.Verb != "GET")
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "invalid_http_method", "Metaservices are called with GET"));
        }

        return request.Service.ServiceCode == "getOpenAPI"
            ? OpenApi(request)
            : (Answer(request, "application/json;charset=utf-8", Methods(request)), null);
    }

    private static RestAnswer Answer(RestRequest request, string contentType, byte[] body) => new()
    {
        Status = 200,
        Headers = RestProviderSide.AnswerHeaders(request, [new("Content-Type", contentType)], request.Hash([])),
        Body = body,
    };

    private byte[] Methods(RestRequest request)
    {
        bool allowedOnly = request.Service.ServiceCode == "allowedMethods";
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("service");
            foreach ((ServedId id, ServiceRegistration service) in server.Services)
            {
                if (id.Provider != request.Service.Provider || service.Kind == ServiceKind.Wsdl
                    || (allowedOnly && !service.Allowed.Contains(request.Client.ToString())))
                {
                    continue;
                }

                writer.WriteStartObject();
                ClientList.WriteJsonId(writer, id.Provider, "SERVICE");
                writer.WriteString("service_type", service.Kind == ServiceKind.Rest ? "REST" : "OPENAPI");
                writer.WriteString("service_code", id.ServiceCode);
                writer.WriteStartArray("endpoint_list");
                foreach (RestEndpoint endpoint in service.Endpoints)
                {
                    writer.WriteStartObject();
                    writer.WriteString("method", endpoint.Method);
                    writer.WriteString("path", endpoint.Path);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return output.ToArray();
    }

    private (RestAnswer? Answer, ServerFault? Fault) OpenApi(RestRequest request)
    {
        string? code = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(request.Query).GetValueOrDefault("serviceCode");
        if (string.IsNullOrEmpty(code))
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "invalid_request", "Missing serviceCode"));
        }

        if (!server.Services.TryGetValue(new ServedId(request.Service.Provider, code, null), out ServiceRegistration? service))
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "unknown_service", $"Unknown service: {code}"));
        }

        if (service.Kind != ServiceKind.OpenApi3 || service.Description is null || !File.Exists(service.Description))
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "internal_error", "The service has no OpenAPI description"));
        }

        string text = File.ReadAllText(service.Description);
        try
        {
            return text.AsSpan().TrimStart().StartsWith("{")
                ? (Answer(request, "application/json;charset=utf-8", Json(text)), null)
                : (Answer(request, "application/yaml;charset=utf-8", Yaml(text)), null);
        }
        catch (Exception e) when (e is JsonException or YamlException or InvalidOperationException or InvalidCastException)
        {
            return (null, new ServerFault(FaultTaxonomy.ServerProxy + "internal_error", "The OpenAPI description is neither JSON nor YAML"));
        }
    }

    private static byte[] Json(string text)
    {
        JsonObject document = JsonNode.Parse(text)!.AsObject();
        document["servers"] = new JsonArray(new JsonObject { ["url"] = ReplacedAddress });
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }

    private static byte[] Yaml(string text)
    {
        var yaml = new YamlStream();
        using var reader = new StringReader(text);
        yaml.Load(reader);
        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        root.Children[new YamlScalarNode("servers")] = new YamlSequenceNode(new YamlMappingNode(new YamlScalarNode("url"), new YamlScalarNode(ReplacedAddress)));
        using var writer = new StringWriter();
        yaml.Save(writer, assignAnchors: false);
        return Encoding.UTF8.GetBytes(writer.ToString());
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Exchange;
using Tunduk.Xml;
using YamlDotNet.RepresentationModel;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// The WSDL and OpenAPI files of the services we answer, as a security server reads them when the service is registered: with
/// this adapter's own address instead of whatever the file says, since that is where the security server is to send requests.
/// </summary>
internal sealed class ProvidedDescriptions(AdapterOptions options, ServiceCatalogue services, string folder)
{
    private const string Servers = "servers";
    private static readonly string[] AddressNamespaces = ["http://schemas.xmlsoap.org/wsdl/soap/", "http://schemas.xmlsoap.org/wsdl/soap12/", "http://schemas.xmlsoap.org/wsdl/http/"];

    /// <summary>The WSDL of a SOAP service; every port's address is <c>/soap</c> of this listener.</summary>
    public Outcome<Description> Wsdl(string name, HttpRequest request) =>
        !Find(name, rest: false).TryGet(out var content, out var error) ? error
        : Relocated(content, Base(request) + "/soap").TryGet(out var wsdl, out error) ? new Description(wsdl, "text/xml; charset=utf-8")
        : error;

    /// <summary>The OpenAPI description of a REST service; its only server is <c>/rest/{name}</c> of this listener.</summary>
    public Outcome<Description> OpenApi(string name, HttpRequest request)
    {
        if (!Find(name, rest: true).TryGet(out var content, out var error))
        {
            return error;
        }

        var address = $"{Base(request)}/rest/{Uri.EscapeDataString(name)}";
        return content.Span.TrimStart(" \t\r\n\uFEFF"u8).StartsWith("{"u8)
            ? new Description(Json(content, address), "application/json; charset=utf-8")
            : new Description(Yaml(content, address), "application/yaml; charset=utf-8");
    }

    private Outcome<ReadOnlyMemory<byte>> Find(string name, bool rest)
    {
        if (!services.FindProvided(name).TryGet(out var service, out var error))
        {
            return error;
        }

        var file = options.Provides[name].Contract;
        return (service.Protocol == UpstreamProtocol.Rest) == rest && file.Length > 0
            ? new ReadOnlyMemory<byte>(File.ReadAllBytes(Path.GetFullPath(file, folder)))
            : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ServiceUnknown) { Path = "path", Expected = rest ? RefusalPhrases.Of("rest_service_with_contract") : RefusalPhrases.Of("soap_service_with_contract"), Found = RefusalPhrases.Of("service_without_one") };
    }

    // The listener's own address, or the name by which the security server reached it: RequestGuard has checked that it is ours.
    private static string Base(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    private static Outcome<ReadOnlyMemory<byte>> Relocated(ReadOnlyMemory<byte> wsdl, string address)
    {
        if (!XmlTape.TryParse(wsdl, out var tape, out var fault))
        {
            return new ExchangeError(ExchangeStage.Encode, ExchangeCodes.Internal) { Path = "Documents:Contracts", Expected = RefusalPhrases.Of("well_formed_xml"), Found = fault.CodeName };
        }

        using (tape)
        {
            var places = new List<XmlRange>();
            Collect(tape.Root, places);
            var output = new ArrayBufferWriter<byte>(wsdl.Length + 256);
            var at = 0;
            foreach (var place in places)
            {
                output.Write(tape.Source.Span[at..place.Start]);
                Encoding.UTF8.GetBytes(System.Security.SecurityElement.Escape(address), output);
                at = place.End;
            }

            output.Write(tape.Source.Span[at..]);
            return output.WrittenMemory;
        }
    }

    private static void Collect(XmlElement element, List<XmlRange> places)
    {
        foreach (var child in element.Children)
        {
            if (child.LocalName == "address" && AddressNamespaces.Contains(child.NamespaceUri, StringComparer.Ordinal) && child.TryGetAttribute("", "location", out var location))
            {
                places.Add(location.ValueRange);
            }

            Collect(child, places);
        }
    }

    private static ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> content, string address)
    {
        var document = JsonNode.Parse(content.Span.StartsWith("\uFEFF"u8) ? content.Span[3..] : content.Span)!.AsObject();
        document[Servers] = new JsonArray(new JsonObject { ["url"] = address });
        foreach (var paths in new[] { document["paths"], document["components"]?["pathItems"] }.OfType<JsonObject>())
        {
            // A path and an operation may each have servers of their own (OpenAPI 3 "Path Item Object").
            foreach (var item in paths.Select(path => path.Value).OfType<JsonObject>())
            {
                item.Remove(Servers);
                foreach (var operation in item.Select(member => member.Value).OfType<JsonObject>())
                {
                    operation.Remove(Servers);
                }
            }
        }

        return Encoding.UTF8.GetBytes(document.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }));
    }

    private static ReadOnlyMemory<byte> Yaml(ReadOnlyMemory<byte> content, string address)
    {
        var yaml = new YamlStream();
        using (var reader = new StringReader(Encoding.UTF8.GetString(content.Span)))
        {
            yaml.Load(reader);
        }

        var root = (YamlMappingNode)yaml.Documents[0].RootNode;
        root.Children[new YamlScalarNode(Servers)] = new YamlSequenceNode(new YamlMappingNode(new YamlScalarNode("url"), new YamlScalarNode(address)));
        foreach (var paths in new[] { Member(root, "paths"), Member(Member(root, "components"), "pathItems") }.OfType<YamlMappingNode>())
        {
            foreach (var item in paths.Children.Values.OfType<YamlMappingNode>())
            {
                item.Children.Remove(new YamlScalarNode(Servers));
                foreach (var operation in item.Children.Values.OfType<YamlMappingNode>())
                {
                    operation.Children.Remove(new YamlScalarNode(Servers));
                }
            }
        }

        using var writer = new StringWriter();
        yaml.Save(writer, assignAnchors: false);
        return Encoding.UTF8.GetBytes(writer.ToString());
    }

    private static YamlNode? Member(YamlNode? node, string name) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var member) ? member : null;

    /// <summary>A description as served.</summary>
    internal sealed record Description(ReadOnlyMemory<byte> Content, string ContentType);
}

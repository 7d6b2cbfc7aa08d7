using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>
/// One world for existing X-Road clients and providers: a SOAP service by JSON, one by SOAP without a contract, a REST
/// service, and the same client before the adapter and before the security server itself.
/// </summary>
public class DropInWorld : IAsyncLifetime
{
    public const string Collection = "drop-in";

    /// <summary>A SOAP service whose information system speaks SOAP and for which nobody gave a contract.</summary>
    public const string Lookup = SandboxNames.Provider + "/lookup/v1";

    /// <summary>The REST service.</summary>
    public const string Persons = SecurityServerPair.RestService;

    /// <summary>Namespace of the SOAP service.</summary>
    public const string LookupNamespace = "http://lookup.sandbox.x-road.example/producer";

    internal TestWorld World { get; private set; } = null!;

    /// <summary>The information systems that speak SOAP and REST.</summary>
    internal UpstreamDouble Upstream { get; private set; } = null!;

    /// <summary>The security server, asked without an adapter.</summary>
    internal Uri SecurityServer => World.SecurityServers.Consumer.Address;

    internal Uri Adapter => World.Consumer.IsAddress!;

    public async Task InitializeAsync()
    {
        Upstream = await UpstreamDouble.StartAsync();
        World = await TestWorld.StartAsync(Change(new TestWorldOptions
        {
            Provider = options =>
            {
                var provides = (JsonObject)options["Provides"]!;
                provides["lookup"] = LookupBefore(Upstream);
                provides["persons"] = new JsonObject { ["Service"] = Persons, ["Upstream"] = new Uri(Upstream.Address, "api").ToString(), ["Protocol"] = "Rest" };
            },
            Consumer = options => ((JsonArray)options["Callers"]!).Add(EndToEnd.Caller("narrow", "narrow-key", ["is"], [SandboxNames.Consumer], caller => caller["Services"] = new JsonArray("getVehicles"))),
            ProviderAgreement = text => WithServices(text),
            ConsumerAgreement = text => WithServices(text),
        }));
        var server = World.SecurityServers.Provider;
        server.Add(new ServiceRegistration { Id = Lookup, Url = new Uri(World.Provider.SecurityServerAddress!, "soap"), Allowed = [SandboxNames.Consumer] });
        server.Service(Persons).Url = new Uri(World.Provider.SecurityServerAddress!, "rest/persons");
    }

    public async Task DisposeAsync()
    {
        await World.DisposeAsync();
        await Upstream.DisposeAsync();
    }

    /// <summary>How a world of its own differs from this one.</summary>
    internal virtual TestWorldOptions Change(TestWorldOptions options) => options;

    /// <summary>Posts an envelope to the adapter's drop-in face.</summary>
    internal Task<SoapReply> PostAsync(string envelope, string contentType = "text/xml; charset=utf-8", string? key = null, string? soapAction = null) =>
        PostAsync(Adapter, Encoding.UTF8.GetBytes(envelope), contentType, key, soapAction);

    internal async Task<SoapReply> PostAsync(Uri address, byte[] envelope, string contentType = "text/xml; charset=utf-8", string? key = null, string? soapAction = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(envelope) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + (key ?? World.Folders.ApiKey));
        if (soapAction is not null)
        {
            request.Headers.TryAddWithoutValidation("SOAPAction", soapAction);
        }

        var reply = await World.SendAsync(request);
        return SoapReply.Read(reply with { ContentType = "text/xml; charset=utf-8" }) with { Reply = reply };
    }

    /// <summary>Sends a REST request, the target as it is written.</summary>
    internal Task<HttpReply> RestAsync(string method, string target, string? body = null, IReadOnlyDictionary<string, string?>? headers = null, string contentType = "application/json", Uri? address = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri((address ?? Adapter).GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Authorization"] = "Bearer " + World.Folders.ApiKey,
            ["X-Road-Client"] = SandboxNames.Consumer,
            ["X-Road-UserId"] = TestPersons.UserId,
            ["X-Road-Issue"] = TestPersons.Issue,
        };
        foreach (var (name, value) in headers ?? new Dictionary<string, string?>())
        {
            all[name] = value;
        }

        foreach (var (name, value) in all.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return World.SendAsync(request);
    }

    /// <summary>Whether a request with this id left the consumer's adapter.</summary>
    internal async Task<bool> WasSentAsync(string messageId) =>
        (await TestWorld.FindAsync(World.Consumer, messageId: messageId)).Any(entry => entry.Entry.Kind == Evidence.Log.EntryKind.Request);

    /// <summary>The setting of the SOAP service before an information system.</summary>
    internal static JsonObject LookupBefore(UpstreamDouble upstream) =>
        new() { ["Service"] = Lookup, ["Upstream"] = new Uri(upstream.Address, "soap").ToString(), ["Protocol"] = "Soap" };

    /// <summary>The same, with a header listed for the REST service, both ways.</summary>
    internal static string WithAgreedHeader(string text) => WithServices(text).Replace(
        "response: { allow: [surname, name, echo] }", "response: { allow: [surname, name, echo] }\n    headers: { request: [x-agreed], response: [x-agreed] }", StringComparison.Ordinal);

    internal static string WithServices(string text) => text.Replace("archive: { content: filtered }", """
          - service: lookup/v1
            environment: production
            request: { allow: [pin, note] }
            response: { allow: [surname, items/item, photo], unlisted: remove }
            faults: { text: hide, detail: [reason] }
            headers: { request: [trail, soapaction, x-own] }
            attachments: [ { side: request, name: "scan.pdf", types: [application/pdf] }, { side: response, name: "*", types: [image/jpeg, application/octet-stream] } ]
            persons: [ { path: request/pin, kind: pin } ]
          - service: persons
            environment: production
            request: { allow: [path/1, path/2, query/fields, query/tag, pin, comment] }
            response: { allow: [surname, name, echo] }
            attachments: [ { side: request, name: "body", types: [application/pdf] }, { side: response, name: "body", types: [image/jpeg] } ]
            persons: [ { path: request/path/2, kind: pin } ]
        archive: { content: filtered }
        """, StringComparison.Ordinal);
}

/// <summary>Names the shared world's collection for xunit.</summary>
[CollectionDefinition(DropInWorld.Collection)]
public sealed class DropInGroup : ICollectionFixture<DropInWorld>;

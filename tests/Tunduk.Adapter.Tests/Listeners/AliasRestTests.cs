using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>REST services on the alias face: method, path, query and body as the service has them, X-Road's values from the configuration.</summary>
public sealed class AliasRestTests(AliasRestTests.Fixture fixture) : IClassFixture<AliasRestTests.Fixture>, IDisposable
{
    private const string Alias = "/v1/services/persons/rest";

    public void Dispose() => fixture.Upstream.Reset();

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", """{"pin":"1","secret":"x"}""")]
    public async Task Rest_ByAlias_IsFilteredSignedVerifiedAndArchivedOnBothSides(string method, string? body)
    {
        var reply = await fixture.AskAsync(method, Alias + "/by-pin/21502197994378?fields=a%2Fb&hidden=1", body is null ? null : TestWorld.Json(body));

        reply.Status.ShouldBe(200, reply.Text);
        reply.ContentType.ShouldBe("application/json; charset=utf-8");
        JsonNode.Parse(reply.Body)!.ToJsonString().ShouldBe($$"""{"surname":"Invented","echo":"{{method}}"}""");
        reply.Headers.Keys.ShouldNotContain("X-Road-Error");
        reply.Record.ShouldNotBeNull();
        var call = fixture.Upstream.Calls.Last();
        call.Method.ShouldBe(method);
        call.Target.ShouldBe("/api/by-pin/21502197994378?fields=a%2Fb", "a parameter that nobody listed");
        call.Text.ShouldNotContain("secret");
        call.Headers["X-Road-Client"].ShouldBe(SandboxNames.Consumer, "the caller's own subsystem by the configuration");
        call.Headers["X-Road-UserId"].ShouldBe(TestPersons.UserId);
        var id = reply.MessageId.ShouldNotBeNull();
        id.ShouldStartWith("sandbox-");
        foreach (var host in new[] { fixture.World.Consumer, fixture.World.Provider })
        {
            var entries = await TestWorld.FindAsync(host, messageId: id);
            entries.Select(entry => entry.Entry.Kind).ShouldBe([EntryKind.Response, EntryKind.Request], ignoreOrder: true);
            entries.ShouldAllBe(entry => entry.Entry.Signature == SignatureStatus.Verified || entry.Entry.Signature == SignatureStatus.OwnEmbedded);
        }
    }

    [Theory]
    [InlineData("", "/api")]
    [InlineData("/", "/api/")]
    [InlineData("/openapi.json", "/api/openapi.json")]
    [InlineData("/by%20name/%D0%90%D0%B1", "/api/by%20name/%D0%90%D0%B1")]
    public async Task Rest_PathAndQuery_ArriveByteForByte(string rest, string target)
    {
        var reply = await fixture.AskAsync("GET", Alias + rest);

        reply.Status.ShouldBe(200, reply.Text);
        fixture.Upstream.Calls.Last().Target.ShouldBe(target);
    }

    [Fact]
    public async Task Rest_ProvidersOwnStatus_PassesAndIsNoRefusal()
    {
        fixture.Upstream.Rest = UpstreamDouble.Answering("""{"code":"none","surname":"x"}""", "application/problem+json", 404);

        var reply = await fixture.AskAsync("GET", Alias + "/a");

        reply.Status.ShouldBe(404, reply.Text);
        reply.Headers.Keys.ShouldNotContain("X-Road-Error");
    }

    [Fact]
    public async Task Rest_LargeBodiesBothWays_ArriveWhole()
    {
        byte[] pdf = [.. "%PDF-1.7 "u8, .. RandomNumberGenerator.GetBytes(3_000_000)];
        byte[] jpeg = [0xFF, 0xD8, 0xFF, .. RandomNumberGenerator.GetBytes(3_000_000)];
        fixture.Upstream.Rest = (context, _) =>
        {
            context.Response.ContentType = "image/jpeg";
            return context.Response.Body.WriteAsync(jpeg).AsTask();
        };
        var content = new ByteArrayContent(pdf);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/pdf");

        var reply = await fixture.AskAsync("POST", Alias + "/a", content);

        reply.Status.ShouldBe(200, reply.ContentType);
        reply.Body.AsSpan().SequenceEqual(jpeg).ShouldBeTrue();
        fixture.Upstream.Calls.Last().Body.AsSpan().SequenceEqual(pdf).ShouldBeTrue();
        await Wait.ForAsync(() => fixture.World.Consumer.SpooledBytes == 0);
    }

    [Theory]
    [InlineData("GET", "/a/b/c", null, "field_not_listed")]
    [InlineData("GET", "/a//b", null, "address_invalid")]
    [InlineData("GET", "/a/%2e%2e/b", null, "address_invalid")]
    [InlineData("GET", "/a", "X-Road-Issue", "issue_missing")]
    [InlineData("GET", "/a", "X-Road-UserId", "user_id_missing")]
    [InlineData("GET", "/a", "X-Road-Client=sandbox/COM/60009001/other", "client_not_own")]
    [InlineData("GET", "/a", "X-Road-Client=sandbox", "header_invalid")]
    [InlineData("BREW", "/a", null, "method_unsupported")]
    public async Task Rest_Refused_IsAProblemThatNoProviderCouldSend(string method, string rest, string? without, string code)
    {
        var calls = fixture.Upstream.Calls.Count;
        var (name, value) = without?.Split('=') is [var first, .. var others] ? (first, others.FirstOrDefault()) : (null, null);

        var reply = await fixture.AskAsync(method, Alias + rest, headers: name is null ? null : new Dictionary<string, string?> { [name] = value });

        reply.ContentType.ShouldBe("application/problem+json", reply.Text);
        reply.Json.GetProperty("code").GetString().ShouldBe(code, reply.Text);
        reply.Headers["X-Road-Error"].ShouldBe("adapter." + code);
        (await TestWorld.EndOfAsync(fixture.World.Consumer, reply.Record.ShouldNotBeNull())).Code.ShouldBe(code);
        fixture.Upstream.Calls.Count.ShouldBe(calls);
    }

    // The router takes away what an address says twice; two readers could then mean two services.
    [Theory]
    [InlineData("/v1/services/getPerson/../persons/rest/a")]
    [InlineData("/v1/services/./persons/rest/a")]
    [InlineData("/v1/services/persons/rest/../rest/a")]
    [InlineData("//v1/services/persons/rest/a")]
    public async Task Rest_AddressThatTwoReadersUnderstandDifferently_IsRefused(string target)
    {
        var calls = fixture.Upstream.Calls.Count;

        var reply = await fixture.AskAsync("GET", target);

        reply.Json.GetProperty("code").GetString().ShouldBeOneOf("address_invalid", "address_unknown");
        fixture.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Theory]
    [InlineData("/v1/services/nobody/rest/a", "service_alias_unknown")]
    [InlineData("/v1/services/getPerson/rest/a", "service_alias_unknown")]
    public async Task Rest_AliasOfNoRestService_IsRefused(string target, string code) =>
        Refusal.CheckForm(await fixture.AskAsync("GET", target), code, "authenticate");

    [Fact]
    public async Task Rest_CallerBoundToOtherAliases_IsRefused() =>
        Refusal.CheckForm(await fixture.AskAsync("GET", Alias + "/a", key: "narrow-key"), "caller_not_permitted", "authenticate");

    [Fact]
    public async Task Rest_UnknownCaller_IsRefused() =>
        Refusal.CheckForm(await fixture.AskAsync("GET", Alias + "/a", key: "nobody"), "caller_unknown", "authenticate");

    [Fact]
    public async Task Rest_ContractOfTheAlias_IsHeld()
    {
        (await fixture.AskAsync("GET", "/v1/services/described/rest/known/1")).Status.ShouldBe(200);

        var reply = await fixture.AskAsync("GET", "/v1/services/described/rest/other");

        Refusal.CheckForm(reply, "contract_violated", "validate").Expected.ShouldBe("GET /known/{pin}");
    }

    [Fact]
    public async Task Rest_Diagnose_SaysWhatWouldHappenAndSendsNothing()
    {
        var calls = fixture.Upstream.Calls.Count;

        (await fixture.AskAsync("POST", "/v1/diagnose/persons/rest/a", TestWorld.Json("""{"pin":"1"}"""))).Json.GetProperty("wouldSend").GetBoolean().ShouldBeTrue();
        var refused = await fixture.AskAsync("GET", "/v1/diagnose/persons/rest/a/b/c");

        refused.Status.ShouldBe(200);
        refused.Json.GetProperty("refusal").GetProperty("code").GetString().ShouldBe("field_not_listed");
        fixture.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Fact]
    public async Task List_RestService_NamesItsAddress() =>
        (await fixture.AskAsync("GET", "/v1/services")).Json.GetProperty("services").EnumerateArray()
            .Single(service => service.GetProperty("alias").GetString() == "persons").GetProperty("address").GetString().ShouldBe(Alias);

    public sealed class Fixture : IAsyncLifetime
    {
        private const string Description = """
            openapi: 3.0.3
            info: { title: described, version: "1" }
            paths:
              /known/{pin}:
                get:
                  operationId: known
                  parameters: [ { name: pin, in: path, required: true, schema: { type: string } } ]
                  responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { surname: { type: string } } } } } } }
            """;

        private const string Described = SandboxNames.Provider + "/described";

        internal TestWorld World { get; private set; } = null!;

        internal UpstreamDouble Upstream { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Upstream = await UpstreamDouble.StartAsync();
            var upstream = new Uri(Upstream.Address, "api").ToString();
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                ConsumerFiles = (_, folder) => File.WriteAllText(Path.Combine(folder, "contracts", "described.yaml"), Description),
                Consumer = options =>
                {
                    options["Services"]!["persons"] = new JsonObject { ["Service"] = DropInWorld.Persons };
                    options["Services"]!["described"] = new JsonObject { ["Service"] = Described, ["Contract"] = "described.yaml" };
                    ((JsonArray)options["Callers"]!).Add(EndToEnd.Caller("narrow", "narrow-key", ["is"], [SandboxNames.Consumer], caller => caller["Services"] = new JsonArray("getPerson")));
                },
                Provider = options =>
                {
                    options["Provides"]!["persons"] = new JsonObject { ["Service"] = DropInWorld.Persons, ["Upstream"] = upstream, ["Protocol"] = "Rest" };
                    options["Provides"]!["described"] = new JsonObject { ["Service"] = Described, ["Upstream"] = upstream, ["Protocol"] = "Rest" };
                },
                ProviderAgreement = WithServices,
                ConsumerAgreement = WithServices,
            });
            var server = World.SecurityServers.Provider;
            server.Service(DropInWorld.Persons).Url = new Uri(World.Provider.SecurityServerAddress!, "rest/persons");
            server.Add(new Adapter.Sandbox.SecurityServers.ServiceRegistration { Id = Described, Kind = Adapter.Sandbox.SecurityServers.ServiceKind.Rest, Url = new Uri(World.Provider.SecurityServerAddress!, "rest/described"), Allowed = [SandboxNames.Consumer] });
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Upstream.DisposeAsync();
        }

        internal Task<HttpReply> AskAsync(string method, string target, HttpContent? content = null, IReadOnlyDictionary<string, string?>? headers = null, string? key = null)
        {
            var request = new HttpRequestMessage(new HttpMethod(method), new Uri(World.Consumer.IsAddress!.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })) { Content = content };
            var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
            {
                ["Authorization"] = "Bearer " + (key ?? World.Folders.ApiKey),
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

        private static string WithServices(string text) => DropInWorld.WithServices(text).Replace("archive: { content: filtered }", """
              - service: described
                environment: production
                endpoints: [ "GET /known/{pin}", "GET /other" ]
                request: { allow: [path/pin] }
                response: { allow: [surname] }
            archive: { content: filtered }
            """, StringComparison.Ordinal);
    }
}

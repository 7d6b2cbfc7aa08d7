using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.DropIn;

// Over 300 lines: what clients in the field send, a case each.

/// <summary>
/// What the protocol has and few clients use, through running adapters: members without a subsystem, services without a
/// version, represented party, security server and token in the header, a default basis, faults with HTTP 500, every method.
/// </summary>
public sealed class OddClientTests : IClassFixture<OddClientTests.Fixture>
{
    private const string Member = "sandbox/COM/60009001";
    private const string Lookup = SandboxNames.Provider + "/lookup";
    private const string Service = "/r1/sandbox/GOV/70009001/registry/persons";
    private readonly Fixture fixture;

    public OddClientTests(Fixture fixture) => this.fixture = fixture;

    [Fact]
    public async Task Soap_ServiceWithoutAVersion_IsAnswered()
    {
        var reply = await PostAsync(Headers());

        reply.Fault.ShouldBeNull(reply.Text);
        reply.Envelope.Descendants(XName.Get("serviceVersion", "http://x-road.eu/xsd/identifiers")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Soap_MemberAsClient_IsAnsweredUnderItsOwnAgreement()
    {
        var reply = await PostAsync(Headers() with { Client = ClientId.Parse(Member) });

        reply.Fault.ShouldBeNull(reply.Text);
        fixture.Upstream.Calls.Last().Headers["X-Road-Client"].ShouldBe(Member);
        reply.Envelope.Descendants(XName.Get("client", "http://x-road.eu/xsd/xroad.xsd")).Single().Attribute(XName.Get("objectType", "http://x-road.eu/xsd/identifiers"))!.Value.ShouldBe("MEMBER");
    }

    [Fact]
    public async Task Soap_NoBasisWhereTheAgreementHasADefault_CrossesWithIt()
    {
        var reply = await PostAsync(Headers() with { Issue = null });

        reply.Fault.ShouldBeNull(reply.Text);
        fixture.Upstream.Calls.Last().Headers["X-Road-Issue"].ShouldBe("loan-scoring by default");
        reply.Header("issue").ShouldBeNull("the client is answered with its own headers");
    }

    [Fact]
    public async Task Rest_NoBasisWhereTheAgreementHasADefault_CrossesWithIt()
    {
        var reply = await RestAsync("GET", new Dictionary<string, string?> { ["X-Road-Issue"] = null });

        reply.Status.ShouldBe(200, reply.Text);
        fixture.Upstream.Calls.Last().Headers["X-Road-Issue"].ShouldBe("loan-scoring by default");
    }

    [Theory]
    [InlineData("urn:ietf:params:oauth:token-type:jwt", false)]
    [InlineData("urn:ietf:params:oauth:token-type:jwt", true)]
    [InlineData(null, false)]
    public async Task Soap_RepresentedPartySecurityServerAndToken_CrossAndComeBackInOrder(string? type, bool qualified)
    {
        var headers = Headers() with
        {
            RepresentedParty = RepresentedParty.TryParse("COM/60009077", out var party, out _) ? party : throw new InvalidOperationException(),
            SecurityServer = SecurityServerId.Parse(SandboxNames.ProviderServer),
            SecurityToken = new SecurityToken(type, "a.b.c") { IsTypeQualified = qualified },
        };
        var reply = await PostAsync(headers);

        reply.Fault.ShouldBeNull(reply.Text);
        var names = reply.Envelope.Root!.Elements().First().Elements().Select(element => element.Name.LocalName).Where(name => name != "requestHash").ToList();
        names.ShouldContain("representedParty");
        names.ShouldContain("securityServer");
        names.ShouldContain("securityToken");
        names.ShouldBe(XDocument.Parse(Text(headers)).Root!.Elements().First().Elements().Select(element => element.Name.LocalName));
        fixture.Upstream.Calls.Last().Headers["X-Road-Represented-Party"].ShouldBe("COM/60009077");
        foreach (var host in new[] { fixture.World.Consumer, fixture.World.Provider })
        {
            var report = await host.Archive.VerifyAsync(new VerifyOptions { Messages = new ArchivedMessageVerifier() }, CancellationToken.None);
            report.SignaturesFailed.ShouldBe(0, "the archive reads the token as the signer did");
        }
    }

    // A counterparty's own client, signed: security servers hand on its bytes under their own Content-Type.
    [Theory]
    [InlineData(65001, "ISO-8859-1", "text/xml;charset=UTF-8")]
    [InlineData(1251, "windows-1251", "text/xml; charset=windows-1251")]
    [InlineData(1251, "windows-1251", "text/xml")]
    public async Task ProviderFace_SignedInAnotherCharset_IsVerifiedAndKeptAsItWasRead(int page, string declared, string contentType)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(page) ?? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var signed = Encoding.UTF8.GetString(await Envelopes.SignedAsync(Envelopes.Headers() with { Issue = "loan-scoring дело 17" }));
        var reply = await fixture.World.PostSoapAsync(encoding.GetBytes($"<?xml version=\"1.0\" encoding=\"{declared}\"?>{signed}"), contentType);

        reply.Fault.ShouldBeNull(reply.Text);
        reply.Header("issue").ShouldBe("loan-scoring дело 17");
        var report = await fixture.World.Provider.Archive.VerifyAsync(new VerifyOptions { Messages = new ArchivedMessageVerifier() }, CancellationToken.None);
        report.SignaturesFailed.ShouldBe(0, "who reads the kept message again reads the same");
    }

    [Fact]
    public async Task Soap_SecurityServerThatIsNotTheProviders_IsRefusedByIt()
    {
        var reply = await PostAsync(Headers() with { SecurityServer = SecurityServerId.Parse("sandbox/GOV/70009001/ss9") });

        reply.FaultCode.ShouldNotBeNull().ShouldContain("invalid_security_server");
    }

    [Fact]
    public async Task Rest_RepresentedParty_Crosses()
    {
        (await RestAsync("GET", new Dictionary<string, string?> { ["X-Road-Represented-Party"] = "COM/60009077" })).Status.ShouldBe(200);

        fixture.Upstream.Calls.Last().Headers["X-Road-Represented-Party"].ShouldBe("COM/60009077");
    }

    [Fact]
    public async Task Soap_RefusalWhereTheStatusIsSet_GoesOutWith500()
    {
        var reply = await PostAsync(Headers() with { UserId = null });

        reply.Status.ShouldBe(500);
        reply.FaultCode.ShouldBe("adapter.user_id_missing");
    }

    [Theory]
    [InlineData("GET", false, 200)]
    [InlineData("HEAD", false, 200)]
    [InlineData("OPTIONS", false, 200)]
    [InlineData("DELETE", false, 200)]
    [InlineData("TRACE", false, 200)]
    [InlineData("POST", false, 200)]
    [InlineData("PUT", false, 200)]
    [InlineData("PATCH", false, 200)]
    [InlineData("POST", true, 200)]
    [InlineData("PUT", true, 200)]
    [InlineData("PATCH", true, 200)]
    [InlineData("GET", true, 400)]
    [InlineData("OPTIONS", true, 400)]
    [InlineData("DELETE", true, 400)]
    [InlineData("MKCOL", false, 405)]
    public async Task Rest_EveryMethod_ReachesTheProviderOrIsRefusedByName(string method, bool body, int status)
    {
        var calls = fixture.Upstream.Calls.Count;
        var reply = await RestAsync(method, body: body ? """{"pin":"1"}""" : null);

        reply.Status.ShouldBe(status, reply.Text);
        if (status == 200)
        {
            fixture.Upstream.Calls.Last().Method.ShouldBe(method);
            reply.Headers.ContainsKey("X-Road-Error").ShouldBeFalse();
            reply.Headers["X-Road-Id"].ShouldNotBeEmpty();
        }
        else
        {
            fixture.Upstream.Calls.Count.ShouldBe(calls);
            reply.Headers["X-Road-Error"].ShouldBe(status == 400 ? "adapter.body_not_forwarded" : "adapter.method_unsupported");
        }
    }

    [Theory]
    [InlineData("wsdl", "getPerson", "/soap")]
    [InlineData("openapi", "json", "/rest/json")]
    [InlineData("openapi", "yaml", "/rest/yaml")]
    public async Task Description_OfAService_NamesThisAdapterAsItsOnlyAddress(string kind, string name, string path)
    {
        var root = fixture.World.Provider.SecurityServerAddress!;
        var reply = await fixture.World.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(root, $"{kind}/{name}")));

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldContain(root.GetLeftPart(UriPartial.Authority) + path);
        reply.Text.ShouldNotContain("elsewhere.example");
        reply.ContentType.ShouldBe(kind == "wsdl" ? "text/xml; charset=utf-8" : $"application/{name}; charset=utf-8");
        if (name == "json")
        {
            JsonNode.Parse(reply.Body)!["servers"]!.AsArray().Count.ShouldBe(1);
            JsonNode.Parse(reply.Body)!["paths"]!["/by-pin/{pin}"].ShouldNotBeNull();
        }
        else if (name == "yaml")
        {
            reply.Text.ShouldContain("/by-pin/{pin}");
        }
    }

    private static SoapHeaders Headers() => Envelopes.Headers() with { Service = ServiceId.Parse(Lookup) };

    private static string Text(SoapHeaders headers) => Envelopes.UnsignedText(headers, $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>1</l:pin></l:lookup>");

    private async Task<SoapReply> PostAsync(SoapHeaders headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, fixture.World.Consumer.IsAddress) { Content = new StringContent(Text(headers), Encoding.UTF8, "text/xml") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + fixture.World.Folders.ApiKey);
        var reply = await fixture.World.SendAsync(request);
        return SoapReply.Read(reply with { ContentType = "text/xml; charset=utf-8" }) with { Reply = reply };
    }

    private Task<HttpReply> RestAsync(string method, IReadOnlyDictionary<string, string?>? headers = null, string? body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(fixture.World.Consumer.IsAddress!, Service + "/a"));
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        var all = new Dictionary<string, string?>
        {
            ["Authorization"] = "Bearer " + fixture.World.Folders.ApiKey,
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

        return fixture.World.SendAsync(request);
    }

    /// <summary>One world with every such thing agreed.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private const string OpenApi = """
            openapi: 3.0.3
            info: { title: Persons, version: "1" }
            servers: [ { url: "https://elsewhere.example/api" }, { url: "https://elsewhere.example/old" } ]
            paths:
              /by-pin/{pin}:
                servers: [ { url: "https://elsewhere.example/path" } ]
                get:
                  servers: [ { url: "https://elsewhere.example/operation" } ]
                  parameters: [ { name: pin, in: path, required: true, schema: { type: string } } ]
                  responses: { "200": { description: ok } }
            """;

        private const string OpenApiJson = """
            { "openapi": "3.0.3", "info": { "title": "Persons", "version": "1" }, "servers": [ { "url": "https://elsewhere.example/api" } ],
              "paths": { "/by-pin/{pin}": { "servers": [ { "url": "https://elsewhere.example/path" } ], "get": { "servers": [ { "url": "https://elsewhere.example/operation" } ], "responses": { "200": { "description": "ok" } } } } } }
            """;

        private readonly Sandbox.TemporaryFolder contracts = new();

        internal TestWorld World { get; private set; } = null!;

        internal UpstreamDouble Upstream { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Upstream = await UpstreamDouble.StartAsync();
            var yaml = Path.Combine(contracts.Path, "persons.yaml");
            var json = Path.Combine(contracts.Path, "persons.json");
            await File.WriteAllTextAsync(yaml, OpenApi);
            await File.WriteAllTextAsync(json, OpenApiJson);
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                Provider = options =>
                {
                    var provides = (JsonObject)options["Provides"]!;
                    var rest = new Uri(Upstream.Address, "api").ToString();
                    provides["lookup"] = new JsonObject { ["Service"] = Lookup, ["Upstream"] = new Uri(Upstream.Address, "soap").ToString(), ["Protocol"] = "Soap" };
                    provides["persons"] = new JsonObject { ["Service"] = DropInWorld.Persons, ["Upstream"] = rest, ["Protocol"] = "Rest" };
                    provides["json"] = new JsonObject { ["Service"] = SandboxNames.Provider + "/json", ["Upstream"] = rest, ["Protocol"] = "Rest", ["Contract"] = json };
                    provides["yaml"] = new JsonObject { ["Service"] = SandboxNames.Provider + "/yaml", ["Upstream"] = rest, ["Protocol"] = "Rest", ["Contract"] = yaml };
                },
                Consumer = options =>
                {
                    ((JsonArray)options["Own"]!).Add(new JsonObject { ["Subsystem"] = Member, ["SigningKey"] = "is" });
                    foreach (var service in (JsonObject)options["Services"]!)
                    {
                        service.Value!["Client"] = SandboxNames.Consumer;
                    }

                    foreach (var caller in (JsonArray)options["Callers"]!)
                    {
                        if (caller!["Subsystems"] is JsonArray bound)
                        {
                            bound.Add(Member);
                        }
                    }

                    options["Listen"]!["SoapFaultStatus"] = 500;
                },
                ProviderAgreement = text => Agreed(text, defaultIssue: false),
                ConsumerAgreement = text => Agreed(text, defaultIssue: true),
                MoreOfProvider = new Dictionary<string, Func<string, string>> { ["member.yaml"] = text => Agreed(text, false).Replace("SLA-2026-014", "SLA-2026-016", StringComparison.Ordinal).Replace("counterparty: " + SandboxNames.Consumer, "counterparty: " + Member, StringComparison.Ordinal) },
                MoreOfConsumer = new Dictionary<string, Func<string, string>> { ["member.yaml"] = text => Agreed(text, true).Replace("SLA-2026-014", "SLA-2026-016", StringComparison.Ordinal).Replace("own: " + SandboxNames.Consumer, "own: " + Member, StringComparison.Ordinal) },
            });
            var server = World.SecurityServers.Provider;
            server.Add(new ServiceRegistration { Id = Lookup, Url = new Uri(World.Provider.SecurityServerAddress!, "soap"), Allowed = [SandboxNames.Consumer, Member] });
            server.Service(DropInWorld.Persons).Url = new Uri(World.Provider.SecurityServerAddress!, "rest/persons");
            server.Service(DropInWorld.Persons).Endpoints.Clear();
            World.SecurityServers.Consumer.Register(new ClientRegistration { Id = Member, Name = "Credit office (invented)" });
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Upstream.DisposeAsync();
            contracts.Dispose();
        }

        private static string Agreed(string text, bool defaultIssue) => text
            .Replace("representedParties: none", "representedParties: [COM/60009077]" + (defaultIssue ? "\ndefaultIssue: loan-scoring by default" : ""), StringComparison.Ordinal)
            .Replace("archive: {", """
                  - service: lookup
                    environment: production
                    request: { allow: [pin] }
                    response: { allow: [surname], unlisted: remove }
                    attachments: none
                  - service: persons
                    environment: production
                    request: { allow: [path/1, pin] }
                    response: { allow: [surname, echo] }
                    attachments: none
                archive: {
                """, StringComparison.Ordinal);
    }
}

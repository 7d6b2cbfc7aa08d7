using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Exchange.Forms;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Tests.Soap;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// Answers of a provider's adapter, refusals and data, changed between it and the consumer's, which demands signatures: what was
/// changed is never data, and its code is nobody's word.
/// </summary>
public sealed class RestRefusalAttackTests : IClassFixture<RestRefusalAttackTests.Fixture>, IDisposable
{
    private const string Service = "/r1/sandbox/GOV/70009001/registry/persons";
    private const string Code = "adapter.field_not_listed";
    private const string Invented = "adapter.no_agreement";

    /// <summary>What is done to an answer on the way (true: to a refusal), and the code it meets.</summary>
    private static readonly Dictionary<string, (bool Refusal, Action<Passing> Change, string Expected)> Attacks = new(StringComparer.Ordinal)
    {
        ["signature-stripped"] = (true, passing => passing.Unsign(), ExchangeCodes.ProviderFaultUnverified),
        ["signature-input-stripped"] = (true, passing => passing.Headers.Remove("Signature-Input"), ExchangeCodes.SignatureInvalid),
        ["signature-value-stripped"] = (true, passing => passing.Headers.Remove("Signature"), ExchangeCodes.ProviderFaultUnverified),
        ["signature-zero"] = (true, passing => passing.Headers["Signature"] = $"{passing.Headers["Signature"].Split('=')[0]}=:{Convert.ToBase64String(new byte[256])}:", ExchangeCodes.SignatureInvalid),
        ["signature-no-signature"] = (true, passing => passing.Headers["Signature"] = "?", ExchangeCodes.SignatureInvalid),
        ["signature-of-a-stranger"] = (true, passing => passing.Sign(TestSigner.Of("attacker")), ExchangeCodes.CertificateNotTrusted),
        ["signature-of-another-refusal"] = (true, passing => passing.Earlier(), ExchangeCodes.ResponseNotBound),
        ["body-changed"] = (true, passing => passing.Body = passing.Body.Replace(Code, Invented, StringComparison.Ordinal), ExchangeCodes.SignatureInvalid),
        ["body-and-header-changed"] = (true, passing => passing.Say(Invented), ExchangeCodes.SignatureInvalid),
        ["body-emptied"] = (true, passing => passing.Body = "", ExchangeCodes.SignatureInvalid),
        ["body-made-data"] = (true, passing => passing.Body = """{"surname":"SMUGGLED"}""", ExchangeCodes.SignatureInvalid),
        ["body-and-signature-changed"] = (true, passing => { passing.Say(Invented); passing.Unsign(); }, ExchangeCodes.ProviderFaultUnverified),
        ["header-changed"] = (true, passing => passing.Headers[RestRefusal.Header] = Invented, ExchangeCodes.ProviderFaultUnverified),
        ["header-a-piece-of-the-body"] = (true, passing => passing.Headers[RestRefusal.Header] = "field_not", ExchangeCodes.ProviderFaultUnverified),
        ["header-that-is-no-code"] = (true, passing => passing.Headers[RestRefusal.Header] = "nobody has 21502197994378", ExchangeCodes.ProviderFaultUnverified),
        ["status-made-success"] = (true, passing => passing.Status = 200, ExchangeCodes.SignatureInvalid),
        ["status-success-header-and-signature-gone"] = (true, passing => { passing.Status = 200; passing.Headers.Remove(RestRefusal.Header); passing.Unsign(); }, ExchangeCodes.SignatureMissing),
        ["header-and-signature-gone"] = (true, passing => { passing.Headers.Remove(RestRefusal.Header); passing.Unsign(); }, ExchangeCodes.ProviderFaultUnverified),
        ["data-made-a-refusal"] = (false, passing => passing.Headers[RestRefusal.Header] = Code, ExchangeCodes.ProviderFaultUnverified),
        ["data-made-a-refusal-by-a-word-of-it"] = (false, passing => passing.Headers[RestRefusal.Header] = "surname", ExchangeCodes.ProviderFaultUnverified),
        ["data-made-a-refusal-and-unsigned"] = (false, passing => { passing.Headers[RestRefusal.Header] = Code; passing.Unsign(); }, ExchangeCodes.ProviderFaultUnverified),
        ["data-unsigned"] = (false, passing => passing.Unsign(), ExchangeCodes.SignatureMissing),
        ["data-changed"] = (false, passing => passing.Body = passing.Body.Replace("Invented", "SMUGGLED", StringComparison.Ordinal), ExchangeCodes.SignatureInvalid),
        ["data-replaced-by-a-refusal"] = (false, passing => { passing.Status = 403; passing.Body = $$"""{"type":"{{Invented}}","message":"no","detail":""}"""; passing.Headers[RestRefusal.Header] = Invented; }, ExchangeCodes.SignatureInvalid),
    };

    private readonly Fixture fixture;

    public RestRefusalAttackTests(Fixture fixture) => this.fixture = fixture;

    public static TheoryData<string> Names => [.. Attacks.Keys];

    public void Dispose() => fixture.Change = null;

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/xml")]
    public async Task Ask_SignedRefusal_IsTheProvidersWord(string accept)
    {
        var reply = await AskAsync(refusal: true, accept);

        reply.Headers["X-Road-Error"].ShouldBe(Code, reply.Text);
        reply.Text.ShouldContain(reply.Record.ShouldNotBeNull(), Case.Sensitive, "detail holds the record to ask with");
        reply.Text.ShouldNotContain("may have executed");
        (await EndAsync(reply)).ShouldBe(ExchangeCodes.ProviderFault);
    }

    [Fact]
    public async Task Ask_SignedRefusalWhoseHeaderWasTakenOff_IsARefusalAllTheSame()
    {
        fixture.Change = passing => passing.Headers.Remove(RestRefusal.Header).ShouldBeTrue();
        var reply = await AskAsync(refusal: true);

        reply.Headers["X-Road-Error"].ShouldBe(Code, reply.Text);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Ask_AnswerChangedOnTheWay_IsNeitherDataNorAnybodysWord(string name)
    {
        var (refusal, change, expected) = Attacks[name];
        if (name == "signature-of-another-refusal")
        {
            await AskAsync(refusal: true);
        }

        fixture.Change = change;
        var reply = await AskAsync(refusal);

        reply.Headers["X-Road-Error"].ShouldBe("adapter." + expected, reply.Text);
        reply.Status.ShouldBe(502);
        reply.Json.GetProperty("type").GetString().ShouldBe("adapter." + expected);
        foreach (var word in new[] { "Invented", "SMUGGLED", "21502197994378" })
        {
            reply.Text.ShouldNotContain(word);
            string.Join('\n', reply.Headers.Values).ShouldNotContain(word);
        }

        (await EndAsync(reply)).ShouldBe(expected);
    }

    private Task<HttpReply> AskAsync(bool refusal, string accept = "application/json")
    {
        var world = fixture.World;
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!.GetLeftPart(UriPartial.Authority) + Service + (refusal ? "/by-pin/21502197994378" : "/a")));
        foreach (var (header, value) in new[] { ("Authorization", "Bearer " + world.Folders.ApiKey), ("X-Road-Client", SandboxNames.Consumer), ("X-Road-UserId", TestPersons.UserId), ("X-Road-Issue", TestPersons.Issue), ("Accept", accept) })
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        return world.SendAsync(request);
    }

    private async Task<string?> EndAsync(HttpReply reply) => (await TestWorld.EndOfAsync(fixture.World.Consumer, reply.Headers["X-Tunduk-Record"])).Code;

    /// <summary>An answer on its way.</summary>
    internal sealed class Passing(Fixture fixture, IReadOnlyDictionary<string, string> request, string target)
    {
        public int Status { get; set; }

        public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

        public string Body { get; set; } = "";

        public void Say(string code)
        {
            Body = Body.Replace(Code, code, StringComparison.Ordinal);
            Headers[RestRefusal.Header] = code;
        }

        public void Unsign()
        {
            Headers.Remove("Signature");
            Headers.Remove("Signature-Input");
        }

        /// <summary>The signature and the body of the refusal before.</summary>
        public void Earlier()
        {
            foreach (var (name, value) in fixture.Last!.Headers)
            {
                Headers[name] = value;
            }

            Body = fixture.Last.Body;
        }

        public void Sign(TestSigner signer)
        {
            Unsign();
            Headers.Remove("Content-Digest");
            HttpTarget.TryCreate(DropInWorld.Persons, target, out var made).ShouldBeTrue();
            var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
            var response = new RestResponse { Status = Status, Headers = [new HttpHeaderField("Content-Type", Headers["Content-Type"])], Body = Encoding.UTF8.GetBytes(Body) };
            var binding = new RestRequestBinding { Id = request["X-Road-Id"], Client = request["X-Road-Client"], Target = made, Signature = Convert.FromBase64String(request["Signature"].Split(':')[1]) };
            var input = new HttpSignatureInput { Certificate = signer.Certificate, Algorithm = signer.Algorithm, Created = now, Expires = now.AddMinutes(5), Nonce = new byte[16] };
            HttpSignature.TryPrepareResponse(response, binding, input, out var prepared, out var fault).ShouldBeTrue(fault.ToString());
            foreach (var field in prepared!.Complete(signer.Sign(prepared.SignatureBase.Span)))
            {
                Headers[field.Name] = field.Value;
            }
        }
    }

    /// <summary>A consumer and a provider whose lists differ, and something between provider's security server and adapter.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly HttpClient http = new();
        private SandboxListener between = null!;
        private UpstreamDouble upstream = null!;

        internal TestWorld World { get; private set; } = null!;

        /// <summary>Changes the next answers; null: they pass as they are.</summary>
        internal Action<Passing>? Change { get; set; }

        /// <summary>The answer before, as it came.</summary>
        internal Passing? Last { get; private set; }

        public async Task InitializeAsync()
        {
            upstream = await UpstreamDouble.StartAsync();
            between = await SandboxListener.StartAsync([new SandboxEndpoint(0)], PassAsync, CancellationToken.None);
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                Provider = options => ((JsonObject)options["Provides"]!)["persons"] = new JsonObject { ["Service"] = DropInWorld.Persons, ["Upstream"] = new Uri(upstream.Address, "api").ToString(), ["Protocol"] = "Rest" },
                ProviderAgreement = text => DropInWorld.WithServices(text).Replace("path/1, path/2, query/fields", "path/1, query/fields", StringComparison.Ordinal).Replace("persons: [ { path: request/path/2, kind: pin } ]", "", StringComparison.Ordinal),
                ConsumerAgreement = DropInWorld.WithServices,
            });
            World.SecurityServers.Provider.Service(DropInWorld.Persons).Url = between.Addresses[0];
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await between.DisposeAsync();
            await upstream.DisposeAsync();
            http.Dispose();
        }

        private async Task PassAsync(HttpContext context)
        {
            var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(World.Provider.SecurityServerAddress!, "rest/persons" + target));
            var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in headers.Where(header => header.Key != "Host"))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await http.SendAsync(request);
            var passing = new Passing(this, headers, target) { Status = (int)response.StatusCode, Body = await response.Content.ReadAsStringAsync() };
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length")))
            {
                passing.Headers[name] = string.Join(", ", values);
            }

            var came = new Passing(this, headers, target) { Status = passing.Status, Body = passing.Body };
            passing.Headers.ToList().ForEach(header => came.Headers.Add(header.Key, header.Value));
            Change?.Invoke(passing);
            Last = came;
            context.Response.StatusCode = passing.Status;
            foreach (var (name, value) in passing.Headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync(passing.Body);
        }
    }
}

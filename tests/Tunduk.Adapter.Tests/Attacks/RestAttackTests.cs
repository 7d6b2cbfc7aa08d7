using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Tests.Soap;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>Signed REST requests changed on the way, posted to a running provider adapter: each refused by its code, with the reason in its entry.</summary>
public sealed class RestAttackTests : IClassFixture<RestAttackTests.Fixture>
{
    private const string Path = "/lookup/2010?fields=name";
    private const string Body = """{"pin":"20101199001234"}""";
    private static readonly byte[] Nonce = [.. Enumerable.Range(1, 16).Select(at => (byte)at)];

    /// <summary>What is changed after signing (or signed otherwise), and what the entry says was found.</summary>
    private static readonly Dictionary<string, (Func<Sent> Make, string Code, string Found)> Attacks = new(StringComparer.Ordinal)
    {
        ["path-changed"] = (() => Signed() with { Target = "/lookup/2011?fields=name" }, "signature_invalid", "rest_target_differs"),
        ["path-encoded-otherwise"] = (() => Signed() with { Target = "/lookup/2%3010?fields=name" }, "signature_invalid", "rest_target_differs"),
        ["query-added"] = (() => Signed() with { Target = Path + "&tag=1" }, "signature_invalid", "rest_target_differs"),
        ["target-of-another-service"] = (() => Signed().With("tunduk-target", "sandbox/GOV/70009001/registry/other " + Path), "signature_invalid", "rest_signature_invalid"),
        ["body-changed"] = (() => Signed() with { Body = Body.Replace("1234", "1235", StringComparison.Ordinal) }, "signature_invalid", "rest_digest_differs"),
        ["body-emptied"] = (() => Signed() with { Body = "" }, "signature_invalid", ""),
        ["user-changed"] = (() => Signed().With("X-Road-UserId", "KG20000000000009"), "signature_invalid", "rest_signature_invalid"),
        ["basis-added"] = (() => Signed(without: "X-Road-Issue").With("X-Road-Issue", "loan-scoring 1"), "signature_invalid", "rest_component_not_covered"),
        ["listed-header-added"] = (() => Signed().With("X-Agreed", "forged"), "signature_invalid", "rest_component_not_covered"),
        ["signature-zero"] = (() => Zeroed(Signed()), "signature_invalid", ""),
        ["signature-stripped"] = (() => Signed().Without("Signature").Without("Signature-Input"), "signature_missing", ""),
        ["stranger"] = (() => Signed(signer: TestSigner.Of("attacker")), "certificate_not_trusted", "rest_certificate_untrusted"),
        ["created-in-future"] = (() => Signed(shift: TimeSpan.FromMinutes(2)), "signature_invalid", "rest_time_in_future"),
        ["expired"] = (() => Signed(shift: TimeSpan.FromMinutes(-8)), "signature_invalid", "rest_time_expired"),
        ["lifetime-beyond-the-setting"] = (() => Signed(lifetime: TimeSpan.FromMinutes(50)), "signature_invalid", "rest_time_lifetime"),
    };

    private readonly TestWorld world;
    private readonly Fixture fixture;

    public RestAttackTests(Fixture fixture)
    {
        this.fixture = fixture;
        world = fixture.World;
    }

    public static TheoryData<string> Names => [.. Attacks.Keys];

    [Fact]
    public async Task Answer_SignedRequest_IsAnsweredAndItsEntrySaysWhatWasCovered()
    {
        var sent = Signed();
        var reply = await SendAsync(sent);

        reply.Status.ShouldBe(200, reply.Text);
        var entry = (await TestWorld.FindAsync(world.Provider, messageId: sent.Id)).Single(found => found.Entry.Kind == EntryKind.Request);
        var verified = (await world.Provider.Archive.GetAsync(entry.Record, CancellationToken.None))!.Values.Single(value => value.Path == ExchangeJournal.VerifiedName).AsText();
        verified.ShouldContain("tunduk-target");
        verified.ShouldContain("content-digest");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answer_Attack_RefusedByItsCodeAndReachesNobody(string name)
    {
        var (make, code, found) = Attacks[name];
        var calls = fixture.Upstream.Calls.Count;

        var reply = await SendAsync(make());

        fixture.Upstream.Calls.Count.ShouldBe(calls);
        reply.Headers["tunduk-refusal"].ShouldBe("adapter." + code, reply.Text);
        reply.Text.ShouldNotContain("20101199001234");
        var values = await RefusalAsync(reply);
        values[ExchangeJournal.FoundName].ShouldBe(found.Length > 0 ? found : values[ExchangeJournal.FoundName]);
        if (name is "created-in-future")
        {
            values[ExchangeJournal.PathName].ShouldBe("created");
            values[ExchangeJournal.DetailName + "[0]"].ShouldMatch("off by: 1[12][0-9]");
            reply.Text.ShouldNotContain("off by");
        }

        if (name is "stranger")
        {
            values.Values.ShouldContain($"certificate serial: {TestSigner.Of("attacker").Certificate.SerialNumber}");
        }
    }

    [Fact]
    [Provokes("message_replayed", Faces.Rest)]
    public async Task Answer_SameRequestAgain_RefusedAsReplay()
    {
        var sent = Signed();
        (await SendAsync(sent)).Status.ShouldBe(200);

        (await SendAsync(sent)).Headers["tunduk-refusal"].ShouldBe("adapter.message_replayed");
    }

    private static Sent Zeroed(Sent sent) => sent.With("Signature", $"{sent.Headers["Signature"].Split('=')[0]}=:{Convert.ToBase64String(new byte[256])}:");

    private static Sent Signed(TestSigner? signer = null, TimeSpan shift = default, TimeSpan? lifetime = null, string? without = null)
    {
        signer ??= SoapMessages.Consumer;
        var id = Guid.NewGuid().ToString();
        HttpTarget.TryCreate(DropInWorld.Persons, Path, out var target).ShouldBeTrue();
        var created = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) + shift;
        List<HttpHeaderField> fields =
        [
            new("X-Road-Client", "sandbox/COM/60009001/loans"),
            new("X-Road-Id", id),
            new("X-Road-UserId", TestPersons.UserId),
            new("X-Road-Issue", "loan-scoring 1"),
            new("Content-Type", "application/json"),
        ];
        fields.RemoveAll(field => field.Name == without);
        var request = new RestRequest { Method = "POST", Target = target, Headers = fields, Body = Encoding.UTF8.GetBytes(Body) };
        var input = new HttpSignatureInput { Certificate = signer.Certificate, Algorithm = signer.Algorithm, Created = created, Expires = created + (lifetime ?? TimeSpan.FromMinutes(5)), Nonce = Nonce };
        HttpSignature.TryPrepareRequest(request, input, out var prepared, out var fault).ShouldBeTrue(fault.ToString());
        var sent = new Sent(id, Path, Body, fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.OrdinalIgnoreCase));
        foreach (var field in prepared!.Complete(signer.Sign(prepared.SignatureBase.Span)))
        {
            sent = sent.With(field.Name, field.Value);
        }

        return sent;
    }

    private async Task<Dictionary<string, string>> RefusalAsync(HttpReply reply)
    {
        RecordId.TryParse(System.Text.Json.JsonDocument.Parse(reply.Text).RootElement.GetProperty("detail").GetString(), out var id).ShouldBeTrue(reply.Text);
        var refusal = await world.Provider.Archive.GetAsync(id, CancellationToken.None);
        return refusal!.Values.ToDictionary(value => value.Path, value => value.AsText(), StringComparer.Ordinal);
    }

    private Task<HttpReply> SendAsync(Sent sent)
    {
        var address = world.Provider.SecurityServerAddress!.GetLeftPart(UriPartial.Authority) + "/rest/persons" + sent.Target;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(sent.Body)) };
        foreach (var (name, value) in sent.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return world.SendAsync(request);
    }

    private sealed record Sent(string Id, string Target, string Body, IReadOnlyDictionary<string, string> Headers)
    {
        public Sent With(string name, string value) => this with { Headers = new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase) { [name] = value } };

        public Sent Without(string name) => this with { Headers = Headers.Where(header => !header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).ToDictionary(StringComparer.OrdinalIgnoreCase) };
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal UpstreamDouble Upstream { get; private set; } = null!;

        internal TestWorld World { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Upstream = await UpstreamDouble.StartAsync();
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                WithConsumer = false,
                Provider = options => ((JsonObject)options["Provides"]!)["persons"] = new JsonObject { ["Service"] = DropInWorld.Persons, ["Upstream"] = new Uri(Upstream.Address, "api").ToString(), ["Protocol"] = "Rest" },
                ProviderAgreement = text => DropInWorld.WithAgreedHeader(AttackWorld.Pinned(text)),
            });
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }
}

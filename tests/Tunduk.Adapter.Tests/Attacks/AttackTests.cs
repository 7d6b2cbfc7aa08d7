using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Tests.Soap;
using Tunduk.Evidence.Tests.Soap.Attacks;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// Every named case of the corpus against running adapters: posted to the provider's face, and answered to the consumer by a
/// hostile security server. Each is refused by its code, reaches nobody and is archived with its reason.
/// </summary>
public sealed partial class AttackTests : IClassFixture<AttackWorld>, IDisposable
{
    private const string Body = "<reg:getPerson xmlns:reg=\"urn:sandbox:registry\"><request><pin>20101199001234</pin></request></reg:getPerson>";

    /// <summary>Wrapping that leaves no X-Road message: named when it is read, before anybody is known whom an entry could name.</summary>
    private static readonly string[] RefusedWhenRead =
    [
        "wrap-second-body-before", "wrap-second-body-after", "wrap-body-beside-envelope-child", "wrap-second-header", "wrap-body-into-new-body",
        "wrap-body-into-new-body-other-id", "wrap-exchange-into-body", "wrap-envelope-in-body",
    ];

    /// <summary>What the reader of X-Road headers refuses, signed or not.</summary>
    private const string RefusedByTheReader = "instruction-in-header-value";

    private readonly TestWorld world;
    private readonly SecurityServerDouble server;

    public AttackTests(AttackWorld fixture)
    {
        world = fixture.World;
        server = fixture.Server;
    }

    public static TheoryData<string> Names => [.. AdapterAttacks.All.Keys];

    public static TheoryData<string> ResponseNames => [.. AdapterAttacks.All.Keys.Where(name => name is not ("exchange-request-hash-in-request" or "wrap-envelope-in-body" or "exchange-kind-invented"))];

    public void Dispose() => server.Answer = SecurityServerDouble.Honest;

    [Fact]
    public async Task Answer_CorpusMessageUntouched_PassesTheVerifierAndMeetsTheContract()
    {
        var reply = await world.FaultAsync("contract_violated", Envelopes.Bytes(Request()));

        reply.Record.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Answer_Attack_RefusedByItsCodeAndReachesNobody(string name)
    {
        var attack = AdapterAttacks.All[name];
        var calls = world.InformationSystem.Calls.Count;

        var reply = await world.PostSoapAsync(Envelopes.Bytes(attack.Make(Request())));

        reply.Status.ShouldBe(500);
        world.InformationSystem.Calls.Count.ShouldBe(calls);
        NoValues(reply.Fault!.ToString());
        await RefusedAsync(name, attack.Expected, reply.FaultCode!["adapter.".Length..], reply.Record, world.Provider, reply.Text);
    }

    [Theory]
    [MemberData(nameof(ResponseNames))]
    public async Task Ask_AttackAnswered_RefusedByItsCodeAndShownToNobody(string name)
    {
        var attack = AdapterAttacks.All[name];
        server.Answer = (request, context) => SecurityServerDouble.WriteAsync(context, Envelopes.Bytes(attack.Make(Response(request))));

        var reply = await AskAsync();

        reply.Status.ShouldBeGreaterThanOrEqualTo(400);
        NoValues(reply.Text);
        var expected = name is "header-changed" or "header-removed" or "header-added" ? SoapVerificationCode.None : attack.Expected;
        await RefusedAsync(name, expected, reply.Json.GetProperty("code").GetString()!, reply.Record, world.Consumer, reply.Text);
        if (reply.Json.GetProperty("code").GetString() is "signature_invalid" or "certificate_not_trusted")
        {
            reply.Json.GetProperty("found").GetString().ShouldBe(CodeName(attack.Expected));
        }
    }

    [Fact]
    public async Task Ask_CorpusAnswerUntouched_PassesTheVerifierAndMeetsTheContract()
    {
        server.Answer = (request, context) => SecurityServerDouble.WriteAsync(context, Envelopes.Bytes(Response(request)));

        var reply = await AskAsync();

        reply.Json.GetProperty("code").GetString().ShouldBe("response_malformed", reply.Text);
    }

    [Fact]
    public async Task Ask_DigestOfTheBodyFails_ExplainedToTheInformationSystemAndByCodeToTheCounterparty()
    {
        var attack = AdapterAttacks.All["body-value-changed"];
        server.Answer = (request, context) => SecurityServerDouble.WriteAsync(context, Envelopes.Bytes(attack.Make(Response(request))));
        var details = string.Join('\n', (await AskAsync()).Json.GetProperty("details").EnumerateArray().Select(detail => detail.GetString()));
        details.ShouldContain("algorithm: SHA256");
        details.ShouldContain("transform: http://www.w3.org/2001/10/xml-exc-c14n#");
        details.ShouldMatch("canonical form: [0-9]+ bytes");

        var reply = await world.PostSoapAsync(Envelopes.Bytes(attack.Make(Request())));
        reply.FaultCode.ShouldBe("adapter.signature_invalid");
        foreach (var detail in new[] { "sha256", "xml-exc-c14n", "canonical" })
        {
            reply.Fault!.ToString().ShouldNotContain(detail, Case.Insensitive);
        }
    }

    [Fact]
    public async Task Ask_CertificateOfAStranger_ExplainedWithSerialAndChain()
    {
        var attack = AdapterAttacks.All["token-of-an-attacker"];
        server.Answer = (request, context) => SecurityServerDouble.WriteAsync(context, Envelopes.Bytes(attack.Make(Response(request))));

        var details = string.Join('\n', (await AskAsync()).Json.GetProperty("details").EnumerateArray().Select(detail => detail.GetString()));

        var serial = TestSigner.Of("attacker").Certificate.SerialNumber;
        details.ShouldContain($"certificate serial: {serial}");
        details.ShouldContain($"chain: {serial}");
    }

    [Fact]
    public async Task Ask_ClockOff_ExplainedWithTheSeconds()
    {
        var reply = await world.PostSoapAsync(Envelopes.Bytes(AdapterAttacks.All["created-in-future"].Make(Request())));

        (await FoundAsync(world.Provider, reply.Record!)).ShouldBe("soap_timestamp_in_future");
        reply.Text.ShouldNotContain("off by");
        (await ValueAsync(world.Provider, reply.Record!, ExchangeJournal.DetailName + "[0]")).ShouldNotBeNull().ShouldMatch("off by: 1[12][0-9]");
        server.Answer = (request, context) => SecurityServerDouble.WriteAsync(context, Envelopes.Bytes(AdapterAttacks.All["created-in-future"].Make(Response(request))));
        var details = string.Join('\n', (await AskAsync()).Json.GetProperty("details").EnumerateArray().Select(detail => detail.GetString()));
        details.ShouldMatch("off by: 1[12][0-9]");
    }

    [Fact]
    public async Task Answer_ValidMessage_EntrySaysWhatWasCoveredByWhomWhenAndOnWhatEvidence()
    {
        var headers = Envelopes.Headers();
        (await world.PostSoapAsync(Encoding.UTF8.GetBytes(AdapterAttacks.Sign(Envelopes.UnsignedText(headers))))).Status.ShouldBe(200);

        var entry = (await TestWorld.FindAsync(world.Provider, messageId: headers.Id)).Single(found => found.Entry.Kind == EntryKind.Request);
        var verified = (await world.Provider.Archive.GetAsync(entry.Record, CancellationToken.None))!.Values.Single(value => value.Path == ExchangeJournal.VerifiedName).AsText();
        verified.ShouldMatch("^RsaSha256; created [0-9-]{10}T[^;]*Z; expires [^;]*Z; covers Body [0-9]+ bytes, Timestamp [0-9]+ bytes, Exchange [0-9]+ bytes; by serial [0-9A-F]+, [^;]*; pinned by the agreement; no authority is configured");
    }

    [Fact]
    public async Task Answer_SignedMessageSentAgain_RefusedAsReplay()
    {
        var headers = Envelopes.Headers();
        var message = Encoding.UTF8.GetBytes(AdapterAttacks.Sign(Envelopes.UnsignedText(headers)));
        var first = await world.PostSoapAsync(message);
        first.Status.ShouldBe(200, first.Text);

        await world.FaultAsync("message_replayed", message);
        world.InformationSystem.CallsOf(headers.Id).ShouldBe(1);
    }

    private static void NoValues(string text)
    {
        text.ShouldNotContain("2010119900");
        text.ShouldNotContain("19999999999999");
        text.ShouldNotContain("KG2010");
    }

    private async Task RefusedAsync(string name, SoapVerificationCode expected, string code, string? record, Adapter.Hosting.AdapterHost host, string shown)
    {
        if (expected == SoapVerificationCode.None)
        {
            code.ShouldBe("header_echo_mismatch", shown);
            return;
        }

        if (name == RefusedByTheReader)
        {
            code.ShouldBe(ReferenceEquals(host, world.Provider) ? ExchangeCodes.SoapMalformed : ExchangeCodes.ResponseMalformed, shown);
            return;
        }

        code.ShouldBe(Mapped(expected), $"{name}: {shown}");
        if (ReferenceEquals(host, world.Provider) && RefusedWhenRead.Contains(name))
        {
            record.ShouldBeNull("what cannot be read is counted");
            return;
        }

        (await FoundAsync(host, record.ShouldNotBeNull())).ShouldBe(CodeName(expected), name);
    }

    /// <summary>The reason in the refusal's entry.</summary>
    private static Task<string?> FoundAsync(Adapter.Hosting.AdapterHost host, string record) => ValueAsync(host, record, ExchangeJournal.FoundName);

    private static async Task<string?> ValueAsync(Adapter.Hosting.AdapterHost host, string record, string path)
    {
        RecordId.TryParse(record, out var id).ShouldBeTrue();
        var refusal = await host.Archive.GetEndAsync(id, CancellationToken.None) ?? await host.Archive.GetAsync(id, CancellationToken.None);
        return refusal!.Values.Where(value => value.Path == path).Select(value => Encoding.UTF8.GetString(value.Value.Span)).SingleOrDefault();
    }

    private static string Mapped(SoapVerificationCode code) => code.ToString() switch
    {
        "RequestHashMissing" or "RequestHashDiffers" or "ConfirmationMissing" or "ConfirmationDiffers" => ExchangeCodes.ResponseNotBound,
        "SignatureMissing" or "SecurityMissing" => ExchangeCodes.SignatureMissing,
        var name when name.StartsWith("Certificate", StringComparison.Ordinal) => ExchangeCodes.CertificateNotTrusted,
        _ => ExchangeCodes.SignatureInvalid,
    };

    private static string CodeName(SoapVerificationCode code) => new SoapVerification { Status = SoapVerificationStatus.Failed, Code = code }.CodeName;

    private static string Request() => AdapterAttacks.Sign(SoapMessages.Envelope(Body, SoapMessages.Header.Replace("4c2f8a51-0000-4000-8000-000000000001", Guid.NewGuid().ToString(), StringComparison.Ordinal)));

    /// <summary>The corpus's envelope as an answer: the request's own headers, its hash, and the signature bound to it.</summary>
    private static string Response(ReadOnlyMemory<byte> request)
    {
        var text = Envelopes.Text(request.Span);
        SoapMessage.TryRead(request, new SoapReaderOptions(), out var message, out _).ShouldBeTrue();
        using (message)
        {
            var headers = message!.Headers!;
            var header = SoapMessages.Header
                .Swap("4c2f8a51-0000-4000-8000-000000000001", headers.Id)
                .Swap("loan-scoring 17/3 \"Төлөм\" &amp; Co", headers.Issue!)
                .Swap("</xrd:id>", $"</xrd:id><xrd:requestHash algorithmId=\"{RequestHash.Sha512}\">{Convert.ToBase64String(SHA512.HashData(request.Span))}</xrd:requestHash>");
            var binding = new SoapRequestBinding(SHA512.HashData(request.Span), Convert.FromBase64String(SignatureText().Match(text).Groups[1].Value));
            return AdapterAttacks.Sign(SoapMessages.Envelope(Body.Replace("getPerson", "getPersonResponse", StringComparison.Ordinal), header), binding);
        }
    }

    private Task<HttpReply> AskAsync() => world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-UserId"] = "KG20101199005678" });

    [GeneratedRegex("SignatureValue[^>]*>([^<]+)<")]
    private static partial Regex SignatureText();
}

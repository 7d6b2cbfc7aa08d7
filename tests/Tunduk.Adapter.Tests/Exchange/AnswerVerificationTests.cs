using Microsoft.AspNetCore.Http;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Exchange;

// Over 300 lines: everything that may be wrong with an answer, over one world.

/// <summary>Answers no honest security server would give: a consumer adapter before one that says what a test says.</summary>
public sealed class AnswerVerificationTests : IClassFixture<AnswerVerificationTests.Fixture>, IDisposable
{
    private readonly TestWorld world;
    private readonly SecurityServerDouble server;

    public AnswerVerificationTests(Fixture fixture)
    {
        world = fixture.World;
        server = fixture.Server;
    }

    public void Dispose() => server.Answer = SecurityServerDouble.Honest;

    [Fact]
    public async Task Ask_HonestAnswer_IsShown()
    {
        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.Json.GetProperty("response").GetProperty("surname").GetString().ShouldBe(TestPersons.Somebody.Surname);
    }

    [Fact]
    public async Task Ask_UnlistedFieldSigned_IsRemovedOnOurSideToo()
    {
        Answering(request => Envelopes.AnswerAsync(request, Envelopes.GetPersonResponse($"<p:nationality>{TestPersons.Somebody.Nationality}</p:nationality>")));

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.Json.GetProperty("response").TryGetProperty("nationality", out _).ShouldBeFalse();
        var response = (await TestWorld.FindAsync(world.Consumer, messageId: reply.MessageId)).Single(entry => entry.Entry.Kind == EntryKind.Response).Entry;
        response.Flags.HasFlag(EntryFlags.FieldsRemoved).ShouldBeTrue();
    }

    [Fact]
    public async Task Ask_UnlistedFieldWhereTheAgreementRefuses_IsRefused()
    {
        Answering(request => Envelopes.AnswerAsync(request, Envelopes.GetPersonResponse($"<p:maritalStatus>{TestPersons.Somebody.MaritalStatus}</p:maritalStatus>")));

        var refusal = await world.RefusedAsync("field_not_listed", "filter", alias: "strict");

        refusal.Path.ShouldNotBeNull().ShouldContain("maritalStatus");
        refusal.OutcomeUnknown.ShouldBeFalse();
    }

    [Theory]
    [InlineData("an unknown field", "<p:salary>1</p:salary>")]
    [InlineData("a date that is none", "<p:dateOfBirth>2001-02-30</p:dateOfBirth>")]
    public async Task Ask_SignedAnswerAgainstTheContract_IsTheProvidersFaultAndNotOurs(string name, string more)
    {
        Answering(request => Envelopes.AnswerAsync(request, Envelopes.GetPersonResponse(more)));

        var refusal = await world.RefusedAsync("response_malformed", "verify");

        refusal.Reply.Status.ShouldBe(502, name);
    }

    [Fact]
    public async Task Ask_UnsignedAnswer_IsRefused()
    {
        Answering(request => Envelopes.AnswerAsync(request, sign: false));

        await world.RefusedAsync("signature_missing", "verify");
    }

    [Theory]
    [InlineData("Security")]
    [InlineData("Exchange")]
    public async Task Ask_PartOfTheSignatureCutOut_IsRefused(string header)
    {
        Answering(async request => Cut(await Envelopes.AnswerAsync(request), header));
        var reply = await world.AskAsync();

        var code = reply.Json.GetProperty("code").GetString()!;
        new[] { "signature_missing", "signature_invalid" }.ShouldContain(code);
        await Refusal.CheckAsync(world, reply, code, "verify");
    }

    [Fact]
    public async Task Ask_AnswerSignedByAStranger_IsRefused()
    {
        Answering(request => Envelopes.AnswerAsync(request, certificate: TestKeys.Stranger.Certificate));

        await world.RefusedAsync("certificate_not_trusted", "verify");
    }

    [Fact]
    public async Task Ask_AnswerSignedByOurOwnKey_IsRefused()
    {
        Answering(request => Envelopes.AnswerAsync(request, certificate: TestKeys.Consumer.Certificate));
        var reply = await world.AskAsync();

        var code = reply.Json.GetProperty("code").GetString()!;
        new[] { "signature_missing", "certificate_not_trusted", "signature_invalid" }.ShouldContain(code);
        await Refusal.CheckAsync(world, reply, code, "verify");
    }

    [Fact]
    public async Task Ask_AnswerOfAnotherRequest_IsRefused()
    {
        (await world.AskAsync()).Status.ShouldBe(200);
        var earlier = server.Received.Last();
        Answering(request => Envelopes.AnswerAsync(request, boundTo: earlier));

        await world.RefusedAsync("response_not_bound", "verify");
    }

    [Fact]
    public async Task Ask_WholeAnswerOfAnotherRequest_IsRefused()
    {
        byte[]? earlier = null;
        Answering(async request => earlier = await Envelopes.AnswerAsync(request));
        (await world.AskAsync()).Status.ShouldBe(200);
        Answering(_ => Task.FromResult(earlier!));

        await world.RefusedAsync("header_echo_mismatch", "verify");
    }

    [Fact]
    public async Task Ask_OurOwnRequestAsTheAnswer_IsRefused()
    {
        Answering(request => Task.FromResult(request.ToArray()));
        var reply = await world.AskAsync();

        reply.Status.ShouldBe(502);
        await Refusal.CheckAsync(world, reply, reply.Json.GetProperty("code").GetString()!, "verify");
    }

    [Theory]
    [InlineData("userId")]
    [InlineData("issue")]
    [InlineData("client")]
    [InlineData("service")]
    public async Task Ask_AnswerEchoesAnotherValue_IsRefused(string header)
    {
        Answering(request => Envelopes.AnswerAsync(request, change: headers => header switch
        {
            "userId" => headers with { UserId = "KG20000000000009" },
            "issue" => headers with { Issue = "loan-scoring other" },
            "client" => headers with { Client = ClientId.Parse("sandbox/COM/60009009/loans") },
            _ => headers with { Service = ServiceId.Parse("sandbox/GOV/70009001/registry/getPerson/v2") },
        }));

        (await world.RefusedAsync("header_echo_mismatch", "verify")).Path.ShouldNotBeNull().ShouldContain(header);
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "nothing", "", "text/xml" },
        { "HTML of a proxy", "<html><body>Bad gateway</body></html>", "text/html" },
        { "text", "no", "text/plain" },
        { "JSON", "{}", "application/json" },
        { "XML that is no SOAP", "<a/>", "text/xml" },
        { "a DOCTYPE", "<!DOCTYPE a><a/>", "text/xml" },
        { "broken XML", "<a>", "text/xml" },
        { "no content type", "<a/>", "" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Ask_AnswerIsNoMessage_IsRefused(string name, string body, string contentType)
    {
        server.Answer = (_, context) => SecurityServerDouble.WriteAsync(context, Envelopes.Bytes(body), contentType);

        var refusal = await world.RefusedAsync("response_malformed", "verify");

        refusal.OutcomeUnknown.ShouldBeTrue(name);
    }

    [Fact]
    public async Task Ask_AnswerLongerThanTheLimit_IsRefused()
    {
        server.Answer = (_, context) => SecurityServerDouble.WriteAsync(context, new byte[(1024 * 1024) + 1]);

        (await world.RefusedAsync("security_server_broken", "forward")).Expected.ShouldNotBeNull().ShouldContain("1048576");
    }

    [Fact]
    public async Task Ask_ServerErrorWithoutABody_IsRefused()
    {
        server.Answer = (_, context) =>
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            return Task.CompletedTask;
        };

        var refusal = await world.RefusedAsync("response_malformed", "verify");

        refusal.Found.ShouldNotBeNull().ShouldEndWith("with HTTP 502");
        refusal.Reply.Text.ShouldContain("look at the security server", Case.Sensitive, "a proxy may have answered, not the provider");
    }

    [Theory]
    [InlineData("Server", "provider_fault_unverified")]
    [InlineData("soapenv:Client.PinUnknown", "provider_fault_unverified")]
    public async Task Ask_ProvidersFaultUnsigned_IsNoEvidence(string code, string refusalCode)
    {
        Answering(_ => Task.FromResult(Envelopes.Fault(code, "nobody has " + TestPersons.Somebody.Pin)));

        var refusal = await world.RefusedAsync(refusalCode, "forward");

        refusal.OutcomeUnknown.ShouldBeTrue();
    }

    [Fact]
    public async Task Ask_ProvidersFaultUnsignedWhereNoSignatureIsDemanded_IsTheProvidersFault()
    {
        Answering(_ => Task.FromResult(Envelopes.Fault("Server.PinUnknown", "nobody has " + TestPersons.Somebody.Pin)));

        var refusal = await world.RefusedAsync("provider_fault", "forward", alias: "unsigned");

        refusal.Found.ShouldBe("Server.PinUnknown");
    }

    [Fact]
    public async Task Ask_ProvidersFaultSigned_IsTheProvidersFault()
    {
        Answering(request => Envelopes.SignedFaultAsync(request, "Server.PinUnknown"));

        var refusal = await world.RefusedAsync("provider_fault", "forward");

        refusal.Found.ShouldBe("Server.PinUnknown");
        refusal.OutcomeUnknown.ShouldBeFalse();
    }

    [Theory]
    [InlineData("getPerson")]
    [InlineData("unsigned")]
    public async Task Ask_ProvidersFaultWhoseSignatureFails_IsNoFaultOfAnybody(string alias)
    {
        Answering(async request => Envelopes.Bytes(Envelopes.Text(await Envelopes.SignedFaultAsync(request, "Server.PinUnknown")).Replace("nobody has", "nobody had", StringComparison.Ordinal)));

        var refusal = await world.RefusedAsync("signature_invalid", "verify", alias: alias);

        refusal.Found.ShouldBe("soap_body_digest");
        refusal.OutcomeUnknown.ShouldBeTrue();
    }

    [Fact]
    public async Task Ask_ProvidersFaultSignedByAStranger_IsRefused()
    {
        Answering(request => Envelopes.SignedFaultAsync(request, "Server.PinUnknown", TestKeys.Stranger.Certificate));

        await world.RefusedAsync("certificate_not_trusted", "verify", alias: "unsigned");
    }

    [Fact]
    public async Task Ask_UnsignedAfterTheCounterpartySignedAFault_IsRefused()
    {
        Answering(request => Envelopes.SignedFaultAsync(request, "Server.PinUnknown"));
        await world.RefusedAsync("provider_fault", "forward", alias: "fault-first");
        Answering(request => Envelopes.AnswerAsync(request, sign: false));

        await world.RefusedAsync("signature_missing", "verify", alias: "fault-first");
    }

    [Fact]
    public async Task Ask_UnsignedAfterTheCounterpartySignedOnce_IsRefused()
    {
        Answering(request => Envelopes.AnswerAsync(request, sign: false));
        (await world.AskAsync("lenient")).Status.ShouldBe(200);
        server.Answer = SecurityServerDouble.Honest;
        (await world.AskAsync("lenient")).Status.ShouldBe(200);
        Answering(request => Envelopes.AnswerAsync(request, sign: false));

        await world.RefusedAsync("signature_missing", "verify", alias: "lenient");
    }

    [Fact]
    public async Task Ask_FaultCodeThatHoldsAValue_IsNotShown()
    {
        Answering(_ => Task.FromResult(Envelopes.Fault("Server.nobody has " + TestPersons.Somebody.Pin, "x")));

        await world.RefusedAsync("provider_fault_unverified", "forward");
    }

    private static byte[] Cut(byte[] envelope, string header)
    {
        var document = System.Xml.Linq.XDocument.Parse(System.Text.Encoding.UTF8.GetString(envelope), System.Xml.Linq.LoadOptions.PreserveWhitespace);
        document.Root!.Elements().First().Elements().Single(element => element.Name.LocalName == header).Remove();
        return Envelopes.Bytes(document.ToString(System.Xml.Linq.SaveOptions.DisableFormatting));
    }

    private void Answering(Func<ReadOnlyMemory<byte>, Task<byte[]>> answer) =>
        server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, await answer(request));

    /// <summary>A consumer with a strict and a lenient agreement, before a scripted security server.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal SecurityServerDouble Server { get; private set; } = null!;

        internal TestWorld World { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await SecurityServerDouble.StartAsync();
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                WithProvider = false,
                SecurityServer = Server.Address,
                Consumer = Change,
                MoreOfConsumer = new Dictionary<string, Func<string, string>>
                {
                    ["strict.yaml"] = text => EndToEnd.With(text, "70009001/registry", "70009004/registry", "SLA-C4").Replace("unlisted: remove", "unlisted: refuse", StringComparison.Ordinal),
                    ["unsigned.yaml"] = text => EndToEnd.With(text, "70009001/registry", "70009007/registry", "SLA-C7").Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal),
                    ["fault-first.yaml"] = text => EndToEnd.With(text, "70009001/registry", "70009008/registry", "SLA-C8").Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal),
                    ["lenient.yaml"] = text => EndToEnd.With(text, "70009001/registry", "70009006/registry", "SLA-C6").Replace("inbound: required", "inbound: if-present", StringComparison.Ordinal),
                },
            });
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Server.DisposeAsync();
        }

        private static void Change(JsonObject options)
        {
            options["Limits"] = new JsonObject { ["MaxBody"] = 1024 * 1024 };
            var services = (JsonObject)options["Services"]!;
            foreach (var (alias, member) in new[] { ("strict", "70009004"), ("lenient", "70009006"), ("unsigned", "70009007"), ("fault-first", "70009008") })
            {
                services[alias] = new JsonObject { ["Service"] = $"sandbox/GOV/{member}/registry/getPerson/v1", ["Contract"] = (string)services["getPerson"]!["Contract"]! };
            }
        }
    }
}

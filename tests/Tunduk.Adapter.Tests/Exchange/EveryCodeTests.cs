using System.Reflection;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using static Tunduk.Adapter.Tests.Functional.Faces;

namespace Tunduk.Adapter.Tests.Exchange;

// Over 300 lines: the whole closed list, a way to provoke each code beside the next.

/// <summary>
/// Every code of the closed list, provoked at a running adapter on each face that can show it: REST, gRPC, SOAP. Where a face
/// cannot, the table says why; a code that stands nowhere fails the last test.
/// </summary>
public sealed class EveryCodeTests(EveryCodeTests.Fixture fixture) : IClassFixture<EveryCodeTests.Fixture>
{
    private const string NoAlias = "SOAP names the service itself; there is no alias";
    private const string NoJson = "SOAP carries no JSON";
    private const string NoXml = "the alias face takes JSON";
    private const string NoEnvelope = "gRPC carries the element, not the envelope";
    private const string NoProtobuf = "messages of protocol buffers are gRPC's alone";
    private const string NoInstance = "JSON has no xsi:type and no xsi:nil; a value is null or it is there";
    private const string NoAddress = "the face has one address; a gRPC method has no other method and no path beneath it";
    private const string OneType = "gRPC has one content type; what is none of it is no gRPC call and is answered with HTTP 415";
    private const string Provider = "arises at the provider, whom security servers ask by SOAP and REST; gRPC leads from the adapter to the information system, and the caller is told provider_fault or security_server_fault: ProviderRpcTests";
    private const string Archive = "the archive is not read by SOAP";
    private const string ArchiveRest = "an administrative act, on REST alone";
    private const string Gone = "whoever breaks off hears nothing more; the entry says it: ";

    /// <summary>What is asked at the world that every test of this class shares.</summary>
    private static readonly Dictionary<string, Question> Asked = new(StringComparer.Ordinal)
    {
        [ExchangeCodes.CallerUnknown] = new() { Key = "nobody" },
        [ExchangeCodes.CallerNotPermitted] = new() { Key = "narrow-key" },
        [ExchangeCodes.ClientNotOwn] = new() { Client = SandboxNames.Provider },
        [ExchangeCodes.UserNotAuthorised] = new() { Key = "people-key", UserId = "KG20000000000003" },
        [ExchangeCodes.ServiceAliasUnknown] = new() { Alias = "nothing" },
        [ExchangeCodes.ContentTypeUnsupported] = new() { ContentType = "text/plain" },
        [ExchangeCodes.MessageTooLarge] = new() { Json = TestPersons.Request + new string(' ', MaxBody), Envelope = Envelopes.UnsignedText() + new string(' ', MaxBody) },
        [ExchangeCodes.JsonMalformed] = new() { Json = "{" },
        [ExchangeCodes.JsonDuplicateName] = new() { Json = """{"request":{"pin":"21502197994378","pin":"21502197994378"}}""" },
        [ExchangeCodes.XmlMalformed] = new() { Xml = "<p:getPerson", Envelope = "<a" },
        [ExchangeCodes.XmlForbidden] = new() { Envelope = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>" },
        [ExchangeCodes.SoapMalformed] = new() { Envelope = "<a/>" },
        [ExchangeCodes.UserIdMissing] = new() { UserId = null },
        [ExchangeCodes.UserIdPlaceholder] = new() { UserId = "test" },
        [ExchangeCodes.IssueMissing] = new() { Issue = null },
        [ExchangeCodes.IssuePlaceholder] = new() { Issue = "?" },
        [ExchangeCodes.HeaderInvalid] = new() { Id = new string('x', 2000) },
        [ExchangeCodes.ContractViolated] = new() { Json = """{"request":{}}""", Xml = $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\"><p:request/></p:getPerson>" },
        [ExchangeCodes.NoAgreement] = new() { Alias = "stranger", Service = "sandbox/GOV/70009005/registry/getPerson/v1" },
        [ExchangeCodes.AgreementExpired] = new() { Alias = "expired", Service = "sandbox/GOV/70009002/registry/getPerson/v1" },
        [ExchangeCodes.AgreementNotYetValid] = new() { Alias = "future", Service = "sandbox/GOV/70009003/registry/getPerson/v1" },
        [ExchangeCodes.AgreementSuspended] = new() { Alias = "suspended", Service = "sandbox/GOV/70009011/registry/getPerson/v1" },
        [ExchangeCodes.AgreementConsentEnded] = new() { Alias = "consent", Service = "sandbox/GOV/70009012/registry/getPerson/v1" },
        [ExchangeCodes.AgreementInvalid] = new() { Alias = "invalid", Service = "sandbox/GOV/70009013/registry/getPerson/v1" },
        [ExchangeCodes.AgreementConflict] = new() { Alias = "conflict", Service = "sandbox/GOV/70009014/registry/getPerson/v1" },
        [ExchangeCodes.OutsideAgreedHours] = new() { Alias = "hours", Service = "sandbox/GOV/70009015/registry/getPerson/v1" },
        [ExchangeCodes.AgreementVolumeExceeded] = new() { Alias = "volume", Service = "sandbox/GOV/70009016/registry/getPerson/v1" },
        [ExchangeCodes.AgreementRateExceeded] = new() { Alias = "rate", Service = "sandbox/GOV/70009017/registry/getPerson/v1" },
        [ExchangeCodes.EnvironmentMismatch] = new() { Key = "test-key" },
        [ExchangeCodes.ServiceNotListed] = new()
        {
            Alias = "getVehicles",
            Service = SandboxNames.GetVehicles,
            Json = """{"request":{"pin":"21502197994378"}}""",
            Xml = $"<p:getVehicles xmlns:p=\"{Envelopes.Producer}\"><p:request><p:pin>21502197994378</p:pin></p:request></p:getVehicles>",
        },
        [ExchangeCodes.PurposeNotAgreed] = new() { Issue = "curiosity 17" },
        [ExchangeCodes.RepresentedPartyNotAgreed] = new() { RepresentedParty = "COM/60009777" },
        [ExchangeCodes.SecurityServerFault] = new() { Alias = "nowhere", Service = "sandbox/GOV/70009018/registry/getPerson/v1" },
        [ExchangeCodes.RequestIncomplete] = new() { Only = [Soap], ContentType = Multipart, Envelope = Parts[..^20] },
        [ExchangeCodes.MultipartMalformed] = new() { Only = [Soap], ContentType = Multipart, Envelope = Parts.Replace("Content-Type: application/pdf\r\n", "", StringComparison.Ordinal) },
        [ExchangeCodes.AttachmentNotListed] = new() { Only = [Soap], Service = "sandbox/GOV/70009019/registry/getPerson/v1", ContentType = Multipart, Envelope = Parts.Replace("70009001", "70009019", StringComparison.Ordinal) },
        [ExchangeCodes.HeaderMissing] = new() { Only = [Soap], Envelope = Envelopes.UnsignedText().Replace("protocolVersion", "otherVersion", StringComparison.Ordinal) },
        [ExchangeCodes.HeaderDuplicate] = new() { Only = [Soap], Envelope = Envelopes.UnsignedText().Replace("</soapenv:Header>", "<x:userId xmlns:x=\"http://x-road.eu/xsd/xroad.xsd\">KG1</x:userId></soapenv:Header>", StringComparison.Ordinal) },
        [ExchangeCodes.NilWithContent] = Instance("xsi:nil=\"true\""),
        [ExchangeCodes.TypeSubstitution] = Instance("xsi:type=\"other\""),
        [ExchangeCodes.WrongInstanceAttribute] = Instance("xsi:nil=\"yes\""),
        [ExchangeCodes.ProviderFault] = new() { Json = """{"request":{"pin":"00000000000000"}}""", Xml = Envelopes.GetPerson("00000000000000") },
    };

    private const string Multipart = "multipart/related; type=\"text/xml\"; boundary=up17";

    private static string Parts =>
        $"--up17\r\nContent-Type: text/xml; charset=UTF-8\r\n\r\n{Envelopes.UnsignedText()}\r\n--up17\r\nContent-Type: application/pdf\r\nContent-ID: <a>\r\n\r\n%PDF-1.7\r\n--up17--\r\n";

    /// <summary>What the security server answers instead of the truth.</summary>
    private static readonly Dictionary<string, Func<ReadOnlyMemory<byte>, Task<byte[]>>> Answered = new(StringComparer.Ordinal)
    {
        [ExchangeCodes.SignatureMissing] = static request => Envelopes.AnswerAsync(request, sign: false),
        [ExchangeCodes.SignatureInvalid] = static async request => Envelopes.Bytes(Envelopes.Text(await Envelopes.AnswerAsync(request)).Replace(TestPersons.Somebody.Surname, "Another", StringComparison.Ordinal)),
        [ExchangeCodes.CertificateNotTrusted] = static request => Envelopes.AnswerAsync(request, certificate: TestKeys.Stranger.Certificate),
        [ExchangeCodes.ResponseNotBound] = static request => Envelopes.AnswerAsync(request, boundTo: Envelopes.Unsigned(Envelopes.Headers(), Envelopes.GetPerson())),
        [ExchangeCodes.HeaderEchoMismatch] = static request => Envelopes.AnswerAsync(request, change: static headers => headers with { UserId = "KG20000000000009" }),
        [ExchangeCodes.RequestHashMismatch] = static async request => WithOtherHash(await Envelopes.AnswerAsync(request)),
        [ExchangeCodes.ResponseMalformed] = static request => Envelopes.AnswerAsync(request, Envelopes.GetPersonResponse("<p:salary>1</p:salary>")),
        [ExchangeCodes.ProviderFaultUnverified] = static _ => Task.FromResult(Envelopes.Fault("Server.own", "x")),
    };

    /// <summary>Codes that agreements with a list of their own bring about, from what the security server answers.</summary>
    private static readonly Dictionary<string, (string Alias, string Service, string More)> Listed = new(StringComparer.Ordinal)
    {
        [ExchangeCodes.FieldNotListed] = ("strict", "sandbox/GOV/70009004/registry/getPerson/v1", "<p:maritalStatus>single</p:maritalStatus>"),
    };

    /// <summary>Why a face does not show a code.</summary>
    private static readonly Dictionary<(string Code, string Face), string> Not = new()
    {
        [(ExchangeCodes.ServiceAliasUnknown, Soap)] = NoAlias,
        [(ExchangeCodes.ContentTypeUnsupported, Faces.Grpc)] = OneType,
        [(ExchangeCodes.JsonMalformed, Soap)] = NoJson,
        [(ExchangeCodes.JsonDuplicateName, Soap)] = NoJson,
        [(ExchangeCodes.XmlMalformed, Rest)] = NoXml,
        [(ExchangeCodes.XmlForbidden, Rest)] = NoXml,
        [(ExchangeCodes.XmlForbidden, Faces.Grpc)] = "an element with a DTD is no element: xml_malformed",
        [(ExchangeCodes.SoapMalformed, Rest)] = NoXml,
        [(ExchangeCodes.SoapMalformed, Faces.Grpc)] = NoEnvelope,
        [(ExchangeCodes.ProtobufMalformed, Rest)] = NoProtobuf,
        [(ExchangeCodes.ProtobufMalformed, Soap)] = NoProtobuf,
        [(ExchangeCodes.NumberInexact, Rest)] = "google.protobuf.Struct alone holds doubles; JSON and XML carry every digit: StructJsonTests",
        [(ExchangeCodes.NumberInexact, Soap)] = "google.protobuf.Struct alone holds doubles; JSON and XML carry every digit: StructJsonTests",
        [(ExchangeCodes.AttachmentReferencedTwice, Rest)] = "only XOP has references, in an envelope of several parts",
        [(ExchangeCodes.AttachmentReferencedTwice, Faces.Grpc)] = "only XOP has references, in an envelope of several parts",
        [(ExchangeCodes.AddressInvalid, Soap)] = NoAddress,
        [(ExchangeCodes.AddressInvalid, Faces.Grpc)] = NoAddress,
        [(ExchangeCodes.HttpMalformed, Soap)] = "no request was read, so that no face is known: it is RFC 9457 on all of HTTP/1.1",
        [(ExchangeCodes.HttpMalformed, Faces.Grpc)] = "HTTP/2 ends such a connection with GOAWAY, as RFC 9113 \u00A75.4.1 says",
        [(ExchangeCodes.AddressUnknown, Soap)] = NoAddress,
        [(ExchangeCodes.MethodUnsupported, Soap)] = NoAddress,
        [(ExchangeCodes.MethodUnsupported, Faces.Grpc)] = NoAddress,
        [(ExchangeCodes.BodyNotForwarded, Soap)] = "both are always sent by POST",
        [(ExchangeCodes.BodyNotForwarded, Faces.Grpc)] = "both are always sent by POST",
        [(ExchangeCodes.MetaserviceInvalid, Faces.Grpc)] = "metaservices are of the drop-in face",
        [(ExchangeCodes.EndpointNotListed, Soap)] = "endpoints are of REST services; others are named by their operation",
        [(ExchangeCodes.EndpointNotListed, Faces.Grpc)] = "endpoints are of REST services; others are named by their operation",
        [(ExchangeCodes.HeaderMissing, Faces.Grpc)] = "none is mandatory but user and basis, which have codes of their own",
        [(ExchangeCodes.EncodingAmbiguous, Soap)] = "addresses are of REST; an element is read by one hardened reader",
        [(ExchangeCodes.EncodingAmbiguous, Faces.Grpc)] = "addresses are of REST; an element is read by one hardened reader",
        [(ExchangeCodes.NilWithContent, Rest)] = NoInstance,
        [(ExchangeCodes.NilWithContent, Faces.Grpc)] = "an element is read by the contract: contract_violated",
        [(ExchangeCodes.TypeSubstitution, Rest)] = NoInstance,
        [(ExchangeCodes.TypeSubstitution, Faces.Grpc)] = "an element is read by the contract: contract_violated",
        [(ExchangeCodes.WrongInstanceAttribute, Rest)] = NoInstance,
        [(ExchangeCodes.WrongInstanceAttribute, Faces.Grpc)] = "an element is read by the contract: contract_violated",
        [(ExchangeCodes.RequiredFieldRemoved, Rest)] = "of a REST answer the list alone says what must be there",
        [(ExchangeCodes.RequiredFieldRemoved, Faces.Grpc)] = Provider,
        [(ExchangeCodes.ServiceUnknown, Faces.Grpc)] = Provider,
        [(ExchangeCodes.MessageReplayed, Faces.Grpc)] = Provider,
        [(ExchangeCodes.ExecutedNotArchived, Faces.Grpc)] = Provider,
        [(ExchangeCodes.InformationSystemUnreachable, Faces.Grpc)] = Provider,
        [(ExchangeCodes.InformationSystemTimeout, Faces.Grpc)] = Provider,
        [(ExchangeCodes.InformationSystemBroken, Faces.Grpc)] = Provider,
        [(ExchangeCodes.InformationSystemRefused, Rest)] = "a status of a REST service is its answer, and passes: RestDropInTests",
        [(ExchangeCodes.InformationSystemRefused, Faces.Grpc)] = Provider,
        [(ExchangeCodes.InformationSystemFailed, Rest)] = "a status of a REST service is its answer, and passes: RestDropInTests",
        [(ExchangeCodes.InformationSystemFailed, Faces.Grpc)] = Provider,
        [(ExchangeCodes.QueryInvalid, Soap)] = Archive,
        [(ExchangeCodes.RecordUnknown, Soap)] = Archive,
        [(ExchangeCodes.GrantMissing, Soap)] = Archive,
        [(ExchangeCodes.GrantExpired, Soap)] = Archive,
        [(ExchangeCodes.GrantExceeded, Soap)] = Archive,
        [(ExchangeCodes.ApprovalMissing, Soap)] = Archive,
        [(ExchangeCodes.ApprovalInvalid, Soap)] = Archive,
        [(ExchangeCodes.ApprovalUsed, Soap)] = Archive,
        [(ExchangeCodes.GrantAmbiguous, Soap)] = Archive,
        [(ExchangeCodes.ExportFailed, Soap)] = Archive,
        [(ExchangeCodes.RetentionUnconfirmed, Soap)] = ArchiveRest,
        [(ExchangeCodes.RetentionUnconfirmed, Faces.Grpc)] = ArchiveRest,
        [(ExchangeCodes.HoldInForce, Soap)] = ArchiveRest,
        [(ExchangeCodes.HoldInForce, Faces.Grpc)] = ArchiveRest,
        [(ExchangeCodes.HoldUnknown, Soap)] = ArchiveRest,
        [(ExchangeCodes.HoldUnknown, Faces.Grpc)] = ArchiveRest,
        [(ExchangeCodes.Cancelled, Rest)] = Gone + "ExportTests",
        [(ExchangeCodes.Cancelled, Faces.Grpc)] = Gone + "ExportTests",
        [(ExchangeCodes.Cancelled, Soap)] = Gone + "ExportTests",
    };

    private const int MaxBody = 64 * 1024;

    public static TheoryData<string, string> Questions => Data(Pairs(Asked));

    public static TheoryData<string, string> Answers => Data(Everywhere(Answered.Keys));

    public static TheoryData<string, string> Lists => Data(Everywhere(Listed.Keys));

    public static TheoryData<string> EveryFace => [.. Faces.All];

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task Ask_Question_IsRefusedByItsCode(string code, string face)
    {
        if (code == ExchangeCodes.AgreementRateExceeded)
        {
            await AskAsync(fixture.World, face, Asked[code]); // The day's only one.
        }

        await RefusedAsync(fixture.World, code, face, Asked[code]);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Ask_AnswerOfTheSecurityServer_IsRefusedByItsCode(string code, string face)
    {
        fixture.Server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, await Answered[code](request));
        await RefusedAsync(fixture.Scripted, code, face, new Question());
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task Ask_AnswerBeyondTheList_IsRefusedByItsCode(string code, string face)
    {
        var (alias, service, more) = Listed[code];
        fixture.Server.Answer = async (request, context) => await SecurityServerDouble.WriteAsync(context, await Envelopes.AnswerAsync(request, Envelopes.GetPersonResponse(more)));
        await RefusedAsync(fixture.Scripted, code, face, new Question { Alias = alias, Service = service });
    }

    [Theory]
    [MemberData(nameof(EveryFace))]
    [Provokes(ExchangeCodes.SecurityServerTimeout, Rest, Faces.Grpc, Soap)]
    [Provokes(ExchangeCodes.SecurityServerBroken, Rest, Faces.Grpc, Soap)]
    [Provokes(ExchangeCodes.SecurityServerUnreachable, Rest, Faces.Grpc, Soap)]
    public async Task Ask_SecurityServerSilentOrAway_IsRefusedByItsCode(string face)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Server.Answer = async (_, context) =>
        {
            asked.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var late = RefusedAsync(fixture.Scripted, ExchangeCodes.SecurityServerTimeout, face, new Question());
        await asked.Task;
        await Wait.ForAsync(() =>
        {
            fixture.Scripted.Clock.Expire(new Tunduk.Adapter.Configuration.SecurityServerOptions().ResponseTimeout);
            return late.IsCompleted;
        });
        await late;

        fixture.Server.Answer = static (_, context) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        await RefusedAsync(fixture.Scripted, ExchangeCodes.SecurityServerBroken, face, new Question());
        await RefusedAsync(fixture.Away, ExchangeCodes.SecurityServerUnreachable, face, new Question());
    }

    [Theory]
    [MemberData(nameof(EveryFace))]
    [Provokes(ExchangeCodes.MessageIdRepeated, Rest, Faces.Grpc)]
    [Provokes(ExchangeCodes.CallerLimitReached, Rest, Faces.Grpc, Soap)]
    [Provokes(ExchangeCodes.Overloaded, Rest, Faces.Grpc, Soap)]
    public async Task Ask_PlacesTaken_IsRefusedByItsCode(string face)
    {
        using var asked = new SemaphoreSlim(0);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fixture.Server.Answer = async (request, context) =>
        {
            asked.Release();
            await go.Task;
            await SecurityServerDouble.Honest(request, context);
        };
        var id = Guid.NewGuid().ToString();
        var held = fixture.Scripted.AskAsync(key: "twice-key", headers: new Dictionary<string, string?> { ["X-Road-Id"] = id });
        await asked.WaitAsync();
        if (face != Soap)
        {
            // By SOAP the same request is another's bytes: SameRequestTests.
            await RefusedAsync(fixture.Scripted, ExchangeCodes.MessageIdRepeated, face, new Question { Id = id, Key = "twice-key" });
        }


        // A caller's place is free when its answer was written to the end, which the one who reads it may see first.
        var second = Wait.ForAsync(async () => await fixture.Scripted.AskAsync(key: "single-key") is { Status: not 429 } reply ? reply : null);
        await asked.WaitAsync();
        await RefusedAsync(fixture.Scripted, ExchangeCodes.CallerLimitReached, face, new Question { Key = "single-key" }, hasRecord: false);
        await RefusedAsync(fixture.Scripted, ExchangeCodes.Overloaded, face, new Question());
        go.SetResult();
        (await held).Status.ShouldBe(200);
        (await second).Status.ShouldBe(200);
    }

    [Fact]
    [Provokes(ExchangeCodes.AddressUnknown, Faces.Grpc)]
    public async Task Call_MethodThatIsNotThere_IsUnimplementedWithDetails()
    {
        using var client = RpcClient.Of(fixture.World);
        var ask = () => client.CallAsync<V1.AnswerRequest, V1.AnswerResponse>(V1.ProviderReflection.Descriptor.Services[0].FindMethodByName("Answer"), new V1.AnswerRequest());

        var refusal = await RpcClient.RefusedAsync(ExchangeCodes.AddressUnknown, ask);

        refusal.Remedy.ShouldContain("reflection");
        (await Should.ThrowAsync<GrpcHosting.RpcException>(ask)).StatusCode.ShouldBe(GrpcHosting.StatusCode.Unimplemented);
    }

    [Theory]
    [InlineData(ExchangeCodes.PurposeNotAgreed, @"^SLA-2026-014/\d+ \(SLA-2026-014\.yaml\): purposes$")]
    [InlineData(ExchangeCodes.EnvironmentMismatch, @"^SLA-2026-014/\d+ \(SLA-2026-014\.yaml:\d+\): services, environment$")]
    [InlineData(ExchangeCodes.AgreementVolumeExceeded, @"^SLA-E16/\d+ \(volume\.yaml\): limits\.requestBytes$")]
    [InlineData(ExchangeCodes.ContractViolated, @"\.wsdl:\d+$")]
    [InlineData(ExchangeCodes.JsonMalformed, "^RFC 8259$")]
    public async Task Ask_Refused_NamesTheRuleAlikeOnEveryFaceAndInTheArchive(string code, string rule)
    {
        foreach (var face in Faces.All.Where(face => !Not.ContainsKey((code, face))))
        {
            var told = await AskAsync(fixture.World, face, Asked[code]);

            told.Rule.ShouldNotBeNull(told.Text).ShouldMatch(rule, face);
            Tunduk.Evidence.Log.RecordId.TryParse(told.Record!, out var id).ShouldBeTrue(told.Text);
            (await fixture.World.Consumer.Archive.GetAsync(id, CancellationToken.None))!.Values.Single(value => value.Path == ExchangeJournal.RuleName).AsText().ShouldBe(told.Rule, face);
        }
    }

    [Fact]
    public void EveryCode_OnEveryFace_HasATestOrAReason()
    {
        var tests = typeof(EveryCodeTests).Assembly.GetTypes().Where(static type => type.Name.EndsWith("Tests", StringComparison.Ordinal)).ToList();
        var elsewhere = tests.SelectMany(static type => type.GetMethods())
            .SelectMany(static method => method.GetCustomAttributes<ProvokesAttribute>().Select(provokes => (Method: method, Provokes: provokes)))
            .ToList();
        elsewhere.ShouldAllBe(found => found.Method.GetCustomAttributes(typeof(FactAttribute), true).Length == 1, "what provokes is run");
        var provoked = Pairs(Asked)
            .Concat(Everywhere(Answered.Keys))
            .Concat(Everywhere(Listed.Keys))
            .Concat(elsewhere.SelectMany(static found => found.Provokes.Faces.Select(face => (found.Provokes.Code, face))))
            .ToHashSet();

        var every = Everywhere(ExchangeCodes.All).ToList();
        every.Where(pair => !provoked.Contains(pair) && !Not.ContainsKey(pair)).ShouldBeEmpty("neither a test nor a reason");
        Not.Keys.Where(provoked.Contains).ShouldBeEmpty("a reason why not, and a test that does");
        provoked.Concat(Not.Keys).Except(every).ShouldBeEmpty("no code of the list");
        ExchangeCodes.All.Except(provoked.Select(static pair => pair.Code)).ShouldBe([ExchangeCodes.Cancelled], "told to nobody: whoever gave up is gone");

        var names = tests.Select(static type => type.Name).Append("GrpcServerTests").ToHashSet(StringComparer.Ordinal);
        foreach (var named in Not.Values.SelectMany(static reason => reason.Split([' ', ',', ':', ';', '(', ')'])).Where(static word => word.EndsWith("Tests", StringComparison.Ordinal)))
        {
            names.ShouldContain(named, "a reason names a test that is there");
        }
    }

    private static IEnumerable<(string Code, string Face)> Pairs(Dictionary<string, Question> asked) =>
        asked.SelectMany(static question => question.Value.Only.Where(face => !Not.ContainsKey((question.Key, face))).Select(face => (question.Key, face)));

    private static IEnumerable<(string Code, string Face)> Everywhere(IEnumerable<string> codes) =>
        codes.SelectMany(static code => Faces.All.Select(face => (code, face)));

    private static TheoryData<string, string> Data(IEnumerable<(string Code, string Face)> pairs)
    {
        var data = new TheoryData<string, string>();
        foreach (var (code, face) in pairs)
        {
            data.Add(code, face);
        }

        return data;
    }

    // A service without a contract: its request is judged by the names in it.
    private static Question Instance(string attribute) => new()
    {
        Only = [Soap],
        Service = "sandbox/GOV/70009019/registry/getPerson/v1",
        Xml = $"<p:getPerson xmlns:p=\"{Envelopes.Producer}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><p:request><p:pin {attribute}>21502197994378</p:pin></p:request></p:getPerson>",
    };

    private static async Task RefusedAsync(TestWorld world, string code, string face, Question question, bool hasRecord = true)
    {
        var told = await AskAsync(world, face, question);

        told.Code.ShouldNotBeNull($"{code} by {face} was answered");
        TestPersons.ShouldHoldNoValue(told.Text, $"{code} by {face}");
        if (told.Link is { } link)
        {
            told.Rule.ShouldNotBeNullOrEmpty(told.Text);
            told.Rule.ShouldNotContain('{', told.Text);
            (await world.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!, link)))).Text.ShouldBe(RefusalPage.TextOf(code), link);
        }

        if (face != Soap || code is not (ExchangeCodes.SecurityServerFault or ExchangeCodes.ProviderFault or ExchangeCodes.ProviderFaultUnverified))
        {
            told.Code.ShouldBe(face == Soap ? "adapter." + code : code, told.Text);
        }

        if (hasRecord && code is not (ExchangeCodes.CallerUnknown))
        {
            (await TestWorld.EndOfAsync(world.Consumer, told.Record.ShouldNotBeNull(told.Text))).Code.ShouldBe(code, $"what stands in the archive, by {face}");
        }
    }

    private static byte[] WithOtherHash(byte[] envelope)
    {
        var text = Envelopes.Text(envelope);
        var start = text.IndexOf("requestHash", StringComparison.Ordinal);
        var value = text.IndexOf('>', start) + 1;
        return Envelopes.Bytes(text[..value] + (text[value] == 'A' ? 'B' : 'A') + text[(value + 1)..]);
    }

    /// <summary>A consumer with a counterparty for each state of an agreement; one before a scripted security server; one before none.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly DeadAddress dead = new();

        internal TestWorld World { get; private set; } = null!;

        internal TestWorld Scripted { get; private set; } = null!;

        internal TestWorld Away { get; private set; } = null!;

        internal SecurityServerDouble Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await SecurityServerDouble.StartAsync();
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                Consumer = ChangeWorld,
                MoreOfConsumer = new Dictionary<string, Func<string, string>>
                {
                    ["expired.yaml"] = text => EndToEnd.Expired(At(text, 2)),
                    ["future.yaml"] = text => EndToEnd.Future(At(text, 3)),
                    ["suspended.yaml"] = text => At(text, 11).Replace("archive:", "suspended: { reason: dispute, by: owner }\narchive:", StringComparison.Ordinal),
                    ["consent.yaml"] = text => Ended(At(text, 12)),
                    ["invalid.yaml"] = text => At(text, 13).Replace("caller: { userId: required, issue: required }", "caller: { userId: sometimes, issue: required }", StringComparison.Ordinal),
                    ["conflict-1.yaml"] = text => At(text, 14),
                    ["conflict-2.yaml"] = text => At(text, 14).Replace("SLA-E14", "SLA-E14b", StringComparison.Ordinal),
                    ["hours.yaml"] = text => At(text, 15).Replace("    attachments: none", "    attachments: none\n    hours: [ { days: [" + OtherDay() + "], from: \"08:00\", until: \"08:01\" } ]", StringComparison.Ordinal),
                    ["volume.yaml"] = text => At(text, 16).Replace("archive:", "limits: { requestBytes: 1 }\narchive:", StringComparison.Ordinal),
                    ["rate.yaml"] = text => At(text, 17).Replace("archive:", "limits: { perDay: 1 }\narchive:", StringComparison.Ordinal),
                    ["nowhere.yaml"] = text => At(text, 18),
                    ["free.yaml"] = text => At(text, 19).Replace("request: { allow: [pin] }", "request: { allow: [pin], unlisted: refuse }", StringComparison.Ordinal),
                },
            });
            Scripted = await TestWorld.StartAsync(new TestWorldOptions
            {
                WithProvider = false,
                SecurityServer = Server.Address,
                Consumer = ChangeScripted,
                MoreOfConsumer = new Dictionary<string, Func<string, string>>
                {
                    ["strict.yaml"] = text => At(text, 4).Replace("unlisted: remove", "unlisted: refuse", StringComparison.Ordinal),
                },
            });
            Away = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = dead.Uri });
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Scripted.DisposeAsync();
            await Away.DisposeAsync();
            await Server.DisposeAsync();
            dead.Dispose();
        }

        private static string At(string text, int member) => EndToEnd.With(text, "70009001/registry", $"700090{member:00}/registry", $"SLA-E{member}");

        private static string Ended(string text) => string.Join('\n', text.Split('\n').Select(static line =>
            line.StartsWith("basis:", StringComparison.Ordinal) ? "basis: { kind: consent, reference: \"Consent 1\", date: 2019-01-01, until: 2020-01-01 }"
            : line.StartsWith("valid:", StringComparison.Ordinal) ? "valid: { from: 2019-01-01, until: 2090-01-01 }"
            : line));

        private static string OtherDay() => TimeProvider.System.GetUtcNow().AddDays(3).DayOfWeek.ToString()[..3].ToLowerInvariant();

        private static void Services(JsonObject options, params (string Alias, int Member)[] more)
        {
            var services = (JsonObject)options["Services"]!;
            foreach (var (alias, member) in more)
            {
                services[alias] = new JsonObject { ["Service"] = $"sandbox/GOV/700090{member:00}/registry/getPerson/v1", ["Contract"] = (string)services["getPerson"]!["Contract"]! };
            }
        }

        private static void ChangeWorld(JsonObject options)
        {
            Services(options, ("stranger", 5), ("expired", 2), ("future", 3), ("suspended", 11), ("consent", 12), ("invalid", 13), ("conflict", 14), ("hours", 15), ("volume", 16), ("rate", 17), ("nowhere", 18));
            options["Limits"] = new JsonObject { ["MaxBody"] = MaxBody };
            var callers = (JsonArray)options["Callers"]!;
            callers.Add(EndToEnd.Caller("narrow", "narrow-key", ["is"], [SandboxNames.Consumer], caller => caller["Services"] = new JsonArray("getVehicles")));
            callers.Add(EndToEnd.Caller("people", "people-key", ["is"], [SandboxNames.Consumer], caller => caller["AuthorisedPersons"] = new JsonArray(new JsonObject { ["UserId"] = TestPersons.UserId })));
            callers.Add(EndToEnd.Caller("testing", "test-key", ["is"], [SandboxNames.Consumer], caller => caller["Environment"] = "test"));
        }

        private static void ChangeScripted(JsonObject options)
        {
            Services(options, ("strict", 4));
            options["Services"]!["getPerson"]!["AnswersRepeats"] = true;
            options["Limits"] = new JsonObject { ["MaxConcurrentExchanges"] = 2 };
            var callers = (JsonArray)options["Callers"]!;
            callers.Add(EndToEnd.Caller("single", "single-key", ["is"], [SandboxNames.Consumer], caller => caller["MaxConcurrent"] = 1));
            callers.Add(EndToEnd.Caller("twice", "twice-key", ["is"], [SandboxNames.Consumer], caller => caller["AnswersRepeats"] = true));
        }
    }
}

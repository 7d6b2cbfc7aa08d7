using System.Reflection;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using static Tunduk.Adapter.Tests.Functional.Faces;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>
/// Every code of the closed list, provoked at a running adapter on each face that can show it: REST, gRPC, SOAP. Where a face
/// cannot, the table says why; a code that stands nowhere fails the last test.
/// </summary>
public sealed class EveryCodeTests(EveryCodeTests.Fixture fixture) : IClassFixture<EveryCodeTests.Fixture>
{
    private const string NoAlias = "SOAP names the service itself; there is no alias";
    private const string NoJson = "SOAP carries no JSON";
    private const string NoXml = "the alias face takes JSON";
    private const string OneType = "gRPC has one content type; what is none of it is no gRPC call and is answered with HTTP 415";
    private const string Provider = "arises at the provider, whom security servers ask by SOAP and REST; our own caller is told provider_fault or security_server_fault: ProviderRefusalTests, InformationSystemFaultTests, RevocationExchangeTests";
    private const string Archive = "the archive is read by REST and gRPC (GateTests, RetentionTests, ArchiveRpcTests), not by SOAP";
    private const string ArchiveRest = "an administrative act, on REST alone: RetentionTests";
    private const string RestFace = "an address of REST: RestDropInTests, RequestGuardTests";
    private const string Parts = "attachments: SwA on the drop-in face (AttachmentTests, SpoolTests), streams by gRPC (AttachmentRpcTests)";
    private const string Unit = "needs a fault that no neighbour can cause; the dress of every code is held by RefusalDressTests, the fault by the test named after it: ";

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
        [ExchangeCodes.ProviderFault] = new() { Json = """{"request":{"pin":"00000000000000"}}""", Xml = Envelopes.GetPerson("00000000000000") },
    };

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

    /// <summary>Why a face does not show a code, by code and face; no face names them all.</summary>
    private static readonly Dictionary<(string Code, string? Face), string> Not = new()
    {
        [(ExchangeCodes.ServiceAliasUnknown, Soap)] = NoAlias,
        [(ExchangeCodes.ContentTypeUnsupported, Faces.Grpc)] = OneType,
        [(ExchangeCodes.JsonMalformed, Soap)] = NoJson,
        [(ExchangeCodes.JsonDuplicateName, Soap)] = NoJson,
        [(ExchangeCodes.XmlMalformed, Rest)] = NoXml,
        [(ExchangeCodes.XmlForbidden, Rest)] = NoXml,
        [(ExchangeCodes.XmlForbidden, Faces.Grpc)] = "an element with a DTD is no element: xml_malformed",
        [(ExchangeCodes.SoapMalformed, Rest)] = NoXml,
        [(ExchangeCodes.SoapMalformed, Faces.Grpc)] = "gRPC carries the element, not the envelope",
        [(ExchangeCodes.ProtobufMalformed, null)] = "typed methods of gRPC alone: GrpcJudgeTests",
        [(ExchangeCodes.NumberInexact, null)] = "google.protobuf.Struct alone: GrpcJudgeTests, StructJsonTests",
        [(ExchangeCodes.RequestIncomplete, null)] = "whoever breaks off hears nothing more; the entry says it: BadJsonTests, AttachmentTests, AttachmentRpcTests",
        [(ExchangeCodes.MultipartMalformed, null)] = Parts,
        [(ExchangeCodes.TransferStalled, null)] = Parts,
        [(ExchangeCodes.SpoolFull, null)] = Parts,
        [(ExchangeCodes.AttachmentNotListed, null)] = Parts,
        [(ExchangeCodes.AttachmentReferencedTwice, null)] = Parts,
        [(ExchangeCodes.AddressInvalid, null)] = RestFace,
        [(ExchangeCodes.AddressUnknown, null)] = RestFace,
        [(ExchangeCodes.MethodUnsupported, null)] = RestFace,
        [(ExchangeCodes.BodyNotForwarded, null)] = RestFace,
        [(ExchangeCodes.MetaserviceInvalid, null)] = "metaservices are of the drop-in face: MetaserviceShapeTests",
        [(ExchangeCodes.EndpointNotListed, null)] = RestFace,
        [(ExchangeCodes.HeadersTooLarge, null)] = "the edge of every listener: RequestGuardTests",
        [(ExchangeCodes.HeaderMissing, null)] = "headers a security server must send, and SOAP clients: SoapDropInTests, RestDropInTests",
        [(ExchangeCodes.HeaderDuplicate, null)] = "HTTP headers and metadata: ConsumerRefusalTests, CallHeaders of GrpcJudgeTests",
        [(ExchangeCodes.EncodingAmbiguous, null)] = "XML without a contract: HostileCorpusTests, SoapDropInTests",
        [(ExchangeCodes.NilWithContent, null)] = "XML without a contract: HostileCorpusTests",
        [(ExchangeCodes.TypeSubstitution, null)] = "XML without a contract: HostileCorpusTests",
        [(ExchangeCodes.WrongInstanceAttribute, null)] = "XML without a contract: HostileCorpusTests",
        [(ExchangeCodes.RequiredFieldRemoved, null)] = "arises where the answer is written by the contract, at the provider: RequiredFieldRemovedTests",
        [(ExchangeCodes.ServiceUnknown, null)] = Provider,
        [(ExchangeCodes.MessageReplayed, null)] = Provider,
        [(ExchangeCodes.ExecutedNotArchived, null)] = Provider,
        [(ExchangeCodes.InformationSystemUnreachable, null)] = Provider,
        [(ExchangeCodes.InformationSystemTimeout, null)] = Provider,
        [(ExchangeCodes.InformationSystemBroken, null)] = Provider,
        [(ExchangeCodes.InformationSystemRefused, null)] = Provider,
        [(ExchangeCodes.CertificateRevoked, null)] = Provider,
        [(ExchangeCodes.RevocationUnknown, null)] = Provider,
        [(ExchangeCodes.SigningKeyUnavailable, null)] = Unit + "KeyRotationTests",
        [(ExchangeCodes.SigningFailed, null)] = Unit + "SigningQueueTests",
        [(ExchangeCodes.SigningQueueFull, null)] = Unit + "SigningQueueTests",
        [(ExchangeCodes.SigningTimeout, null)] = Unit + "SigningQueueTests",
        [(ExchangeCodes.TimestampOverdue, null)] = Unit + "TimestampServiceTests",
        [(ExchangeCodes.LoggingFailed, null)] = "needs a volume of its own: ArchiveFaultTests, DiskFullTests",
        [(ExchangeCodes.ResponseNotArchived, null)] = "needs a volume of its own: ArchiveFaultTests, SecondAppendTests",
        [(ExchangeCodes.QueryInvalid, null)] = Archive,
        [(ExchangeCodes.RecordUnknown, null)] = Archive,
        [(ExchangeCodes.GrantMissing, null)] = Archive,
        [(ExchangeCodes.GrantExpired, null)] = Archive,
        [(ExchangeCodes.GrantAmbiguous, null)] = Archive,
        [(ExchangeCodes.GrantExceeded, null)] = Archive,
        [(ExchangeCodes.ApprovalMissing, null)] = Archive,
        [(ExchangeCodes.ApprovalInvalid, null)] = Archive,
        [(ExchangeCodes.ApprovalUsed, null)] = Archive,
        [(ExchangeCodes.ExportFailed, null)] = Archive,
        [(ExchangeCodes.RetentionUnconfirmed, null)] = ArchiveRest,
        [(ExchangeCodes.HoldInForce, null)] = ArchiveRest,
        [(ExchangeCodes.HoldUnknown, null)] = ArchiveRest,
        [(ExchangeCodes.Cancelled, null)] = "whoever gave up hears nothing more: an export that was interrupted has an entry with it",
        [(ExchangeCodes.Internal, null)] = "a bug has no recipe: RequestGuard and RpcCalls give it, RefusalDressTests shows it",
    };

    private const int MaxBody = 64 * 1024;

    public static TheoryData<string, string> Questions => Of(Asked.Keys);

    public static TheoryData<string, string> Answers => Of(Answered.Keys);

    public static TheoryData<string, string> Lists => Of(Listed.Keys);

    public static TheoryData<string> Everywhere => [.. Faces.All];

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
    [MemberData(nameof(Everywhere))]
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
    [MemberData(nameof(Everywhere))]
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
            // The drop-in face never answers from the archive, and so never refuses a repeat.
            await RefusedAsync(fixture.Scripted, ExchangeCodes.MessageIdRepeated, face, new Question { Id = id, Key = "twice-key" });
        }

        var second = fixture.Scripted.AskAsync(key: "single-key");
        await asked.WaitAsync();
        await RefusedAsync(fixture.Scripted, ExchangeCodes.CallerLimitReached, face, new Question { Key = "single-key" }, hasRecord: false);
        await RefusedAsync(fixture.Scripted, ExchangeCodes.Overloaded, face, new Question());
        go.SetResult();
        (await held).Status.ShouldBe(200);
        (await second).Status.ShouldBe(200);
    }

    [Fact]
    public void EveryCode_StandsInTheTable_WithEachFaceOrAReason()
    {
        string[] told = [.. Asked.Keys, .. Answered.Keys, .. Listed.Keys, ExchangeCodes.SecurityServerTimeout, ExchangeCodes.SecurityServerBroken, ExchangeCodes.SecurityServerUnreachable, ExchangeCodes.CallerLimitReached, ExchangeCodes.MessageIdRepeated, ExchangeCodes.Overloaded];
        var excused = Not.Keys.Where(entry => entry.Face is null).Select(entry => entry.Code).ToList();

        told.Concat(excused).Order(StringComparer.Ordinal).ShouldBe(ExchangeCodes.All.Order(StringComparer.Ordinal));
        var tests = typeof(EveryCodeTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var named in Not.Values.SelectMany(reason => reason.Split([' ', ',', ':', ';', '(', ')'])).Where(word => word.EndsWith("Tests", StringComparison.Ordinal)))
        {
            tests.ShouldContain(named, "a reason names a test that is there");
        }
    }

    private static TheoryData<string, string> Of(IEnumerable<string> codes)
    {
        var data = new TheoryData<string, string>();
        foreach (var code in codes)
        {
            foreach (var face in Faces.All.Where(face => !Not.ContainsKey((code, face))))
            {
                data.Add(code, face);
            }
        }

        return data;
    }

    private static async Task RefusedAsync(TestWorld world, string code, string face, Question question, bool hasRecord = true)
    {
        var told = await AskAsync(world, face, question);

        told.Code.ShouldNotBeNull($"{code} by {face} was answered");
        TestPersons.ShouldHoldNoValue(told.Text, $"{code} by {face}");
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

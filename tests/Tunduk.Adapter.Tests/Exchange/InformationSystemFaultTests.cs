using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>What the provider's own information system may do instead of answering.</summary>
[Collection(EndToEnd.Collection)]
public sealed class InformationSystemFaultTests(EndToEnd fixture) : IDisposable
{
    private readonly TestWorld world = fixture.World;

    public void Dispose() => world.InformationSystem.Misbehave = null;

    private static string Person => System.Text.Encoding.UTF8.GetString(RegisterJson.Person(TestPersons.Somebody));

    private static string Respond(string person) => "{\"response\":" + person + "}";

    public static TheoryData<string, string, string, int, string, bool> Answers => new()
    {
        { "404", "{}", "application/json", 404, "information_system_refused", false },
        { "400 with a value in it", $$"""{"message":"nobody has {{TestPersons.Somebody.Pin}}"}""", "application/json", 400, "information_system_refused", false },
        { "500", "{}", "application/json", 500, "information_system_failed", true },
        { "503", "", "text/html", 503, "information_system_failed", true },
        { "a redirect to where the request would be done", "", "text/html", 307, "information_system_refused", false },
        { "a redirect to what was done", "", "text/html", 303, "information_system_broken", true },
        { "nothing and success", "", "text/html", 204, "information_system_broken", true },
        { "HTML", "<html/>", "text/html", 200, "information_system_broken", true },
        { "XML", "<a/>", "text/xml", 200, "information_system_broken", true },
        { "broken JSON", "{\"response\":{", "application/json", 200, "information_system_broken", false },
        { "no JSON", "hello", "application/json", 200, "information_system_broken", false },
        { "nothing", "", "application/json", 200, "information_system_broken", false },
        { "null", "null", "application/json", 200, "information_system_broken", false },
        { "a list", "[]", "application/json", 200, "information_system_broken", false },
        { "an empty object", "{}", "application/json", 200, "information_system_broken", false },
        { "an empty person", """{"response":{}}""", "application/json", 200, "information_system_broken", false },
        { "a field of another type", Respond(Person.Replace("\"gender\":\"" + TestPersons.Somebody.Gender + "\"", "\"gender\":7", StringComparison.Ordinal)), "application/json", 200, "information_system_broken", false },
        { "a value not enumerated", Respond(Person.Replace("\"gender\":\"" + TestPersons.Somebody.Gender + "\"", "\"gender\":\"X\"", StringComparison.Ordinal)), "application/json", 200, "information_system_broken", false },
        { "a date that is none", Respond(Person.Replace(TestPersons.Somebody.DateOfBirth.ToString("yyyy-MM-dd"), "2001-02-30", StringComparison.Ordinal)), "application/json", 200, "information_system_broken", false },
        { "a member twice", Respond(Person.Replace("{\"pin\":", "{\"pin\":\"21203197000012\",\"pin\":", StringComparison.Ordinal)), "application/json", 200, "information_system_broken", false },
        { "a NUL in a name", Respond(Person.Replace(TestPersons.Somebody.Surname, "A\\u0000B", StringComparison.Ordinal)), "application/json", 200, "information_system_broken", false },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    [Provokes("information_system_broken", Faces.Soap)]
    [Provokes("information_system_refused", Faces.Soap)]
    [Provokes("information_system_failed", Faces.Soap)]
    public async Task Answer_InformationSystemFails_CounterpartyIsToldTheCodeAlone(string name, string body, string contentType, int status, string code, bool unknown)
    {
        world.InformationSystem.Misbehave = InformationSystemDouble.Answering(body, contentType, status);
        var headers = Envelopes.Headers();

        var reply = await world.PostSoapAsync(await Envelopes.SignedAsync(headers));

        reply.FaultCode.ShouldBe("adapter." + code, $"{name}: {reply.Text}");
        reply.Status.ShouldBe(500);
        reply.IsSigned.ShouldBeTrue();
        TestPersons.ShouldHoldNoValue(reply.Text, name);
        var end = await TestWorld.EndOfAsync(world.Provider, reply.Record!);
        end.Code.ShouldBe(code);
        end.Kind.ShouldBe(unknown ? EntryKind.OutcomeUnknown : EntryKind.Refusal, name);
        world.InformationSystem.CallsOf(headers.Id).ShouldBe(1);
    }

    [Fact]
    public async Task Answer_FieldTheContractDoesNotKnow_DoesNotLeave()
    {
        world.InformationSystem.Misbehave = InformationSystemDouble.Answering(Respond(Person.Replace("{\"pin\":", "{\"salaryOfSpouse\":\"surprise-value\",\"pin\":", StringComparison.Ordinal)));

        var reply = await world.PostSoapAsync(await Envelopes.SignedAsync());

        reply.Text.ShouldNotContain("surprise-value");
        reply.Status.ShouldBe(200, "what the agreement does not list is removed, known to the contract or not");
    }

    [Fact]
    [Provokes("information_system_timeout", Faces.Soap)]
    public async Task Answer_InformationSystemHangs_EndsAtTheTimeoutAndARepeatNeverReachesIt()
    {
        world.InformationSystem.Misbehave = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        var headers = Envelopes.Headers();
        var asking = world.PostSoapAsync(await Envelopes.SignedAsync(headers));
        await Wait.ForAsync(() => asking.IsCompleted || world.InformationSystem.CallsOf(headers.Id) == 1);
        await Wait.ForAsync(() => asking.IsCompleted || (world.Clock.Expire(TimeSpan.FromSeconds(30)) > 0 && asking.IsCompleted));

        var reply = await asking;
        reply.FaultCode.ShouldBe("adapter.information_system_timeout", reply.Text);
        (await TestWorld.EndOfAsync(world.Provider, reply.Record!)).Kind.ShouldBe(EntryKind.OutcomeUnknown);

        world.InformationSystem.Misbehave = null;
        await world.FaultAsync("executed_not_archived", await Envelopes.SignedAsync(headers));
        world.InformationSystem.CallsOf(headers.Id).ShouldBe(1);
    }

    [Fact]
    public async Task Answer_InformationSystemClosesInItsAnswer_OutcomeIsUnknown()
    {
        world.InformationSystem.Misbehave = async context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = 1_000;
            await context.Response.Body.WriteAsync("{\"response\":"u8.ToArray());
            await context.Response.Body.FlushAsync();
            context.Abort();
        };

        var reply = await world.PostSoapAsync(await Envelopes.SignedAsync());

        reply.FaultCode.ShouldBe("adapter.information_system_broken", reply.Text);
        (await TestWorld.EndOfAsync(world.Provider, reply.Record!)).Kind.ShouldBe(EntryKind.OutcomeUnknown);
    }

    [Fact]
    public async Task Ask_InformationSystemOfTheProviderFails_ConsumerIsShownTheSignedFault()
    {
        world.InformationSystem.Misbehave = InformationSystemDouble.Answering($$"""{"error":"nobody has {{TestPersons.Somebody.Pin}}"}""", status: 404);

        var refusal = await world.RefusedAsync("provider_fault", "forward");

        refusal.Found.ShouldBe("adapter.information_system_refused");
        refusal.OutcomeUnknown.ShouldBeFalse();
        var provider = (await TestWorld.FindAsync(world.Provider, messageId: refusal.Reply.MessageId)).Select(found => "provider record: " + found.Record).ToList();
        refusal.Reply.Json.GetProperty("details").EnumerateArray().Select(detail => detail.GetString()).ShouldHaveSingleItem().ShouldBeOneOf([.. provider]);
    }

    [Theory]
    [InlineData("{}", 500, "information_system_failed")]
    [InlineData("hello", 200, "information_system_broken")]
    [InlineData("{\"response\":{}}", 200, "information_system_broken")]
    public async Task Ask_InformationSystemOfTheProviderMayHaveExecuted_ConsumerIsTold(string body, int status, string code)
    {
        world.InformationSystem.Misbehave = InformationSystemDouble.Answering(body, status: status);

        var refusal = await world.RefusedAsync("provider_fault", "forward");

        refusal.Found.ShouldBe("adapter." + code);
        refusal.OutcomeUnknown.ShouldBeTrue(refusal.Reply.Text);
        refusal.Reply.Text.ShouldContain("before sending a request that must not run twice");
        (await TestWorld.FindAsync(world.Consumer!, messageId: refusal.Reply.MessageId)).ShouldContain(found => found.Entry.Kind == EntryKind.OutcomeUnknown, "the consumer's own archive says it too");
    }

    [Theory]
    [InlineData("adapter.information_system_timeout", true)]
    [InlineData("adapter.information_system_failed", true)]
    [InlineData("adapter.executed_not_archived", true)]
    [InlineData("adapter.signing_failed", true)]
    [InlineData("adapter.code_of_a_later_version", true)]
    [InlineData("adapter.information_system_refused", false)]
    [InlineData("adapter.information_system_unreachable", false)]
    [InlineData("adapter.certificate_not_trusted", false)]
    [InlineData("adapter.purpose_not_agreed", false)]
    [InlineData("adapter.field_not_listed", false)]
    [InlineData("Client.PIN_NOT_FOUND", false)]
    [InlineData("information_system_timeout", false)]
    public void OfProviderFault_Code_SaysWhetherTheRequestMayHaveBeenExecuted(string code, bool unknown)
    {
        var error = RefusalMapping.OfProviderFault("here", code);

        error.OutcomeUnknown.ShouldBe(unknown);
        (RefusalMapping.RpcCodeOf(error) == Tunduk.GrpcHosting.StatusCode.Unknown).ShouldBe(unknown);
    }

    [Theory]
    [InlineData("field_not_listed", "adapter.executed_not_archived")]
    [InlineData("information_system_broken", "adapter.information_system_broken")]
    [InlineData("signing_failed", "adapter.signing_failed")]
    public void ToFaultCode_RefusedAfterTheAnswer_SaysThatItWasExecuted(string code, string told)
    {
        var error = new ExchangeError(ExchangeStage.Filter, code);

        RefusalMapping.ToFaultCode(error with { AfterForward = true }).ShouldBe(told);
        RefusalMapping.ToFaultCode(error).ShouldBe("adapter." + code);
    }
}

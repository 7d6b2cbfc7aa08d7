using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Tunduk.Adapter.Rpc;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.V1;
using Tunduk.Evidence.Log;
using Tunduk.GrpcHosting;
using StatusCode = Tunduk.GrpcHosting.StatusCode;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary>An own information system asked by gRPC, behind the whole way of an exchange.</summary>
public sealed class ProviderRpcTests
{
    [Theory]
    [InlineData("Json")]
    [InlineData("Struct")]
    [InlineData("Xml")]
    public async Task Answer_EachForm_IsAskedWithTheValuesAndAnswersWhatJsonWould(string form)
    {
        await using var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system, form);

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        var answer = reply.Json.GetProperty("response");
        answer.GetProperty("surname").GetString().ShouldBe(TestPersons.Somebody.Surname);
        answer.TryGetProperty("maritalStatus", out _).ShouldBeFalse("the agreement does not list it");
        reply.Json.GetProperty("request").GetProperty("pin").GetString().ShouldBe(TestPersons.Somebody.Pin, "the echo is put in");
        var (request, left) = system.Calls.ShouldHaveSingleItem();
        (request.ServiceId, request.ClientId).ShouldBe(("sandbox/GOV/70009001/registry/getPerson/v1", "sandbox/COM/60009001/loans"));
        (request.UserId, request.Issue, request.MessageId).ShouldBe((TestPersons.UserId, TestPersons.Issue, reply.MessageId));
        RecordId.TryParse(request.RecordId, out var record).ShouldBeTrue();
        (await world.Provider.Archive.GetAsync(record, default)).ShouldNotBeNull("the record is in the archive before the information system is asked");
        request.BodyCase.ToString().ShouldBe(form);
        left.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(30), "the information system is told how long anybody waits");
    }

    [Fact]
    public async Task Answer_StructAndXmlBack_AreTaken()
    {
        await using var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system);
        system.Answer = static (_, _) => Task.FromResult(new AnswerResponse { Struct = StructJson.FromJson(ProviderService.Person()) });
        (await world.AskAsync()).Status.ShouldBe(200);

        system.Answer = static (_, _) => Task.FromResult(new AnswerResponse { Xml = ByteString.CopyFromUtf8(Envelopes.GetPersonResponse()) });
        (await world.AskAsync()).Json.GetProperty("response").GetProperty("surname").GetString().ShouldBe(TestPersons.Somebody.Surname);
    }

    [Fact]
    public async Task Answer_XmlWithoutTheEchoedRequest_HasItPutIn()
    {
        await using var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system);
        var whole = System.Xml.Linq.XElement.Parse(Envelopes.GetPersonResponse());
        var echo = whole.Elements().Single(child => child.Name.LocalName == "request");
        echo.Remove();
        system.Answer = (_, _) => Task.FromResult(new AnswerResponse { Xml = ByteString.CopyFromUtf8(whole.ToString()) });

        var reply = await world.AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.Json.GetProperty("response").GetProperty("surname").GetString().ShouldBe(TestPersons.Somebody.Surname);
        reply.Json.GetProperty("request").GetProperty("pin").GetString().ShouldBe(TestPersons.Somebody.Pin);
    }

    [Fact]
    public async Task Answer_StatusWithAReason_IsTheServicesOwnFaultWithoutItsWords()
    {
        await using var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system);
        system.Answer = static (request, _) => throw new Google.Rpc.Status
        {
            Code = (int)StatusCode.NotFound,
            Message = $"nobody has {request.Json.ToStringUtf8()}",
            Details = { Any.Pack(new ErrorInfo { Reason = "PIN_NOT_FOUND", Domain = "register" }) },
        }.ToRpcException();

        var refusal = await world.RefusedAsync("provider_fault", "forward");

        refusal.Found.ShouldNotBeNull().ShouldContain("Client.PIN_NOT_FOUND");
        var entry = (await TestWorld.FindAsync(world.Provider, messageId: refusal.Reply.MessageId)).Single(found => found.Entry.Kind == EntryKind.Response);
        entry.Entry.Code.ShouldBe("provider_fault", "a fault of its own is an answer, signed and archived");
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, "information_system_refused", EntryKind.Refusal)]
    [InlineData(StatusCode.FailedPrecondition, "information_system_refused", EntryKind.Refusal)]
    [InlineData(StatusCode.Unimplemented, "information_system_refused", EntryKind.Refusal)]
    [InlineData(StatusCode.Unavailable, "information_system_failed", EntryKind.OutcomeUnknown)]
    [InlineData(StatusCode.Internal, "information_system_failed", EntryKind.OutcomeUnknown)]
    [InlineData(StatusCode.Aborted, "information_system_failed", EntryKind.OutcomeUnknown)]
    [InlineData(StatusCode.DeadlineExceeded, "information_system_timeout", EntryKind.OutcomeUnknown)]
    public async Task Answer_StatusWithoutAReason_IsRefusedAndSaysWhetherSomethingWasDone(StatusCode status, string code, EntryKind kind)
    {
        await using var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system, withConsumer: false);
        system.Answer = (_, _) => throw new RpcException(status, TestPersons.Somebody.Surname);

        var fault = await world.PostSoapAsync(await Envelopes.SignedAsync());

        fault.FaultCode.ShouldBe("adapter." + code, fault.Text);
        TestPersons.ShouldHoldNoValue(fault.Text, "a fault");
        (await TestWorld.EndOfAsync(world.Provider, fault.Record!)).Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("{")]
    [InlineData("{\"response\":{\"pin\":1}}")]
    public async Task Answer_NoAnswerByTheContract_IsRefused(string what)
    {
        await using var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system, withConsumer: false);
        system.Answer = (_, _) => Task.FromResult(what == "nothing" ? new AnswerResponse() : new AnswerResponse { Json = ByteString.CopyFromUtf8(what) });

        (await world.PostSoapAsync(await Envelopes.SignedAsync())).FaultCode.ShouldBe("adapter.information_system_broken");
    }

    [Fact]
    public async Task Answer_StructWithANumberNobodyCanHold_IsRefused()
    {
        await using var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system, withConsumer: false);
        system.Answer = (_, _) => Task.FromResult(new AnswerResponse { Struct = new Struct { Fields = { ["response"] = Value.ForNumber(9007199254740993) } } });

        (await world.PostSoapAsync(await Envelopes.SignedAsync())).FaultCode.ShouldBe("adapter.information_system_broken");
    }

    [Fact]
    public async Task Answer_NobodyThere_IsRefusedAndNothingWasDone()
    {
        var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system, withConsumer: false);
        await system.DisposeAsync();

        var fault = await world.PostSoapAsync(await Envelopes.SignedAsync());

        fault.FaultCode.ShouldBe("adapter.information_system_unreachable", fault.Text);
        (await TestWorld.EndOfAsync(world.Provider, fault.Record!)).Kind.ShouldBe(EntryKind.Refusal);
    }

    [Fact]
    public async Task Answer_SlowerThanItsTimeout_IsToldAndRefused()
    {
        await using var system = await ProviderService.StartAsync();
        await using var world = await StartAsync(system, withConsumer: false);
        var told = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        system.Answer = async (_, context) =>
        {
            await using var registration = context.CancellationToken.Register(() => told.TrySetResult());
            asked.SetResult();
            await told.Task;
            throw new OperationCanceledException();
        };

        var answer = world.PostSoapAsync(await Envelopes.SignedAsync());
        await asked.Task;
        world.Clock.Expire(TimeSpan.FromSeconds(30));

        (await answer).FaultCode.ShouldBe("adapter.information_system_timeout");
        await told.Task.WaitAsync(Wait.Longest);
    }

    [Fact]
    public void Configuration_BodyWithoutGrpc_IsAFault()
    {
        var options = new Tunduk.Adapter.Configuration.AdapterOptions();
        options.Provides["x"] = new Tunduk.Adapter.Configuration.ProvidedServiceOptions { Body = Tunduk.Adapter.Configuration.UpstreamBodyForm.Xml };
        Tunduk.Adapter.Configuration.AdapterOptionsValidator.Validate(options, AppContext.BaseDirectory).ShouldContain(fault => fault.Setting == "Provides:x:Body");
    }

    private static Task<TestWorld> StartAsync(ProviderService system, string form = "Json", bool withConsumer = true) => TestWorld.StartAsync(new TestWorldOptions
    {
        WithConsumer = withConsumer,
        Provider = json =>
        {
            var service = (JsonObject)json["Provides"]!["getPerson"]!;
            service["Upstream"] = system.Address.ToString();
            service["Protocol"] = "grpc";
            service["Body"] = form;
        },
    });
}

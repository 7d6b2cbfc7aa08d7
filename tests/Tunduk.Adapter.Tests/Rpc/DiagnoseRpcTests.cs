using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Rpc;

/// <summary>The dry run by gRPC is that of REST.</summary>
[Collection(EndToEnd.Collection)]
public sealed class DiagnoseRpcTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    [Theory]
    [InlineData(TestPersons.Issue)]
    [InlineData("curiosity 17")]
    public async Task Diagnose_Call_SaysWhatRestSaysAndSendsNothing(string issue)
    {
        using var client = RpcClient.Of(world);
        var request = RpcClient.GetPerson();
        (request.Issue, request.MessageId) = (issue, Guid.NewGuid().ToString());
        var calls = world.InformationSystem.Calls.Count;

        var found = await client.CallAsync<CallRequest, DiagnoseResponse>(RpcClient.Exchange("Diagnose"), request);

        using var rest = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Consumer.IsAddress!, "v1/diagnose/getPerson")) { Content = TestWorld.Json(TestPersons.Request) };
        foreach (var (name, value) in new[] { ("Authorization", "Bearer " + world.Folders.ApiKey), ("X-Road-UserId", TestPersons.UserId), ("X-Road-Issue", issue), ("X-Road-Id", request.MessageId) })
        {
            rest.Headers.TryAddWithoutValidation(name, value);
        }

        var said = JsonParser.Default.Parse<DiagnoseResponse>((await world.SendAsync(rest)).Text);
        found.RecordId.ShouldNotBe(said.RecordId, "each is an entry of its own");
        (found.RecordId, said.RecordId) = ("", "");
        foreach (var refusal in new[] { found.Refusal, said.Refusal }.OfType<Struct>())
        {
            refusal.Fields.Remove("recordId").ShouldBeTrue();
            refusal.Fields["traceId"].StringValue.Length.ShouldBe(32);
            refusal.Fields.Remove("traceId");
        }

        found.ShouldBe(said);
        found.WouldSend.ShouldBe(issue == TestPersons.Issue);
        world.InformationSystem.Calls.Count.ShouldBe(calls);
    }

    [Theory]
    [InlineData("<p:getPerson xmlns:p=\"http://sandbox.x-road.example/none\"/>")]
    [InlineData("<p:getPerson")]
    public async Task Diagnose_XmlThatBreaksTheContract_SaysSoAsRestDoes(string xml)
    {
        using var client = RpcClient.Of(world);
        var request = RpcClient.GetPerson();
        (request.Xml, request.MessageId) = (ByteString.CopyFromUtf8(xml), Guid.NewGuid().ToString());

        var found = await client.CallAsync<CallRequest, DiagnoseResponse>(RpcClient.Exchange("Diagnose"), request);

        found.WouldSend.ShouldBeFalse();
        found.Stages.Single(stage => stage.Outcome == "refused").Stage.ShouldBe("validate");
        found.Refusal.Fields["remedy"].StringValue.ShouldNotBeEmpty();
        found.RecordId.ShouldNotBeEmpty();
        found.MessageId.ShouldBe(request.MessageId);
        (await TestWorld.EndOfAsync(world.Consumer, found.RecordId)).Code.ShouldBe(found.Refusal.Fields["code"].StringValue);
    }

    [Fact]
    public async Task Diagnose_UnknownAlias_IsRefusedByName()
    {
        using var client = RpcClient.Of(world);
        var request = RpcClient.GetPerson();
        request.Alias = "nothing";

        await RpcClient.RefusedAsync("service_alias_unknown", () => client.CallAsync<CallRequest, DiagnoseResponse>(RpcClient.Exchange("Diagnose"), request));
    }
}

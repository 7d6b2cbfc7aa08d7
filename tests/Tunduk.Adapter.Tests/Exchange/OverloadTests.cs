using System.Text.Json.Nodes;
using Grpc.Health.V1;
using Tunduk.Adapter.Listeners;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.GrpcHosting;
using Refusal = Tunduk.Adapter.Tests.Functional.Refusal;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Load is shed by name, before anything of the request was done.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task Ask_AllPlacesTaken_IsRefusedWithRetryAfterAndLaterAnswered()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = options => options["Limits"] = new JsonObject { ["MaxConcurrentExchanges"] = 1 } });
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.InformationSystem.Misbehave = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            await InformationSystemDouble.Answering("{}", status: 404)(context);
        };
        var first = world.AskAsync();
        await arrived.Task.WaitAsync(Wait.Longest);

        var refusal = await world.RefusedAsync("overloaded", "authenticate");

        refusal.Reply.Status.ShouldBe(503);
        refusal.Reply.Headers["Retry-After"].ShouldBe("1");
        answer.SetResult();
        await first;
        world.InformationSystem.Misbehave = null;
        (await world.AskAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Ask_BodiesUnderWayTakeTheirRoom_MoreAreRefusedOnEveryFaceAndReadWhenThereIsRoom()
    {
        const int most = 64 * 1024;
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, Consumer = options => options["Limits"] = new JsonObject { ["MaxBody"] = most, ["MaxBodies"] = 2 * most } });
        var blank = new string(' ', 1_000);
        var nearlyAll = new string(' ', most - 100);
        string[] headers = [$"Authorization: Bearer {world.Folders.ApiKey}", "Content-Type: application/json"];
        using (await RawHttp.SendAsync(world.Consumer.IsAddress!, "/v1/services/getPerson", headers, nearlyAll, most))
        using (await RawHttp.SendAsync(world.Consumer.IsAddress!, "/v1/services/getPerson", headers, nearlyAll, most))
        {
            await Wait.ForAsync(() => world.Consumer.HeldBytes == 2 * nearlyAll.Length);

            var refusal = await world.RefusedAsync("overloaded", "authenticate", content: TestWorld.Json(blank));
            refusal.Path.ShouldBe("Limits:MaxBodies");
            refusal.Reply.Headers["Retry-After"].ShouldBe("1");
            using var multipart = new MultipartContent("related") { TestWorld.Json(blank) };
            await world.RefusedAsync("overloaded", "authenticate", content: multipart);
            var soap = await RawHttp.PostAsync(world.Consumer.IsAddress!, "/", [headers[0], "Content-Type: text/xml; charset=utf-8"], blank);
            soap.Text.ShouldContain("overloaded");
            using var rpc = RpcClient.Of(world);
            (await RpcClient.RefusedAsync("overloaded", () => rpc.AskAsync(RpcClient.GetPerson(blank)))).Path.ShouldBe("Limits:MaxBodies");
        }

        await Wait.ForAsync(() => world.Consumer.HeldBytes == 0);
        await world.RefusedAsync("json_malformed", "validate", content: TestWorld.Json(blank));
        await Wait.ForAsync(() => world.Consumer.HeldBytes == 0);
    }

    [Fact]
    public async Task Health_AskedWithoutAKey_IsBoundedInLengthAndTime()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false });
        using var stranger = RpcClient.Of(world, "nobody");
        var check = HealthReflection.Descriptor.Services[0].FindMethodByName("Check");
        (await stranger.CallAsync<HealthCheckRequest, HealthCheckResponse>(check, new HealthCheckRequest())).Status.ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);

        await RpcClient.RefusedAsync("message_too_large", () => stranger.CallAsync<HealthCheckRequest, HealthCheckResponse>(check, new HealthCheckRequest { Service = new string('a', HealthGate.LongestQuestion) }));

        // One that asks nothing loses its stream when its time is up; the connection and its other streams go on.
        await using var silent = stranger.Start<HealthCheckRequest, HealthCheckResponse>(check);
        var ended = Task.Run(() => silent.MoveNext(CancellationToken.None));
        await Wait.ForAsync(() => world.Clock.Expire(KestrelListener.LongestHeaders) > 0);
        await Should.ThrowAsync<RpcException>(ended);
        (await stranger.CallAsync<HealthCheckRequest, HealthCheckResponse>(check, new HealthCheckRequest())).Status.ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);
    }

    [Fact]
    public async Task Ask_CallerGivesUp_ExchangeStillEndsInTheArchive()
    {
        await using var world = await TestWorld.StartAsync();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.InformationSystem.Misbehave = async context =>
        {
            arrived.TrySetResult();
            await answer.Task;
            await InformationSystemDouble.Answering("{\"response\":" + System.Text.Encoding.UTF8.GetString(Tunduk.Adapter.Sandbox.Register.RegisterJson.Person(TestPersons.Somebody)) + "}")(context);
        };
        using var patience = new CancellationTokenSource();
        var id = Guid.NewGuid().ToString();
        var asking = world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Id"] = id }, cancellationToken: patience.Token);
        await arrived.Task.WaitAsync(Wait.Longest);
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking);
        answer.SetResult();

        foreach (var host in new[] { world.Consumer, world.Provider })
        {
            await Wait.ForAsync(async () => (await TestWorld.FindAsync(host, messageId: id)).FirstOrDefault(entry => entry.End is not null));
            (await TestWorld.FindAsync(host, messageId: id)).ShouldAllBe(entry => entry.Entry.Code == "ok");
        }
    }
}

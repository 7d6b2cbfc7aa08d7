using System.Text.Json.Nodes;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Listeners;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;
using Refusal = Tunduk.Adapter.Tests.Functional.Refusal;

namespace Tunduk.Adapter.Tests.Exchange;

// Over 300 lines: every bound of load, over one way to make it.

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

            // A change of settings forgets nobody: what is held stays counted, against the new bound.
            HotChange(world, json => json["Limits"]!["MaxBodies"] = (2 * most) + 1_000);
            var more = await Wait.ForAsync(async () =>
            {
                world.Clock.Expire(ConfigurationWatch.Interval);
                return await world.AskAsync(content: TestWorld.Json("{}")) is { Status: not 503 } reply ? reply : null;
            });
            more.Json.GetProperty("code").GetString().ShouldNotBe("overloaded");
            await world.RefusedAsync("overloaded", "authenticate", content: TestWorld.Json(blank + blank));
        }

        await Wait.ForAsync(() => world.Consumer.HeldBytes == 0);
        await world.RefusedAsync("json_malformed", "validate", content: TestWorld.Json(blank));
        await Wait.ForAsync(() => world.Consumer.HeldBytes == 0);
    }

    [Fact]
    public async Task Ask_AnswersUnderWayTakeTheirRoom_TheNextIsRefusedAsOneThatMayHaveBeenExecuted()
    {
        const int most = 64 * 1024;
        const int begun = 50_000;
        using var asked = new SemaphoreSlim(0);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            asked.Release();
            await go.Task;
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {most}\r\n\r\n{new string(' ', begun)}"));
            await end.Task;
        });
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = server.Address, Consumer = options => options["Limits"] = new JsonObject { ["MaxBody"] = most, ["MaxBodies"] = 2 * most } });
        var asking = Enumerable.Range(0, 3).Select(_ => world.AskAsync()).ToList();
        for (var i = 0; i < asking.Count; i++)
        {
            await asked.WaitAsync();
        }

        // Requests take half of what both may: of three answers of 50,000 bytes two fit into the rest.
        var nearlyAll = new string(' ', most - 100);
        string[] headers = [$"Authorization: Bearer {world.Folders.ApiKey}", "Content-Type: application/json"];
        var before = world.Consumer.HeldBytes;
        using (await RawHttp.SendAsync(world.Consumer.IsAddress!, "/v1/services/getPerson", headers, nearlyAll, most))
        using (await RawHttp.SendAsync(world.Consumer.IsAddress!, "/v1/services/getPerson", headers, nearlyAll[..^(int)before], most))
        {
            await Wait.ForAsync(() => world.Consumer.HeldBytes >= 2 * (most - 100));
            go.SetResult();

            var reply = await await Task.WhenAny(asking);

            var refusal = Refusal.CheckForm(reply, "overloaded", "forward");
            refusal.Path.ShouldBe("Limits:MaxBodies");
            refusal.OutcomeUnknown.ShouldBeTrue("the security server has the request");
            reply.Headers.Keys.ShouldNotContain("Retry-After", "nobody is invited to send twice what may be paid by the call");
            (await TestWorld.EndOfAsync(world.Consumer, reply.Record!)).Kind.ShouldBe(Tunduk.Evidence.Log.EntryKind.OutcomeUnknown);
            asking.Count(ask => !ask.IsCompleted).ShouldBe(2, "what had room goes on");
        }

        end.SetResult();
        await Task.WhenAll(asking);
        await Wait.ForAsync(() => world.Consumer.HeldBytes == 0);
    }

    [Theory]
    [InlineData(256, 8_192, 256)]
    [InlineData(256, 512, 64)]
    [InlineData(256, 64, 20)]
    public void MostOf_MemoryOfTheProcess_BoundsWhatMessagesMayTake(long set, long memory, long most)
    {
        const long mebi = 1024 * 1024;
        BodyBudget.MostOf(new LimitOptions { MaxBodies = set * mebi }, memory * mebi).ShouldBe(most * mebi);
    }

    [Fact]
    public async Task Answer_InformationSystemsAnswersFindNoRoom_AreRefusedAsExecuted()
    {
        var bodies = new BodyBudget(new LimitOptions { MaxBody = 1024, MaxBodies = 2048 });
        await using var system = await InformationSystemDouble.StartAsync();
        system.Misbehave = InformationSystemDouble.Answering($"{{\"response\":\"{new string('a', 900)}\"}}");
        await using var rpc = await ProviderService.StartAsync();
        rpc.Answer = static (_, _) => Task.FromResult(new V1.AnswerResponse { Json = Google.Protobuf.ByteString.CopyFromUtf8(new string(' ', 900)) });
        using var client = new InformationSystemClient(new LimitOptions(), TimeProvider.System);
        var context = new DefaultHttpContext();
        async Task<ExchangeError?> PostAsync(BodyBudget.Share share) => (await client.PostJsonAsync("a", system.Address, "{}"u8.ToArray(), [], Wait.Longest, share, CancellationToken.None)).Error;
        async Task<ExchangeError?> CallAsync(BodyBudget.Share share) => (await client.AnswerAsync("b", rpc.Address, new V1.AnswerRequest(), Wait.Longest, share, CancellationToken.None)).Error;
        foreach (var ask in new Func<BodyBudget.Share, Task<ExchangeError?>>[] { PostAsync, CallAsync })
        {
            var shares = Enumerable.Range(0, 5).Select(_ => bodies.OfAnswer(context)).ToList();
            foreach (var share in shares[..4])
            {
                (await ask(share)).ShouldBeNull();
            }

            var refused = (await ask(shares[4])).ShouldNotBeNull();

            (refused.Code, refused.OutcomeUnknown).ShouldBe((ExchangeCodes.Overloaded, true));
            refused.Remedy.ShouldNotBeNullOrEmpty();
            shares.ForEach(share => share.Dispose());
            bodies.Taken.ShouldBe(0);
        }
    }

    /// <summary>By gRPC: a length that lies, a message without its end, a stream that never ends, and calls that are reset at once.</summary>
    [Fact]
    public async Task Call_HostileFrames_TakeNobodysRoomAndEndWhenTheyStandStill()
    {
        const int most = 64 * 1024;
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, Consumer = options => options["Limits"] = new JsonObject { ["MaxBody"] = most, ["MaxBodies"] = 16 * most } });
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        byte[] whole = [0, 0, 0, 0, 0];
        byte[] lying = [0, 0, 1, 0, 0, 10];
        byte[] half = [0, 0, 0];
        foreach (var (name, path, bytes) in new[]
        {
            ("a lying length", "/tunduk.adapter.v1.Exchange/Call", lying),
            ("half a frame", "/tunduk.adapter.v1.Exchange/ListServices", half),
            ("nothing", "/tunduk.adapter.v1.Exchange/Diagnose", []),
            ("a stream that is never closed", "/tunduk.adapter.v1.Archive/Search", whole),
            ("a typed method", "/tunduk.services.getPerson.GetPerson/GetPerson_v1", lying),
            ("an open stream, within a message", "/tunduk.adapter.v1.Exchange/CallWithAttachments", lying),
        })
        {
            using var open = new OpenContent(bytes);
            var asking = PostAsync(http, world, path, open);
            await open.Sent.WaitAsync(Wait.Longest);
            await Wait.ForAsync(() =>
            {
                world.Clock.Expire(new LimitOptions().ProgressTimeout);
                return asking.IsCompleted;
            });

            using var response = await asking;
            response.Headers.TryGetValues("grpc-status", out var status).ShouldBeTrue(name);
            Convert.FromBase64String(Padded(response.Headers.GetValues("grpc-status-details-bin").Single())).ShouldNotBeEmpty();
            status!.Single().ShouldNotBe("0", name);
            Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(Padded(response.Headers.GetValues("grpc-status-details-bin").Single()))).Details[0].Unpack<V1.Refusal>().Code.ShouldBe("transfer_stalled", name);
            await Wait.ForAsync(() => world.Consumer.HeldBytes == 0);
        }

        // Begun, and given up at once: no place and no byte stays taken.
        for (var i = 0; i < 200; i++)
        {
            using var open = new OpenContent(lying);
            using var away = new CancellationTokenSource();
            var asking = PostAsync(http, world, "/tunduk.adapter.v1.Exchange/Call", open, away.Token);
            await open.Sent.WaitAsync(Wait.Longest);
            await away.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(asking);
        }

        await Wait.ForAsync(() => world.Consumer.HeldBytes == 0);
        using var caller = RpcClient.Of(world);
        (await caller.CallAsync<V1.ListServicesRequest, V1.ListServicesResponse>(RpcClient.Exchange("ListServices"), new V1.ListServicesRequest())).Services.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Health_AskedWithoutAKey_IsBoundedInNumberAndOneKindKeepsOutNoOther()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false });
        using var stranger = RpcClient.Of(world, "nobody");
        using var caller = RpcClient.Of(world);
        var check = HealthReflection.Descriptor.Services[0].FindMethodByName("Check");
        var watch = HealthReflection.Descriptor.Services[0].FindMethodByName("Watch");
        var watching = new List<GrpcHosting.Client.GrpcCall<HealthCheckRequest, HealthCheckResponse>>();
        async Task<GrpcHosting.Client.GrpcCall<HealthCheckRequest, HealthCheckResponse>> WatchAsync()
        {
            var call = stranger.Start<HealthCheckRequest, HealthCheckResponse>(watch);
            await call.WriteAsync(new HealthCheckRequest());
            await call.CompleteAsync();
            return call;
        }

        try
        {
            for (var i = 0; i < HealthGate.Most; i++)
            {
                watching.Add(await WatchAsync());
            }

            foreach (var call in watching)
            {
                (await call.MoveNext(CancellationToken.None)).ShouldBeTrue();
            }

            await RpcClient.RefusedAsync("overloaded", async () =>
            {
                await using var beyond = await WatchAsync(); // the refusal may come before the question is written
                await beyond.MoveNext(CancellationToken.None);
            });
            (await stranger.CallAsync<HealthCheckRequest, HealthCheckResponse>(check, new HealthCheckRequest())).Status.ShouldBe(HealthCheckResponse.Types.ServingStatus.Serving);
            (await caller.CallAsync<V1.ListServicesRequest, V1.ListServicesResponse>(RpcClient.Exchange("ListServices"), new V1.ListServicesRequest())).Services.ShouldNotBeEmpty();

            // A watch that ends gives its place back.
            await watching[0].DisposeAsync();
            watching.RemoveAt(0);
            watching.Add(await Wait.ForAsync(async () =>
            {
                GrpcHosting.Client.GrpcCall<HealthCheckRequest, HealthCheckResponse>? call = null;
                try
                {
                    call = await WatchAsync();
                    return await call.MoveNext(CancellationToken.None) ? call : null;
                }
                catch (RpcException)
                {
                    await (call?.DisposeAsync() ?? default);
                    return null;
                }
            }));
        }
        finally
        {
            foreach (var call in watching)
            {
                await call.DisposeAsync();
            }
        }
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

    [Theory]
    [InlineData(Faces.Rest)]
    [InlineData(Faces.Soap)]
    [InlineData(Faces.Grpc)]
    public async Task Ask_CallerGivesUp_ExchangeStillEndsInTheArchive(string face)
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
        var asking = face switch
        {
            Faces.Soap => world.SendAsync(SoapRequest(world, id), patience.Token),
            Faces.Grpc => CallAsync(world, id, patience.Token),
            _ => world.AskAsync(headers: new Dictionary<string, string?> { ["X-Road-Id"] = id }, cancellationToken: patience.Token),
        };
        await arrived.Task.WaitAsync(Wait.Longest);
        await patience.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(asking);
        answer.SetResult();

        foreach (var host in new[] { world.Consumer, world.Provider })
        {
            await Wait.ForAsync(async () => (await TestWorld.FindAsync(host, messageId: id)).FirstOrDefault(entry => entry.End is not null));
            (await TestWorld.FindAsync(host, messageId: id)).ShouldAllBe(entry => entry.Entry.Code == "ok");
            await Wait.ForAsync(() => host.Archive.Status.OpenRequests == 0 && host.HeldBytes == 0);
        }
    }

    private static HttpRequestMessage SoapRequest(TestWorld world, string id)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, world.Consumer.IsAddress) { Content = new StringContent(Envelopes.UnsignedText(Envelopes.Headers(id)), System.Text.Encoding.UTF8, "text/xml") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
        return request;
    }

    private static async Task CallAsync(TestWorld world, string id, CancellationToken cancellationToken)
    {
        using var client = RpcClient.Of(world);
        await using var call = client.Start<CallRequest, CallResponse>(RpcClient.Exchange("Call"));
        var request = RpcClient.GetPerson();
        request.MessageId = id;
        await call.WriteAsync(request);
        await call.CompleteAsync();
        (await call.MoveNext(CancellationToken.None).WaitAsync(cancellationToken)).ShouldBeFalse("the caller is gone before there is an answer");
    }

    private static string Padded(string base64) => base64.PadRight((base64.Length + 3) / 4 * 4, '=');

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, TestWorld world, string path, OpenContent content, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Consumer.GrpcAddress!, path)) { Version = System.Net.HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = content };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("authorization", "Bearer " + (path.Contains("Archive", StringComparison.Ordinal) ? world.Folders.AuditorKey : world.Folders.ApiKey));
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>A body that begins and never ends.</summary>
    private sealed class OpenContent(byte[] begin) : HttpContent
    {
        private readonly TaskCompletionSource sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Sent => sent.Task;

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(begin, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            sent.TrySetResult();
            await end.Task.WaitAsync(cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            end.TrySetResult();
            base.Dispose(disposing);
        }
    }

    private static void HotChange(TestWorld world, Action<JsonObject> change)
    {
        var file = world.Folders.ConsumerConfiguration;
        var json = (JsonObject)JsonNode.Parse(File.ReadAllText(file))!;
        change(json);
        File.WriteAllText(file, json.ToJsonString());
    }
}

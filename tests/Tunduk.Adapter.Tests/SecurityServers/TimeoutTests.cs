using System.Net;
using System.Net.Sockets;
using System.Text;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.SecurityServers;

/// <summary>Connect, response and total timeouts of each service, and places of each service.</summary>
public sealed class TimeoutTests
{
    private readonly TestClock clock = new();

    [Fact]
    public async Task Post_ServerIsSilent_EndsAtTheServicesResponseTimeout()
    {
        var arrived = new TaskCompletionSource();
        await using var server = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            arrived.SetResult();
            await Forever;
        });
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(server.Address), clock);
        var asking = client.PostAsync(new ServiceLimits("service") { Response = TimeSpan.FromSeconds(17) });
        await arrived.Task;

        var error = await ExpireAsync(asking, TimeSpan.FromSeconds(17));

        error.Code.ShouldBe(ExchangeCodes.SecurityServerTimeout);
        error.Expected!.ShouldContain("17 s");
        error.OutcomeUnknown.ShouldBeTrue();
    }

    [Fact]
    public async Task Post_AnswerDrips_EndsAtTheServicesTotalTimeout()
    {
        var begun = new TaskCompletionSource();
        await using var server = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx"));
            begun.SetResult();
            await Forever;
        });
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(server.Address), clock);
        var asking = client.PostAsync(new ServiceLimits("service") { Total = TimeSpan.FromSeconds(23) });
        await begun.Task;

        var error = await ExpireAsync(asking, TimeSpan.FromSeconds(23));

        error.Code.ShouldBe(ExchangeCodes.SecurityServerTimeout);
        error.Expected!.ShouldContain("an answer within");
    }

    [Fact]
    public async Task Post_TimeoutNoticedMuchTooLate_IsTheAdaptersOwnOverloadAndNothingWasSent()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            asked.TrySetResult();
            return new TaskCompletionSource<IPAddress[]>().Task;
        }

        var faults = new List<Tunduk.Adapter.Configuration.SettingFault>();
        using var client = Tunduk.Adapter.SecurityServers.SecurityServerClient.Create(SecurityServerClients.Options(new Uri("http://security-server.invalid/")), static path => path, clock, faults, accepted: null, ResolveAsync).ShouldNotBeNull();
        var asking = client.PostAsync(new ServiceLimits("service") { Connect = TimeSpan.FromSeconds(53) });
        await asked.Task.WaitAsync(Wait.Longest);
        clock.Pass(TimeSpan.FromSeconds(80));
        await Wait.ForAsync(() => clock.Expire(TimeSpan.FromSeconds(53)) > 0);

        var refusal = await asking.RefusedAsync();

        (refusal.Code, refusal.OutcomeUnknown).ShouldBe((ExchangeCodes.Overloaded, false));
        refusal.Path.ShouldBe("SecurityServer:ConnectTimeout");
    }

    [Fact]
    public async Task Post_NobodyAcceptsTheConnection_EndsAtTheServicesConnectTimeoutAndTheNextIsAsked()
    {
        // A full backlog: the kernel answers no further SYN.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        using var first = new TcpClient();
        await first.ConnectAsync((IPEndPoint)full.LocalEndPoint!);
        using var second = new TcpClient();
        _ = second.ConnectAsync((IPEndPoint)full.LocalEndPoint!);
        await using var other = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        });
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(new Uri($"http://{full.LocalEndPoint}/"), other.Address), clock);
        var asking = client.PostAsync(new ServiceLimits("service") { Connect = TimeSpan.FromSeconds(53) });

        // The first connect alone: the other server's has the same deadline.
        await Wait.ForAsync(() => clock.Expire(TimeSpan.FromSeconds(53)) > 0);

        (await asking.AnsweredAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task Post_OneServiceTakesAllItsPlaces_AnotherIsAnsweredAndTheOverflowRefused()
    {
        var open = new TaskCompletionSource();
        var slow = 0;
        await using var server = new RawServer(async (stream, number) =>
        {
            await RawServer.ReadRequestAsync(stream);
            if (number <= 2)
            {
                Interlocked.Increment(ref slow);
                await open.Task;
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
        });
        var options = SecurityServerClients.Options(server.Address);
        options.SecurityServer.MaxConnections = 4;
        options.Limits.MaxConcurrentExchanges = 4;
        using var client = SecurityServerClients.Make(options, clock);
        var limits = new ServiceLimits("slow");
        var held = new[] { client.PostAsync(limits), client.PostAsync(limits) };
        await Wait.ForAsync(() => slow == 2);
        var waiting = client.PostAsync(limits);

        var refused = await client.PostAsync(limits).RefusedAsync();
        (await client.PostAsync(new ServiceLimits("quick")).AnsweredAsync()).ShouldBe("ok");

        refused.Code.ShouldBe(ExchangeCodes.Overloaded);
        refused.OutcomeUnknown.ShouldBeFalse("nothing was sent");
        waiting.IsCompleted.ShouldBeFalse();
        open.SetResult();
        foreach (var asking in held.Append(waiting))
        {
            (await asking.AnsweredAsync()).ShouldBe("ok");
        }
    }

    [Theory]
    [InlineData("/late")]
    [InlineData("/long")]
    public async Task Send_OneServiceIsLateOrTooLong_OpensItsOwnCircuitAlone(string target)
    {
        const int Calls = 24;
        var late = 0;
        await using var server = new RawServer(async (stream, _) =>
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            var line = await reader.ReadLineAsync() ?? "";
            if (line.Contains("/late", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref late);
                await Forever;
            }

            var body = line.Contains("/long", StringComparison.Ordinal) ? new string('x', 2000) : "ok";
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        });
        var options = SecurityServerClients.Options(server.Address);
        options.Limits.MaxBody = 1024;
        clock.Stand(); // The circuit counts calls within 10 s, and is open for 5.
        using var client = SecurityServerClients.Make(options, clock);
        var limits = new ServiceLimits("odd") { Total = TimeSpan.FromSeconds(19) };
        var odd = Enumerable.Range(0, Calls).Select(_ => GetAsync(client, target, limits)).ToList();
        await Wait.ForAsync(() => odd.TrueForAll(call => call.IsCompleted) || (late == Calls && clock.ExpireRest(TimeSpan.FromSeconds(19)) > 0 && odd.TrueForAll(call => call.IsCompleted)));

        // An open circuit lets one call through every 5 s: on a slow machine the first refusal may be that one's.
        var refused = await Wait.ForAsync(async () =>
        {
            var next = GetAsync(client, target, limits);
            await Wait.ForAsync(() => next.IsCompleted || (clock.ExpireRest(TimeSpan.FromSeconds(19)) > 0 && next.IsCompleted));
            var error = await next.RefusedAsync();
            return error.Found!.Contains("none is made for 5 s", StringComparison.Ordinal) ? error : null;
        });
        (await GetAsync(client, "/quick", new ServiceLimits("quick")).AnsweredAsync()).ShouldBe("ok");

        refused.Expected!.ShouldContain("a service that answers");
        refused.OutcomeUnknown.ShouldBeFalse("nothing was sent");
    }

    [Fact]
    public async Task Post_ServerRefusesConnections_OpensTheCircuitOfAllServices()
    {
        using var dead = new DeadAddress();
        clock.Stand();
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(dead.Uri), clock);
        for (var i = 0; i < 24; i++)
        {
            await client.PostAsync(new ServiceLimits("one")).RefusedAsync();
        }

        (await client.PostAsync(new ServiceLimits("another")).RefusedAsync()).Found!.ShouldContain("none is made for 5 s");
    }

    private static Task<Outcome<Tunduk.Adapter.SecurityServers.SecurityServerReply>> GetAsync(Tunduk.Adapter.SecurityServers.SecurityServerClient client, string target, ServiceLimits limits) =>
        client.SendAsync(new Tunduk.Adapter.SecurityServers.SecurityServerRequest { Method = "GET", Target = target, Limits = limits }, CancellationToken.None);

    private static Task Forever => new TaskCompletionSource().Task;

    private async Task<ExchangeError> ExpireAsync(Task<Outcome<Tunduk.Adapter.SecurityServers.SecurityServerReply>> asking, TimeSpan due)
    {
        await Wait.ForAsync(() => asking.IsCompleted || (clock.ExpireRest(due) > 0 && asking.IsCompleted));
        return await asking.RefusedAsync();
    }
}

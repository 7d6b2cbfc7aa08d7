using System.Net;
using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Resilience;

/// <summary>An information system that cannot be reached was asked nothing; one that answers with the wrong status may have acted.</summary>
public sealed class InformationSystemTransportTests
{
    private readonly TestClock clock = new();

    [Fact]
    public async Task Post_NobodyAcceptsTheConnection_SaysThatNothingWasSent()
    {
        using var silent = new SilentPort(IPAddress.Loopback);
        using var client = new InformationSystemClient(new LimitOptions(), clock);
        var asking = PostAsync(client, silent.Address);

        await Wait.ForAsync(() => clock.Expire(InformationSystemClient.ConnectTimeout) > 0);

        Unreachable((await asking).Error, "TimedOut");
    }

    [Fact]
    public async Task Answer_NobodyAcceptsTheConnectionOfGrpc_SaysThatNothingWasSent()
    {
        using var silent = new SilentPort(IPAddress.Loopback);
        using var client = new InformationSystemClient(new LimitOptions(), clock);
        var asking = client.AnswerAsync("service", silent.Address, new AnswerRequest(), TimeSpan.FromSeconds(31), share: null, CancellationToken.None);

        await Wait.ForAsync(() => clock.Expire(InformationSystemClient.ConnectTimeout) > 0);

        Unreachable((await asking).Error, "TimedOut");
    }

    [Fact]
    public async Task Post_NameServiceSilentLongerThanTheAnswerMayTake_SaysThatNothingWasSent()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = new InformationSystemClient(new LimitOptions(), clock, (_, _) =>
        {
            asked.TrySetResult();
            return new TaskCompletionSource<IPAddress[]>().Task;
        });
        var asking = PostAsync(client, new Uri("http://register.invalid/"), TimeSpan.FromSeconds(3));
        await asked.Task.WaitAsync(Wait.Longest);

        await Wait.ForAsync(() => clock.Expire(TimeSpan.FromSeconds(3)) > 0);

        Unreachable((await asking).Error, "none within the connect timeout");
    }

    [Fact]
    public async Task Post_NameLeadsElsewhereNow_TheNextConnectionGoesThere()
    {
        await using var first = Answering("200 OK", "{\"at\":1}");
        await using var second = Answering("200 OK", "{\"at\":2}");
        var addresses = new Queue<IPAddress[]>([[IPAddress.Parse("127.0.0.1")], []]);
        using var client = new InformationSystemClient(new LimitOptions(), clock, (_, _) => Task.FromResult(addresses.Count > 0 ? addresses.Dequeue() : [IPAddress.Loopback]));

        var address = new UriBuilder(first.Address) { Host = "register.invalid" }.Uri;
        (await PostAsync(client, address)).Error.ShouldBeNull();
        Unreachable((await PostAsync(client, address)).Error, "one that does not");
        (await PostAsync(client, new UriBuilder(second.Address) { Host = "register.invalid" }.Uri)).Error.ShouldBeNull("the name has an address again");
    }

    [Theory]
    [InlineData("200 OK", null, false)]
    [InlineData("101 Switching Protocols", "information_system_broken", true)]
    [InlineData("201 Created", "information_system_broken", true)]
    [InlineData("202 Accepted", "information_system_broken", true)]
    [InlineData("204 No Content", "information_system_broken", true)]
    [InlineData("302 Found", "information_system_broken", true)]
    [InlineData("303 See Other", "information_system_broken", true)]
    [InlineData("307 Temporary Redirect", "information_system_refused", false)]
    [InlineData("404 Not Found", "information_system_refused", false)]
    [InlineData("503 Service Unavailable", "information_system_failed", true)]
    [InlineData("999 What", "information_system_broken", true)]
    public async Task Post_Status_SaysWhetherItMayHaveActed(string status, string? code, bool unknown)
    {
        await using var system = Answering(status, "{}");
        using var client = new InformationSystemClient(new LimitOptions(), clock);

        var error = (await PostAsync(client, system.Address)).Error;

        error?.Code.ShouldBe(code);
        (error is null).ShouldBe(code is null);
        if (error is not null)
        {
            error.OutcomeUnknown.ShouldBe(unknown);
            error.Found.ShouldBe("HTTP " + status[..3]);
        }
    }

    [Theory]
    [InlineData("", "the connection closed before one")]
    [InlineData("SSH-2.0-x\r\n", "bytes that are no HTTP/1.1")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "bytes that are no HTTP/1.1")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "the connection closed before its end")]
    public async Task Post_BrokenAnswer_IsNamedForWhatItIs(string answer, string found)
    {
        await using var system = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
        });
        using var client = new InformationSystemClient(new LimitOptions(), clock);

        var error = (await PostAsync(client, system.Address)).Error.ShouldNotBeNull();

        (error.Code, error.Found, error.OutcomeUnknown).ShouldBe((ExchangeCodes.InformationSystemBroken, found, true));
    }

    [Fact]
    public async Task Post_HeadersWithoutEnd_AreNamed()
    {
        await using var system = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray());
            var line = Encoding.ASCII.GetBytes($"X-A: {new string('a', 1000)}\r\n");
            while (true)
            {
                await stream.WriteAsync(line);
            }
        });
        using var client = new InformationSystemClient(new LimitOptions(), clock);

        (await PostAsync(client, system.Address)).Error.ShouldNotBeNull().Found.ShouldBe("headers longer than 64 KiB");
    }

    private static void Unreachable(ExchangeError? error, string found)
    {
        error.ShouldNotBeNull();
        (error.Code, error.Found, error.OutcomeUnknown).ShouldBe((ExchangeCodes.InformationSystemUnreachable, found, false));
    }

    private static RawServer Answering(string status, string body) => new(async (stream, _) =>
    {
        await RawServer.ReadRequestAsync(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    });

    private static Task<Outcome<ReadOnlyMemory<byte>>> PostAsync(InformationSystemClient client, Uri address, TimeSpan? timeout = null) =>
        client.PostJsonAsync("service", address, Encoding.UTF8.GetBytes("{}"), [], timeout ?? TimeSpan.FromSeconds(31), share: null, CancellationToken.None);
}

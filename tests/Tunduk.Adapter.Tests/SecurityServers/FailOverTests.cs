using System.Net.Sockets;
using System.Text;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.SecurityServers;

/// <summary>Another security server is asked only while no byte of the request was written (issue "interfaces" 5).</summary>
public sealed class FailOverTests
{
    private static readonly byte[] Ok = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    [Fact]
    public async Task Post_FirstRefusesConnections_SecondAnswers()
    {
        using var dead = new DeadAddress();
        await using var second = Answering();
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(dead.Uri, second.Address));

        (await client.PostAsync().AnsweredAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task Post_FirstNameDoesNotResolve_SecondAnswers()
    {
        await using var second = Answering();
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(new Uri("http://no-such-host.invalid/"), second.Address));

        (await client.PostAsync().AnsweredAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task Post_AllUnreachable_SaysThatNothingWasSent()
    {
        using var dead = new DeadAddress();
        using var alsoDead = new DeadAddress();
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(dead.Uri, alsoDead.Uri));

        var error = await client.PostAsync().RefusedAsync();

        error.Code.ShouldBe(ExchangeCodes.SecurityServerUnreachable);
        error.Found.ShouldBe(nameof(SocketError.ConnectionRefused));
        error.OutcomeUnknown.ShouldBeFalse();
    }

    // Often the reset is there before the HTTP client has looked at its connection: then no byte is written.
    [Fact]
    public async Task Post_ServerResetsAsItAccepts_IsNamedAndSaysWhatWasWritten()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var resetting = Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                (await listener.AcceptSocketAsync()).Close(0);
            }
        });

        for (var i = 0; i < 40; i++)
        {
            using var client = SecurityServerClients.Make(SecurityServerClients.Options(new Uri($"http://{listener.LocalEndpoint}/")));
            var error = await client.PostAsync().RefusedAsync();
            error.Code.ShouldBe(error.OutcomeUnknown ? ExchangeCodes.SecurityServerBroken : ExchangeCodes.SecurityServerUnreachable);
        }

        await resetting;
    }

    [Theory]
    [InlineData(typeof(HttpRequestException))]
    [InlineData(typeof(IOException))]
    public void SocketErrorOf_ResetInside_IsNamed(Type outer) =>
        TransportFault.SocketErrorOf((Exception)Activator.CreateInstance(outer, "x", new IOException("y", new SocketException((int)SocketError.ConnectionReset)))!).ShouldBe(SocketError.ConnectionReset);

    [Theory]
    [InlineData(true, ExchangeCodes.SecurityServerBroken)]
    [InlineData(false, ExchangeCodes.SecurityServerUnreachable)]
    public void Of_BareSocketException_GoesByWhatWasWritten(bool written, string code)
    {
        var error = SecurityServerErrors.Of(new SocketException((int)SocketError.ConnectionReset), written);

        error.Code.ShouldBe(code);
        error.OutcomeUnknown.ShouldBe(written);
        error.Found.ShouldBe(nameof(SocketError.ConnectionReset));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_FirstBreaksAfterTheRequest_SecondIsNotAsked(bool reset)
    {
        await using var first = new RawServer(async (stream, _) =>
        {
            await RawServer.ReadRequestAsync(stream);
            if (reset)
            {
                RawServer.Reset(stream);
            }
        });
        await using var second = Answering();
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(first.Address, second.Address));

        var error = await client.PostAsync().RefusedAsync();

        error.Code.ShouldBe(ExchangeCodes.SecurityServerBroken);
        error.OutcomeUnknown.ShouldBeTrue("what was written may have been executed");
        first.Connections.ShouldBe(1);
        second.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task Post_FirstBreaksAfterTheRequestOfAnIdempotentService_SecondAnswers()
    {
        await using var first = new RawServer((stream, _) => RawServer.ReadRequestAsync(stream));
        await using var second = Answering();
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(first.Address, second.Address));

        (await client.PostAsync(new ServiceLimits("service") { Idempotent = true }).AnsweredAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task Post_OnlyServerBreaksOnceForAnIdempotentService_IsAskedAgainOnce()
    {
        await using var server = new RawServer(async (stream, number) =>
        {
            await RawServer.ReadRequestAsync(stream);
            if (number == 2)
            {
                await stream.WriteAsync(Ok);
            }
        });
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(server.Address));

        (await client.PostAsync(new ServiceLimits("service") { Idempotent = true }).AnsweredAsync()).ShouldBe("ok");
        server.Connections.ShouldBe(2);
    }

    // The framework's client sends a request without a body again when a kept connection closes on it; this one must not.
    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("POST")]
    public async Task Send_KeptConnectionClosesOnTheSecondRequest_IsNotSentAgain(string method)
    {
        var requests = 0;
        await using var server = new RawServer(async (stream, number) =>
        {
            while (await RawServer.ReadRequestAsync(stream) && Interlocked.Increment(ref requests) == 1)
            {
                await stream.WriteAsync(Ok);
            }
        });
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(server.Address));
        var request = new SecurityServerRequest { Method = method, Target = "/r1/x", Limits = new ServiceLimits("service"), Content = method == "POST" ? () => new StringContent("x") : null };
        (await client.SendAsync(request, CancellationToken.None)).Error.ShouldBeNull();

        var second = (await client.SendAsync(request, CancellationToken.None)).Error.ShouldNotBeNull();

        second.Code.ShouldBe(ExchangeCodes.SecurityServerBroken);
        second.OutcomeUnknown.ShouldBeTrue();
        requests.ShouldBe(2, "the second request was read once");
    }

    [Fact]
    public async Task Send_RawPathAndQuery_ArriveAsWritten()
    {
        var line = "";
        await using var server = new RawServer(async (stream, _) =>
        {
            using var reader = new StreamReader(stream, leaveOpen: true);
            line = await reader.ReadLineAsync() ?? "";
            await stream.WriteAsync(Ok);
        });
        using var client = SecurityServerClients.Make(SecurityServerClients.Options(server.Address));

        await client.SendAsync(new SecurityServerRequest { Method = "GET", Target = "/r1/a%2Fb/%7Ec/x?q=%41&r=a+b", Limits = new ServiceLimits("service") }, CancellationToken.None);

        line.ShouldBe("GET /r1/a%2Fb/%7Ec/x?q=%41&r=a+b HTTP/1.1");
    }

    private static RawServer Answering() => new(async (stream, _) =>
    {
        while (await RawServer.ReadRequestAsync(stream))
        {
            await stream.WriteAsync(Ok);
        }
    });
}

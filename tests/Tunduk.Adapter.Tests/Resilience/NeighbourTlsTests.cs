using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox.Pki;
using Tunduk.Adapter.Tests.SecurityServers;
using Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Resilience;

/// <summary>Neighbours whose TLS changes or breaks: what broke has a name, what was not sent is said, and the next sound connection is taken without a hand.</summary>
public sealed class NeighbourTlsTests(AuthorityFixture fixture) : IClassFixture<AuthorityFixture>
{
    private const string NotTaken = "a certificate that is not taken, or bytes that are no TLS";
    private const string Closed = "the connection closed in the handshake";
    private const string Failed = "TLS failed";
    private readonly X509Certificate2 server = fixture.Authority.TlsCertificate("ss.internal").Certificate;

    [Fact]
    public async Task Post_CertificateChangesBetweenConnections_IsNamedAndTakenAgainOnceItIsPinned()
    {
        var other = fixture.Authority.TlsCertificate("ss.renewed").Certificate;
        await using var tls = new RawServer(async (stream, number) => await AnswerAsync(await HandshakeAsync(stream, number == 2 ? other : server), "ok"));
        using var client = Client(tls.Address);
        (await client.PostAsync().AnsweredAsync()).ShouldBe("ok");

        var error = await client.PostAsync().RefusedAsync();

        (error.Code, error.Found, error.OutcomeUnknown).ShouldBe((ExchangeCodes.SecurityServerUnreachable, NotTaken, false));
        (await client.PostAsync().AnsweredAsync()).ShouldBe("ok");
    }

    [Theory]
    [InlineData("close", Closed)]
    [InlineData("reset", Closed)]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", NotTaken)]
    [InlineData("\u0015\u0003\u0001\u0000\u0002\u0002\u0046", Failed)] // alert: protocol_version, as of a server of TLS 1.1
    [InlineData("\u0015\u0003\u0003\u0000\u0002\u0002\u0050", Failed)] // alert: internal_error
    public async Task Post_HandshakeBreaks_SaysHowAndThatNothingWasSent(string what, string found)
    {
        await using var tls = new RawServer(async (stream, _) =>
        {
            await stream.ReadExactlyAsync(new byte[5]);
            if (what == "reset")
            {
                RawServer.Reset(stream);
            }
            else if (what != "close")
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(what));
            }
        });
        using var client = Client(tls.Address);
        using var systems = new InformationSystemClient(new LimitOptions(), new TestClock());

        var ofServer = await client.PostAsync().RefusedAsync();
        var ofSystem = (await systems.PostJsonAsync("json", Secure(tls.Address), "{}"u8.ToArray(), [], TimeSpan.FromSeconds(31), share: null, CancellationToken.None)).Error.ShouldNotBeNull();
        var ofGrpc = (await systems.AnswerAsync("grpc", Secure(tls.Address), new AnswerRequest(), TimeSpan.FromSeconds(31), share: null, CancellationToken.None)).Error.ShouldNotBeNull();

        (ofServer.Code, ofServer.Found, ofServer.OutcomeUnknown).ShouldBe((ExchangeCodes.SecurityServerUnreachable, found, false));
        foreach (var error in new[] { ofSystem, ofGrpc })
        {
            (error.Code, error.Found, error.OutcomeUnknown).ShouldBe((ExchangeCodes.InformationSystemUnreachable, found, false));
            error.Expected.ShouldNotBeNull().ShouldStartWith("TLS 1.2 or 1.3");
        }
    }

    [Fact]
    public async Task Post_CertificateOfAnAuthorityNobodyBelieves_IsNamedForJsonAndGrpc()
    {
        await using var tls = new RawServer(async (stream, _) => await HandshakeAsync(stream, server));
        using var systems = new InformationSystemClient(new LimitOptions(), new TestClock());

        var ofSystem = (await systems.PostJsonAsync("json", Secure(tls.Address), "{}"u8.ToArray(), [], TimeSpan.FromSeconds(31), share: null, CancellationToken.None)).Error.ShouldNotBeNull();
        var ofGrpc = (await systems.AnswerAsync("grpc", Secure(tls.Address), new AnswerRequest(), TimeSpan.FromSeconds(31), share: null, CancellationToken.None)).Error.ShouldNotBeNull();

        foreach (var error in new[] { ofSystem, ofGrpc })
        {
            (error.Code, error.Found, error.OutcomeUnknown).ShouldBe((ExchangeCodes.InformationSystemUnreachable, NotTaken, false));
        }
    }

    [Theory]
    [InlineData("-tls1_2", ExchangeCodes.SecurityServerUnreachable)]
    [InlineData("-tls1_3", ExchangeCodes.SecurityServerBroken)] // the handshake is over for us before the server looks at ours
    public async Task Post_ServerRefusesOurCertificate_IsNamedAsTls(string version, string code)
    {
        // OpenSSL's own server: that of the framework ends the connection without an alert.
        var ours = fixture.Authority.TlsCertificate("ss.internal");
        using var tls = Process.Start(new ProcessStartInfo(
            "openssl", ["s_server", "-accept", "127.0.0.1:0", "-naccept", "1", version, "-cert", ours.CertificatePath, "-key", ours.KeyPath, "-Verify", "1", "-verify_return_error", "-no-CAfile", "-no-CApath", "-no-CAstore"])
        { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        try
        {
            string? line;
            while ((line = await tls.StandardOutput.ReadLineAsync()) is not null && !line.StartsWith("ACCEPT ", StringComparison.Ordinal))
            {
                // What it says of itself before it listens.
            }

            using var client = Client(new Uri($"http://{line.ShouldNotBeNull()["ACCEPT ".Length..]}/"), ours.Certificate);

            var error = await client.PostAsync().RefusedAsync();

            error.Code.ShouldBe(code, error.Found);
            error.OutcomeUnknown.ShouldBe(code == ExchangeCodes.SecurityServerBroken);
            error.Found.ShouldNotBeNull().ShouldContain("TLS", customMessage: "a certificate of ours that has expired is looked for in TLS, not in the network");
        }
        finally
        {
            tls.Kill();
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("")]
    public async Task Post_ClosedWithoutANotice_IsBrokenAndRecovers(string answer)
    {
        await using var tls = new RawServer(async (stream, number) =>
        {
            var secure = await HandshakeAsync(stream, server);
            if (number == 1)
            {
                await secure.ReadExactlyAsync(new byte[5]);
                await secure.WriteAsync(Encoding.ASCII.GetBytes(answer));
                return; // the socket closes below TLS
            }

            await AnswerAsync(secure, "ok");
        });
        using var client = Client(tls.Address);

        var error = await client.PostAsync().RefusedAsync();

        (error.Code, error.OutcomeUnknown).ShouldBe((ExchangeCodes.SecurityServerBroken, true));
        (await client.PostAsync().AnsweredAsync()).ShouldBe("ok");
    }

    [Fact]
    public async Task Post_BytesThatAreNoTlsInAnAnswer_AreBrokenAndNamed()
    {
        await using var tls = new RawServer(async (stream, _) =>
        {
            var secure = await HandshakeAsync(stream, server);
            await secure.ReadExactlyAsync(new byte[5]);
            await secure.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"u8.ToArray());
            await stream.WriteAsync("\u0015\u0003\u0003\0\u0002\u0002\u0014 and what was never encrypted"u8.ToArray());
        });
        using var client = Client(tls.Address);

        var error = await client.PostAsync().RefusedAsync();

        (error.Code, error.OutcomeUnknown).ShouldBe((ExchangeCodes.SecurityServerBroken, true));
        error.Found.ShouldNotBeNull().ShouldContain("TLS");
    }

    [Fact]
    public void OfConnect_NoHttp2Offered_IsNamed() =>
        TransportFault.OfConnect(new HttpRequestException(HttpRequestError.VersionNegotiationError)).ShouldBe(new TransportFault("HTTP/2", "a neighbour that does not offer it"));

    private static Uri Secure(Uri address) => new UriBuilder(address) { Scheme = "https" }.Uri;

    private static async Task<SslStream> HandshakeAsync(NetworkStream stream, X509Certificate2 certificate)
    {
        var tls = new SslStream(stream);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = static (_, _, _, _) => true,
            });
            return tls;
        }
        catch (AuthenticationException exception)
        {
            throw new IOException(null, exception);
        }
    }

    private static async Task AnswerAsync(SslStream tls, string body)
    {
        await tls.ReadExactlyAsync(new byte[5]);
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
        await tls.ShutdownAsync();
    }

    private SecurityServerClient Client(Uri address, X509Certificate2? pinned = null)
    {
        var own = fixture.Authority.TlsCertificate("adapter.tls");
        var options = SecurityServerClients.Options(Secure(address));
        options.SecurityServer.ServerCertificates = [TestKeys.Sha256(pinned ?? server)];
        options.SecurityServer.ClientCertificate = own.CertificatePath;
        options.SecurityServer.ClientCertificateKey = own.KeyPath;
        return SecurityServerClients.Make(options);
    }
}

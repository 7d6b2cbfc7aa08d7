using System.Security.Cryptography.X509Certificates;
using System.Text;
using Shouldly;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Tests.Sandbox.Pki;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

/// <summary>facts/xroad.md §5: how information systems and security servers know each other.</summary>
public sealed class TlsTests(AuthorityFixture fixture) : IClassFixture<AuthorityFixture>
{
    private readonly X509Certificate2 _server = fixture.Authority.TlsCertificate("ss.tls").Certificate;
    private readonly X509Certificate2 _client = fixture.Authority.TlsCertificate("client.tls").Certificate;
    private readonly X509Certificate2 _other = fixture.Authority.TlsCertificate("other.tls").Certificate;

    [Theory]
    [InlineData("Http", true, true)]
    [InlineData("HttpsNoAuth", false, true)]
    [InlineData("Https", false, false)]
    public async Task Client_WithoutCertificate_IsAcceptedAsRegistered(string mode, bool plain, bool https)
    {
        await using World world = await StartAsync(Enum.Parse<ClientConnection>(mode));
        (await PostAsync(world.Pair.Consumer.Address, null)).Contains("ssl_authentication_failed", StringComparison.Ordinal).ShouldBe(!plain);
        (await PostAsync(world.Pair.Consumer.HttpsAddress!, null)).Contains("ssl_authentication_failed", StringComparison.Ordinal).ShouldBe(!https);
    }

    [Fact]
    public async Task Client_WithCertificate_MustBeTheRegisteredOne()
    {
        await using World world = await StartAsync(ClientConnection.Https);
        (await PostAsync(world.Pair.Consumer.HttpsAddress!, _client)).ShouldNotContain("faultcode");
        Soap.FaultCode(await PostAsync(world.Pair.Consumer.HttpsAddress!, _other)).ShouldBe("server.clientproxy.ssl_authentication_failed");
    }

    [Fact]
    public async Task Provider_Https_CertificateIsPinnedAndOursIsOffered()
    {
        X509Certificate2? offered = null;
        await using SandboxListener provider = await SandboxListener.StartAsync(
            [new SandboxEndpoint(0, _other)],
            async context =>
            {
                offered = context.Connection.ClientCertificate;
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                await ProviderDouble.WriteAsync(context, Soap.AnswerTo(Encoding.UTF8.GetString(body.ToArray())));
            },
            CancellationToken.None);
        await using World world = await World.StartAsync(new SecurityServerPairOptions
        {
            InternalCertificate = _server,
            ProviderCertificates = [_client],
        });
        ServiceRegistration service = world.Pair.Provider.Service(SandboxNames.GetPerson);
        service.Url = provider.Addresses[0];
        Soap.FaultCode(await world.CallAsync(Soap.Request())).ShouldBe("server.serverproxy.service_failed.ssl_authentication_failed");
        service.VerifyTlsCertificate = false;
        (await world.CallAsync(Soap.Request())).ShouldNotContain("faultcode");
        offered!.Thumbprint.ShouldBe(_server.Thumbprint);
    }

    private Task<World> StartAsync(ClientConnection connection) => World.StartAsync(new SecurityServerPairOptions
    {
        InternalCertificate = _server,
        ConsumerHttpsPort = 0,
        ConsumerConnection = connection,
        ConsumerCertificates = [_client],
    });

    private async Task<string> PostAsync(Uri address, X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, offered, _, _) =>
            offered!.GetRawCertData().AsSpan().SequenceEqual(_server.RawDataMemory.Span);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        using var http = new HttpClient(handler);
        using var content = new StringContent(Soap.Request(), Encoding.UTF8, "text/xml");
        using HttpResponseMessage response = await http.PostAsync(address, content);
        return await response.Content.ReadAsStringAsync();
    }
}

using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Sandbox.Pki;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary><c>Listen:SecurityServer</c> under https: only the security server's pinned internal certificate gets in.</summary>
public sealed class SecurityServerPinTests(AuthorityFixture fixture) : IClassFixture<AuthorityFixture>
{
    private readonly SandboxCertificate adapter = fixture.Authority.TlsCertificate("adapter.listener");
    private readonly SandboxCertificate server = fixture.Authority.TlsCertificate("ss.internal");
    private readonly SandboxCertificate stranger = fixture.Authority.TlsCertificate("stranger");

    [Fact]
    public async Task Connect_PinnedCertificate_IsHeard()
    {
        await using var world = await StartAsync();

        (await PostAsync(world, server.Certificate, SslProtocols.None)).ShouldBe(HttpStatusCode.InternalServerError, "a SOAP fault: the message is no message");
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Connect_EitherVersion_IsHeard(SslProtocols version)
    {
        await using var world = await StartAsync();

        (await PostAsync(world, server.Certificate, version)).ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_AnotherCertificateOfTheSameAuthorityOrNone_IsNotHeard(bool another)
    {
        await using var world = await StartAsync();

        await Should.ThrowAsync<HttpRequestException>(() => PostAsync(world, another ? stranger.Certificate : null, SslProtocols.None));
    }

    private Task<TestWorld> StartAsync() => TestWorld.StartAsync(new TestWorldOptions
    {
        WithConsumer = false,
        Provider = options =>
        {
            options["Listen"]!["SecurityServer"] = new JsonObject
            {
                ["Address"] = "https://127.0.0.1:0",
                ["Certificate"] = adapter.CertificatePath,
                ["CertificateKey"] = adapter.KeyPath,
                ["ClientCertificates"] = new JsonArray(new string('0', 64), TestKeys.Sha256(server.Certificate)),
            };
            options["Listen"]!["AllowSecurityServerUnauthenticated"] = false;
        },
    });

    private async Task<HttpStatusCode> PostAsync(TestWorld world, X509Certificate2? certificate, SslProtocols version)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.EnabledSslProtocols = version;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetRawCertData().AsSpan().SequenceEqual(adapter.Certificate.RawDataMemory.Span);
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        using var http = new HttpClient(handler);
        using var content = new StringContent("no message", System.Text.Encoding.UTF8, "text/xml");
        using var response = await http.PostAsync(new Uri(world.Provider.SecurityServerAddress!, "soap"), content);
        return response.StatusCode;
    }
}

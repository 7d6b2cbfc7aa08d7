using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Shouldly;
using Tunduk.Adapter.Sandbox.Pki;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.Pki;

public sealed class AuthorityServerTests(AuthorityFixture fixture) : IClassFixture<AuthorityFixture>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly DevelopmentAuthority _authority = fixture.Authority;
    private readonly SandboxCertificate _signing = fixture.Signing;
    private AuthorityServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await AuthorityServer.StartAsync(_authority, 0, TimeProvider.System, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("-sha1")]
    [InlineData("-sha256")]
    public async Task Ocsp_GoodCertificate_OpensslSaysGood(string digest)
    {
        (int code, string output) = await OcspAsync(digest);
        output.ShouldContain("Response verify OK");
        output.ShouldContain(_signing.CertificatePath + ": good");
        output.ShouldNotContain("WARNING");
        code.ShouldBe(0);
    }

    [Fact]
    public async Task Ocsp_RevokedCertificate_OpensslSaysRevoked()
    {
        SandboxCertificate revoked = _authority.TlsCertificate("revoked-1");
        _authority.Revoke(revoked.Certificate, RevocationReason.KeyCompromise);
        (_, string output) = await OcspAsync("-sha256", revoked);
        output.ShouldContain("Response verify OK");
        output.ShouldContain(": revoked");
        output.ShouldContain("Reason: keyCompromise");
    }

    [Fact]
    public async Task Ocsp_SerialNeverIssued_OpensslSaysUnknown()
    {
        (_, string output) = await Tool.RunAsync(
            "openssl", "ocsp", "-issuer", _authority.Root.CertificatePath, "-serial", "0x123456", "-url", _server.OcspAddress.AbsoluteUri,
            "-CAfile", _authority.Root.CertificatePath);
        output.ShouldContain("Response verify OK");
        output.ShouldContain(": unknown");
    }

    [Theory]
    [InlineData("TryLater", "trylater")]
    [InlineData("InternalError", "internalerror")]
    [InlineData("Garbage", "Error querying OCSP responder")]
    [InlineData("NoNonce", "WARNING: no nonce in response")]
    [InlineData("WrongNonce", "Nonce Verify error")]
    [InlineData("WrongSignature", "Response Verify Failure")]
    [InlineData("Stale", "Status times invalid")]
    [InlineData("WrongCertificate", "ERROR: No Status found")]
    [InlineData("WrongResponder", "Response Verify Failure")]
    public async Task Ocsp_FaultOnDemand_OpensslRefuses(string fault, string complaint)
    {
        _server.Ocsp.Fault = Enum.Parse<OcspFault>(fault);
        (_, string output) = await OcspAsync("-sha256");
        output.ShouldContain(complaint, Case.Insensitive);
    }

    [Fact]
    public async Task Ocsp_NoDer_AnswersMalformedRequest()
    {
        using var content = new ByteArrayContent([1, 2, 3]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        using HttpResponseMessage response = await _http.PostAsync(_server.OcspAddress, content);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe([0x30, 0x03, 0x0A, 0x01, 0x01]);
    }

    [Fact]
    public async Task Ocsp_WrongContentTypeOrTooLarge_IsRefused()
    {
        using var text = new StringContent("x");
        using HttpResponseMessage wrongType = await _http.PostAsync(_server.OcspAddress, text);
        wrongType.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        using var large = new ByteArrayContent(new byte[70_000]);
        large.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
        using HttpResponseMessage tooLarge = await _http.PostAsync(_server.OcspAddress, large);
        tooLarge.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Crl_AfterRevocation_OpensslRefusesTheCertificate()
    {
        SandboxCertificate revoked = _authority.TlsCertificate("revoked-2");
        _authority.Revoke(revoked.Certificate, RevocationReason.Superseded);
        await File.WriteAllBytesAsync(_folder["crl.der"], await _http.GetByteArrayAsync(_server.CrlAddress));
        (await Tool.RunAsync("openssl", "crl", "-inform", "DER", "-in", _folder["crl.der"], "-out", _folder["crl.pem"])).Code.ShouldBe(0);
        (await Tool.RunAsync("openssl", "verify", "-crl_check", "-CRLfile", _folder["crl.pem"], "-CAfile", _authority.Root.CertificatePath,
            revoked.CertificatePath)).Output.ShouldContain("certificate revoked");
        (await Tool.RunAsync("openssl", "verify", "-crl_check", "-CRLfile", _folder["crl.pem"], "-CAfile", _authority.Root.CertificatePath,
            _authority.Ocsp.CertificatePath)).Output.ShouldContain(": OK");
    }

    [Theory]
    [InlineData("-sha256")]
    [InlineData("-sha384")]
    [InlineData("-sha512")]
    public async Task Tsa_Request_OpensslVerifiesTheToken(string digest)
    {
        (int code, string output) = await TimeStampAsync(digest);
        output.ShouldContain("Verification: OK");
        code.ShouldBe(0);
    }

    [Theory]
    [InlineData("NoNonce")]
    [InlineData("WrongNonce")]
    [InlineData("WrongImprint")]
    [InlineData("WrongSigner")]
    [InlineData("Rejection")]
    [InlineData("Garbage")]
    public async Task Tsa_FaultOnDemand_OpensslRefuses(string fault)
    {
        _server.Tsa.Fault = Enum.Parse<TimeStampFault>(fault);
        (_, string output) = await TimeStampAsync("-sha256");
        output.ShouldNotContain("Verification: OK");
    }

    [Fact]
    public async Task Tsa_WrongTime_TokenIsADayOld()
    {
        _server.Tsa.Fault = TimeStampFault.WrongTime;
        Rfc3161TimestampRequest request = Rfc3161TimestampRequest.CreateFromHash(SHA256.HashData("x"u8), HashAlgorithmName.SHA256);
        Rfc3161TimestampToken token = request.ProcessResponse(_server.Tsa.Respond(request.Encode()), out _);
        (TimeProvider.System.GetUtcNow() - token.TokenInfo.Timestamp).ShouldBeGreaterThan(TimeSpan.FromHours(23));
    }

    [Fact]
    public void Tsa_Token_BindsItsSigner()
    {
        Rfc3161TimestampRequest request = Rfc3161TimestampRequest.CreateFromHash(
            SHA256.HashData("x"u8), HashAlgorithmName.SHA256, nonce: new byte[] { 5, 6, 7 }, requestSignerCertificates: true);
        Rfc3161TimestampToken token = request.ProcessResponse(_server.Tsa.Respond(request.Encode()), out int consumed);
        consumed.ShouldBeGreaterThan(0);
        token.VerifySignatureForHash(SHA256.HashData("x"u8), HashAlgorithmName.SHA256, out X509Certificate2? signer).ShouldBeTrue();
        signer.Thumbprint.ShouldBe(_authority.Tsa.Certificate.Thumbprint);
        token.TokenInfo.PolicyId.Value.ShouldBe(TimeStampAuthority.PolicyOid);
    }

    [Fact]
    public void Tsa_UnknownPolicyOrDigest_IsRejected()
    {
        Rfc3161TimestampRequest policy = Rfc3161TimestampRequest.CreateFromHash(
            SHA256.HashData("x"u8), HashAlgorithmName.SHA256, new Oid("1.2.3.4"));
        Should.Throw<CryptographicException>(() => policy.ProcessResponse(_server.Tsa.Respond(policy.Encode()), out _));
        Rfc3161TimestampRequest digest = Rfc3161TimestampRequest.CreateFromHash(new byte[20], new Oid("1.3.14.3.2.26"));
        Should.Throw<CryptographicException>(() => digest.ProcessResponse(_server.Tsa.Respond(digest.Encode()), out _));
    }

    private Task<(int Code, string Output)> OcspAsync(string digest, SandboxCertificate? certificate = null) => Tool.RunAsync(
        "openssl", "ocsp", digest, "-issuer", _authority.Root.CertificatePath, "-cert", (certificate ?? _signing).CertificatePath,
        "-url", _server.OcspAddress.AbsoluteUri, "-CAfile", _authority.Root.CertificatePath);

    private async Task<(int Code, string Output)> TimeStampAsync(string digest)
    {
        await File.WriteAllTextAsync(_folder["data"], "checkpoint");
        (await Tool.RunAsync("openssl", "ts", "-query", "-data", _folder["data"], digest, "-cert", "-out", _folder["q.tsq"])).Code.ShouldBe(0);
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(_folder["q.tsq"]));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
        using HttpResponseMessage response = await _http.PostAsync(_server.TsaAddress, content);
        await File.WriteAllBytesAsync(_folder["r.tsr"], await response.Content.ReadAsByteArrayAsync());
        return await Tool.RunAsync(
            "openssl", "ts", "-verify", "-queryfile", _folder["q.tsq"], "-in", _folder["r.tsr"], "-CAfile", _authority.Root.CertificatePath);
    }
}

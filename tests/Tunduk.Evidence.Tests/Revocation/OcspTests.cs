using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Shouldly;
using Tunduk.Evidence.Revocation;
using Xunit;

namespace Tunduk.Evidence.Tests.Revocation;

/// <summary>Requests read and responses made by <c>openssl ocsp</c>.</summary>
public sealed class OcspTests : IDisposable
{
    private const string ForOcsp = "1.3.6.1.5.5.7.3.9";
    private static readonly byte[] Nonce = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
    private static readonly RSA LeafKey = TestAuthority.KeyOf("leaf");
    private readonly TestAuthority authority = new();
    private readonly X509Certificate2 leaf;
    private readonly X509Certificate2 revoked;
    private readonly DateTimeOffset since = new(TestAuthority.Now.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero);

    public OcspTests()
    {
        leaf = authority.Issue(1, LeafKey);
        revoked = authority.Issue(2, LeafKey);
        authority.List((leaf, null), (revoked, since.AddDays(-1)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verify_IssuerAnswers_GoodRevokedAndUnknown(bool useSha1)
    {
        RevocationAnswer good = Ask(leaf, useSha1: useSha1);
        (good.Fault, good.Status, good.CodeName).ShouldBe((RevocationFault.None, RevocationStatus.Good, ""));
        good.NextUpdate.ShouldNotBeNull();
        good.Responder.ShouldBeNull();

        RevocationAnswer bad = Ask(revoked, useSha1: useSha1);
        (bad.Status, bad.RevokedAt, bad.Reason).ShouldBe((RevocationStatus.Revoked, since.AddDays(-1), X509RevocationReason.KeyCompromise));
        bad.IsRevokedAt(since.AddDays(-2)).ShouldBeFalse();
        bad.IsRevokedAt(since).ShouldBeTrue();
        Ask(authority.Issue(3, LeafKey), useSha1: useSha1).Status.ShouldBe(RevocationStatus.Unknown);
    }

    [Fact]
    public void Verify_DelegatedResponder_GoodAndNamed()
    {
        RSA key = TestAuthority.KeyOf("responder");
        X509Certificate2 responder = authority.Issue(9, key, "CN=ocsp", ForOcsp);
        authority.Write("ocsp", responder, key);
        RevocationAnswer answer = Ask(leaf, "ocsp");
        (answer.Fault, answer.Status).ShouldBe((RevocationFault.None, RevocationStatus.Good));
        answer.Responder!.Thumbprint.ShouldBe(responder.Thumbprint);
        Ask(leaf, "ocsp", extra: "-resp_key_id").Fault.ShouldBe(RevocationFault.None);
    }

    [Fact]
    public void Verify_ResponderWithoutUsageOrExpiredOrOfAnother_Refused()
    {
        RSA key = TestAuthority.KeyOf("responder");
        authority.Write("plain", authority.Issue(9, key, "CN=ocsp"), key);
        Ask(leaf, "plain").Fault.ShouldBe(RevocationFault.KeyUsage);
        authority.Write("old", authority.Issue(9, key, "CN=ocsp", ForOcsp, until: TestAuthority.Now.AddDays(-1)), key);
        Ask(leaf, "old").Fault.ShouldBe(RevocationFault.ResponderPeriod);

        // Another authority of the same name: its responder has the right usage and the wrong signature on its certificate.
        using var other = new TestAuthority(key: "other");
        authority.Write("other", other.Issue(9, key, "CN=ocsp", ForOcsp), key);
        Ask(leaf, "other").Fault.ShouldBe(RevocationFault.WrongIssuer);
        authority.Write("same-name", other.Certificate, other.Key);
        Ask(leaf, "same-name").Fault.ShouldBe(RevocationFault.WrongIssuer);
    }

    [Fact]
    public void Verify_Nonce_DiffersMissingAndStapled()
    {
        byte[] response = Respond(leaf, Nonce);
        Verify(response, leaf, Nonce).Fault.ShouldBe(RevocationFault.None);
        Verify(response, leaf, [1, 2, 3]).CodeName.ShouldBe("ocsp_nonce_differs");
        Verify(response, leaf, []).Fault.ShouldBe(RevocationFault.None);
        byte[] without = Respond(leaf, []);
        Verify(without, leaf, Nonce).Fault.ShouldBe(RevocationFault.None);
        OcspResponse.Verify(without, Check(leaf) with { Nonce = Nonce, NonceRequired = true }).Fault.ShouldBe(RevocationFault.NonceMissing);
    }

    [Fact]
    public void Verify_TimeAndCertificateAndSignature_Refused()
    {
        byte[] response = Respond(leaf, Nonce);
        RevocationAnswer stale = OcspResponse.Verify(response, Check(leaf) with { Now = TestAuthority.Now.AddDays(8) });
        (stale.Fault, stale.Status).ShouldBe((RevocationFault.Stale, RevocationStatus.NoAnswer));
        stale.SkewSeconds!.Value.ShouldBeInRange(86_000, 87_000);
        OcspResponse.Verify(response, Check(leaf) with { Now = TestAuthority.Now.AddHours(-1) }).Fault.ShouldBe(RevocationFault.NotYetValid);
        Verify(response, revoked, Nonce).Fault.ShouldBe(RevocationFault.OtherCertificate);
        OcspResponse.Verify(Respond(leaf, [], days: null), Check(leaf) with { Now = TestAuthority.Now.AddHours(2) }).Fault.ShouldBe(RevocationFault.Stale);

        byte[] flipped = Respond(leaf, [], extra: "-resp_no_certs");
        flipped[^1] ^= 1;
        Verify(flipped, leaf, []).Fault.ShouldBe(RevocationFault.Signature);
    }

    [Theory]
    [InlineData(1, "ocsp_malformed_request")]
    [InlineData(2, "ocsp_internal_error")]
    [InlineData(3, "ocsp_try_later")]
    [InlineData(4, "ocsp_unknown_response")]
    [InlineData(5, "ocsp_signature_required")]
    [InlineData(6, "ocsp_unauthorized")]
    public void Verify_ResponderRefuses_ItsCode(byte status, string code) =>
        Verify([0x30, 0x03, 0x0A, 0x01, status], leaf, []).CodeName.ShouldBe(code);

    [Fact]
    public void Verify_BrokenBytes_NeverThrows()
    {
        byte[] response = Respond(leaf, Nonce);
        for (int i = 0; i < response.Length; i += 7)
        {
            byte[] broken = [.. response];
            broken[i] ^= 0x21;
            RevocationAnswer answer = Verify(broken, leaf, Nonce);
            (answer.Fault != RevocationFault.None || i > response.Length / 3).ShouldBeTrue($"offset {i}");
            Verify(response[..i], leaf, Nonce).Fault.ShouldNotBe(RevocationFault.None);
        }

        Verify([.. response, 0], leaf, Nonce).Fault.ShouldBe(RevocationFault.Malformed);
        Verify(new byte[OcspResponse.MaximumLength + 1], leaf, Nonce).Fault.ShouldBe(RevocationFault.TooLarge);
    }

    public void Dispose() => authority.Dispose();

    private OcspCheck Check(X509Certificate2 certificate) =>
        new() { Certificate = certificate, Issuer = authority.Certificate, Now = TestAuthority.Now };

    private RevocationAnswer Verify(byte[] response, X509Certificate2 certificate, byte[] nonce) =>
        OcspResponse.Verify(response, Check(certificate) with { Nonce = nonce });

    private RevocationAnswer Ask(X509Certificate2 certificate, string signer = "ca", bool useSha1 = false, string? extra = null) =>
        Verify(Respond(certificate, Nonce, signer, useSha1, extra: extra), certificate, Nonce);

    private byte[] Respond(
        X509Certificate2 certificate, byte[] nonce, string signer = "ca", bool useSha1 = false, int? days = 7, string? extra = null)
    {
        OcspRequest request = OcspRequest.Create(certificate, authority.Certificate, nonce, useSha1);
        File.WriteAllBytes(authority.At("request.der"), request.Encoded.ToArray());
        TestAuthority.Run(
        [
            "ocsp", "-index", authority.At("index.txt"), "-CA", authority.At("ca.pem"), "-rsigner", authority.At(signer + ".pem"),
            "-rkey", authority.At(signer + ".key"), "-reqin", authority.At("request.der"), "-respout", authority.At("response.der"),
            .. days is { } count ? (string[])["-ndays", $"{count}"] : [], .. extra is null ? (string[])[] : [extra],
        ]);
        return File.ReadAllBytes(authority.At("response.der"));
    }
}

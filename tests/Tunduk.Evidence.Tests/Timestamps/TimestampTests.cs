using System.Security.Cryptography;
using Shouldly;
using Tunduk.Evidence.Tests.Revocation;
using Tunduk.Evidence.Tests.Soap;
using Tunduk.Evidence.Timestamps;
using Xunit;

namespace Tunduk.Evidence.Tests.Timestamps;

/// <summary>Requests read, tokens made and verified by <c>openssl ts</c>.</summary>
public sealed class TimestampTests : IDisposable
{
    private const string Policy = "1.2.3.4.1";
    private const string ForStamping = "1.3.6.1.5.5.7.3.8";
    private static readonly byte[] Data = "checkpoint"u8.ToArray();
    private static readonly byte[] Digest = SHA256.HashData(Data);
    private static readonly byte[] Nonce = [0x91, 2, 3, 4, 5, 6, 7, 8];
    private static readonly RSA Key = TestAuthority.KeyOf("leaf");
    private readonly TestAuthority authority = new();
    private readonly DateTimeOffset begun = Now;

    public TimestampTests()
    {
        authority.Write("tsa", authority.Issue(7, Key, "CN=tsa", ForStamping), Key);
        File.WriteAllText(authority.At("serial"), "01\n");
        Configure("secs:1");
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public void VerifyResponse_TokenOfTheForeignTool_Valid()
    {
        TimestampRequest request = TimestampRequest.Create(Digest, Nonce, Policy);
        DateTimeOffset before = Now;
        TimestampVerification result = TimestampVerifier.VerifyResponse(Stamp(request), request, Trust(), before, Now);
        result.CodeName.ShouldBeEmpty();
        result.Time.ShouldBe(before, TimeSpan.FromMinutes(5));
        (result.Policy, result.Accuracy).ShouldBe((Policy, TimeSpan.FromSeconds(1)));
        result.Authority!.Subject.ShouldBe("CN=tsa");

        // The stored token is what the tool verifies, and what is verified years later.
        File.WriteAllBytes(authority.At("token.der"), result.Token.ToArray());
        File.WriteAllBytes(authority.At("data"), Data);
        TestAuthority.Run("ts", "-verify", "-data", authority.At("data"), "-in", authority.At("token.der"), "-token_in", "-CAfile", authority.At("ca.pem"));
        TimestampVerifier.VerifyToken(result.Token, Digest, Trust(), Now.AddYears(5)).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void VerifyResponse_OtherDigestNoncePolicyTimeOrAnchor_ItsCode()
    {
        TimestampRequest request = TimestampRequest.Create(Digest, Nonce);
        byte[] response = Stamp(request);
        Fault(response, TimestampRequest.Create(SHA256.HashData(Nonce), Nonce)).ShouldBe(TimestampFault.Imprint);
        Fault(response, TimestampRequest.Create(Digest, new byte[8])).ShouldBe(TimestampFault.Nonce);
        Fault(response, TimestampRequest.Create(Digest, Nonce, "1.2.3.4.2")).ShouldBe(TimestampFault.Policy);
        Fault(response, request, Trust() with { Policies = ["1.2.3.4.9"] }).ShouldBe(TimestampFault.Policy);
        Fault(response, request, Trust() with { MaximumAccuracy = TimeSpan.FromMilliseconds(10) }).ShouldBe(TimestampFault.Accuracy);
        Fault(response, request, Trust() with { Anchors = [] }).ShouldBe(TimestampFault.Untrusted);
        using var other = new TestAuthority(key: "other");
        Fault(response, request, Trust() with { Anchors = [other.Certificate] }).ShouldBe(TimestampFault.Untrusted);
        TimestampVerifier.VerifyResponse(response, request, Trust(), Now.AddHours(1), Now).Fault.ShouldBe(TimestampFault.BeforeRequest);
        TimestampVerification early = TimestampVerifier.VerifyResponse(response, request, Trust(), Now.AddHours(-1), Now.AddHours(-1));
        early.CodeName.ShouldBe("timestamp_in_future");
        early.SkewSeconds!.Value.ShouldBeInRange(3_500, 3_700);
    }

    [Fact]
    public void VerifyResponse_AuthorityRefuses_Code()
    {
        TimestampRequest request = TimestampRequest.Create(Digest, Nonce, "1.2.3.4.99");
        Fault(Stamp(request), request).ShouldBe(TimestampFault.RefusedPolicy);
        Fault([0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x03], request).ShouldBe(TimestampFault.Refused);
        Fault([0x30, 0x0A, 0x30, 0x08, 0x02, 0x01, 0x02, 0x03, 0x03, 0x01, 0x00, 0x02], request).ShouldBe(TimestampFault.RefusedTimeNotAvailable);
        Fault([], request).ShouldBe(TimestampFault.Malformed);
        Fault(new byte[TimestampVerifier.MaximumLength + 1], request).ShouldBe(TimestampFault.TooLarge);
    }

    [Fact]
    public void VerifyResponse_BrokenBytes_NeverThrowsNeverValid()
    {
        TimestampRequest request = TimestampRequest.Create(Digest, Nonce);
        byte[] response = Stamp(request);
        int valid = 0;
        for (int i = 0; i < response.Length; i += 11)
        {
            byte[] broken = [.. response];
            broken[i] ^= 0x41;
            valid += Fault(broken, request) == TimestampFault.None ? 1 : 0;
            Fault(response[..i], request).ShouldNotBe(TimestampFault.None);
        }

        // Only what the signature does not cover may change: certificates beside the signer's, the response's status text.
        valid.ShouldBeLessThan(3);
    }

    [Fact]
    public void VerifyToken_ResponseWithoutCertificate_NeedsAConfiguredOne()
    {
        TimestampRequest request = TimestampRequest.Create(Digest, Nonce);
        TimestampVerification result = TimestampVerifier.VerifyResponse(Stamp(request), request, Trust(), Now, Now);
        result.IsValid.ShouldBeTrue();
        TimestampVerifier.VerifyToken(result.Token, SHA256.HashData(Nonce), Trust(), Now).Fault.ShouldBe(TimestampFault.Imprint);
        TimestampVerifier.VerifyToken(result.Token, Digest, new TimestampTrust { Anchors = [result.Authority!] }, Now).IsValid.ShouldBeTrue();
    }

    public void Dispose() => authority.Dispose();

    private TimestampTrust Trust() => new() { Anchors = [authority.Certificate] };

    private TimestampFault Fault(byte[] response, TimestampRequest request, TimestampTrust? trust = null) =>
        TimestampVerifier.VerifyResponse(response, request, trust ?? Trust(), begun, Now).Fault;

    private void Configure(string accuracy) => File.WriteAllText(authority.At("tsa.cnf"), $"""
        [tsa]
        default_tsa=t
        [t]
        serial={authority.At("serial")}
        signer_cert={authority.At("tsa.pem")}
        signer_key={authority.At("tsa.key")}
        signer_digest=sha256
        default_policy={Policy}
        other_policies=1.2.3.4.2
        digests=sha256,sha512
        accuracy={accuracy}
        """);

    private byte[] Stamp(TimestampRequest request)
    {
        File.WriteAllBytes(authority.At("query.der"), request.Encoded.ToArray());
        ForeignTool.Run(
            TestAuthority.Openssl, "ts", "-reply", "-config", authority.At("tsa.cnf"), "-queryfile", authority.At("query.der"), "-out", authority.At("reply.der"));
        return File.ReadAllBytes(authority.At("reply.der"));
    }
}

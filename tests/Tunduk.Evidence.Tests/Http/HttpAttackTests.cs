using System.Security.Cryptography.X509Certificates;
using Shouldly;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Tests.Soap;
using Tunduk.Evidence.Trust;
using Xunit;
using static Tunduk.Evidence.Tests.Http.RestMessages;

namespace Tunduk.Evidence.Tests.Http;

/// <summary>Hostile requests by name, each with the one code it must get.</summary>
public sealed class HttpAttackTests
{
    private static readonly RestRequest Good = Sign(Request());

    private static readonly Dictionary<string, (RestRequest Request, HttpVerificationCode Code)> Corpus = new()
    {
        ["signature field doubled"] = (Good with { Headers = [.. Good.Headers, .. Good.Headers.Where(f => f.Name == "signature")] }, HttpVerificationCode.LabelRepeated),
        ["input label doubled"] = (Edit(Good, "signature-input", text => text + ", " + text), HttpVerificationCode.LabelRepeated),
        ["signature without input"] = (With(Good, "signature-input", null), HttpVerificationCode.SignatureInputMissing),
        ["input without signature"] = (With(Good, "signature", null), HttpVerificationCode.SignatureMissing),
        ["label of responses"] = (Edit(Edit(Good, "signature", Relabel), "signature-input", Relabel), HttpVerificationCode.LabelUnexpected),
        ["tag under another label"] = (Edit(Good, "signature-input", text => text.Replace("tunduk-request", "mine")), HttpVerificationCode.LabelUnexpected),
        ["signature no dictionary"] = (With(Good, "signature", "tunduk-request=:AA=:"), HttpVerificationCode.SignatureMalformed),
        ["signature a token"] = (With(Good, "signature", "tunduk-request=abc"), HttpVerificationCode.SignatureMalformed),
        ["signature with parameters"] = (Edit(Good, "signature", text => text + ";a=1"), HttpVerificationCode.SignatureMalformed),
        ["input no dictionary"] = (With(Good, "signature-input", "tunduk-request=(\"@method\""), HttpVerificationCode.SignatureInputMalformed),
        ["input no list"] = (With(Good, "signature-input", "tunduk-request=?1"), HttpVerificationCode.SignatureInputMalformed),
        ["signature bytes"] = (Edit(Good, "signature", Flip), HttpVerificationCode.SignatureInvalid),
        ["component covered twice"] = (Resigned("\"@method\"", "\"@method\" \"@method\";x"), HttpVerificationCode.ComponentUnexpected),
        ["method not covered"] = (Resigned("\"@method\" ", ""), HttpVerificationCode.ComponentNotCovered),
        ["id not covered"] = (Resigned(" \"x-road-id\"", ""), HttpVerificationCode.ComponentNotCovered),
        ["issue not covered"] = (Resigned(" \"x-road-issue\"", ""), HttpVerificationCode.ComponentNotCovered),
        ["digest not covered"] = (Resigned(" \"content-digest\"", ""), HttpVerificationCode.ComponentNotCovered),
        ["target not covered"] = (Resigned(" \"tunduk-target\"", ""), HttpVerificationCode.ComponentNotCovered),
        ["component of no message"] = (Resigned("(", "(\"x-road-represented-party\" "), HttpVerificationCode.ComponentMissing),
        ["component of the security server"] = (Resigned("(", "(\"x-road-request-hash\" "), HttpVerificationCode.ComponentUnexpected),
        ["path covered"] = (Resigned("(", "(\"@path\" "), HttpVerificationCode.ComponentUnexpected),
        ["req in a request"] = (Resigned("\"x-road-id\"", "\"x-road-id\";req"), HttpVerificationCode.ComponentUnexpected),
        ["bs parameter"] = (Resigned("\"x-road-id\"", "\"x-road-id\";bs"), HttpVerificationCode.ComponentUnexpected),
        ["tr parameter"] = (Resigned("\"x-road-id\"", "\"x-road-id\";tr"), HttpVerificationCode.ComponentUnexpected),
        ["sf parameter"] = (Resigned("\"content-digest\"", "\"content-digest\";sf"), HttpVerificationCode.ComponentUnexpected),
        ["key parameter"] = (Resigned("\"content-digest\"", "\"content-digest\";key=\"sha-256\""), HttpVerificationCode.ComponentUnexpected),
        ["name parameter"] = (Resigned("\"x-road-id\"", "\"x-road-id\";name=\"a\""), HttpVerificationCode.ComponentUnexpected),
        ["parameter of a component nobody knows"] = (Resigned("\"x-road-id\"", "\"x-road-id\";x"), HttpVerificationCode.ComponentUnexpected),
        ["parameter of a derived component"] = (Resigned("\"@method\"", "\"@method\";req"), HttpVerificationCode.ComponentUnexpected),
        ["query parameter covered"] = (Resigned("(", "(\"@query-param\";name=\"full\" "), HttpVerificationCode.ComponentUnexpected),
        ["query covered"] = (Resigned("(", "(\"@query\" "), HttpVerificationCode.ComponentUnexpected),
        ["target URI covered"] = (Resigned("(", "(\"@target-uri\" "), HttpVerificationCode.ComponentUnexpected),
        ["authority covered"] = (Resigned("(", "(\"@authority\" "), HttpVerificationCode.ComponentUnexpected),
        ["scheme covered"] = (Resigned("(", "(\"@scheme\" "), HttpVerificationCode.ComponentUnexpected),
        ["request target covered"] = (Resigned("(", "(\"@request-target\" "), HttpVerificationCode.ComponentUnexpected),
        ["status in a request"] = (Resigned("(", "(\"@status\" "), HttpVerificationCode.ComponentUnexpected),
        ["derived component nobody knows"] = (Resigned("(", "(\"@nobody\" "), HttpVerificationCode.ComponentUnexpected),
        ["parameters as a component"] = (Edit(Good, "signature-input", text => text.Replace("(", "(\"@signature-params\" ")), HttpVerificationCode.ComponentUnexpected),
        ["component a token"] = (Edit(Good, "signature-input", text => text.Replace("\"x-road-id\"", "x-road-id")), HttpVerificationCode.ComponentUnexpected),
        ["signature over itself"] = (Resigned("(", "(\"signature\" "), HttpVerificationCode.ComponentUnexpected),
        ["input over itself"] = (Resigned("(", "(\"signature-input\" "), HttpVerificationCode.ComponentUnexpected),
        ["created in fifty years"] = (Timed(Now.AddYears(50), Now.AddYears(50).AddMinutes(5)), HttpVerificationCode.TimeInFuture),
        ["created beyond all dates"] = (Resigned($"created={Now.ToUnixTimeSeconds()}", "created=253402300800"), HttpVerificationCode.ParameterMalformed),
        ["bytes behind the signature's padding"] = (Edit(Good, "signature", text => text[..^1] + "AA==:"), HttpVerificationCode.SignatureMalformed),
        ["label in another case"] = (Edit(Good, "signature-input", text => "T" + text[1..]), HttpVerificationCode.SignatureInputMalformed),
        ["parameters in another order"] = (Edit(Good, "signature-input", text => text.Replace(";tag=\"tunduk-adapter\"", "").Replace(";created=", ";tag=\"tunduk-adapter\";created=")), HttpVerificationCode.SignatureInvalid),
        ["components in another order"] = (Edit(Good, "signature-input", text => text.Replace("\"@method\" \"x-road-client\"", "\"x-road-client\" \"@method\"")), HttpVerificationCode.SignatureInvalid),
        ["name in upper case"] = (Resigned("\"x-road-id\"", "\"X-Road-Id\""), HttpVerificationCode.ComponentUnexpected),
        ["created missing"] = (Resigned($";created={Now.ToUnixTimeSeconds()}", ""), HttpVerificationCode.ParameterMissing),
        ["expires missing"] = (Resigned($";expires={Now.AddMinutes(5).ToUnixTimeSeconds()}", ""), HttpVerificationCode.ParameterMissing),
        ["nonce short"] = (Resigned(Convert.ToBase64String(Nonce), "AAAA"), HttpVerificationCode.ParameterMalformed),
        ["created a string"] = (Resigned($"created={Now.ToUnixTimeSeconds()}", "created=\"now\""), HttpVerificationCode.ParameterMalformed),
        ["created negative"] = (Resigned($"created={Now.ToUnixTimeSeconds()}", "created=-1"), HttpVerificationCode.ParameterMalformed),
        ["parameter twice"] = (Resigned(";tag=", ";tag=\"x\";tag="), HttpVerificationCode.ParameterUnexpected),
        ["parameter of nobody"] = (Resigned(";tag=", ";crit=1;tag="), HttpVerificationCode.ParameterUnexpected),
        ["tag of another profile"] = (Resigned("tag=\"tunduk-adapter\"", "tag=\"web-bot-auth\""), HttpVerificationCode.TagDiffers),
        ["hmac"] = (Resigned("rsa-v1_5-sha256", "hmac-sha256"), HttpVerificationCode.SignatureAlgorithmWeak),
        ["ed25519"] = (Resigned("rsa-v1_5-sha256", "ed25519"), HttpVerificationCode.SignatureAlgorithmUnknown),
        ["algorithm of another key"] = (Resigned("rsa-v1_5-sha256", "ecdsa-p256-sha256"), HttpVerificationCode.SignatureAlgorithmKey),
        ["padding of another algorithm"] = (Resigned("rsa-v1_5-sha256", "rsa-pss-sha512"), HttpVerificationCode.SignatureInvalid),
        ["created in the future"] = (Timed(Now.AddMinutes(3), Now.AddMinutes(8)), HttpVerificationCode.TimeInFuture),
        ["expired"] = (Timed(Now.AddMinutes(-8), Now.AddMinutes(-3)), HttpVerificationCode.TimeExpired),
        ["lives too long"] = (Timed(Now, Now.AddHours(2)), HttpVerificationCode.TimeLifetime),
        ["expires before created"] = (Resigned($"expires={Now.AddMinutes(5).ToUnixTimeSeconds()}", $"expires={Now.AddMinutes(-1).ToUnixTimeSeconds()}"), HttpVerificationCode.TimeOrder),
        ["body changed"] = (Good with { Body = Answer }, HttpVerificationCode.DigestDiffers),
        ["body stripped"] = (Good with { Body = default }, HttpVerificationCode.DigestDiffers),
        ["body added"] = (Sign(Request("POST", [])) with { Body = Content }, HttpVerificationCode.DigestMissing),
        ["body on GET"] = (Sign(Request("GET", [])) with { Body = Content }, HttpVerificationCode.BodyUnexpected),
        ["digest weak"] = (Digest("md5=:AAAAAAAAAAAAAAAAAAAAAA==:"), HttpVerificationCode.DigestAlgorithmWeak),
        ["digest unknown"] = (Digest("sha-3=:AAAA:"), HttpVerificationCode.DigestAlgorithmUnknown),
        ["digest malformed"] = (Digest("sha-256=abc"), HttpVerificationCode.DigestMalformed),
        ["digest twice"] = (Digest(ContentDigest.Write(Content) + ", " + ContentDigest.Write(Content)), HttpVerificationCode.DigestMalformed),
        ["one digest of two wrong"] = (Digest(ContentDigest.Write(Content) + ", " + ContentDigest.Write(Answer, true)), HttpVerificationCode.DigestDiffers),
        ["method changed"] = (Good with { Method = "PUT" }, HttpVerificationCode.SignatureInvalid),
        ["path changed"] = (Good with { Target = TargetOf("/2010%2f1?full=true&a=b") }, HttpVerificationCode.TargetDiffers),
        ["service changed"] = (Good with { Target = TargetOf("/2010%2F1?full=true&a=b", "sandbox/GOV/70009001/registry/other") }, HttpVerificationCode.TargetDiffers),
        ["target rewritten"] = (With(Good, "tunduk-target", TargetOf("/2").ToString()), HttpVerificationCode.SignatureInvalid),
        ["target malformed"] = (Resign(With(Good, "tunduk-target", "service=abc"), text => text), HttpVerificationCode.TargetMalformed),
        ["target missing"] = (With(Good, "tunduk-target", null), HttpVerificationCode.ComponentMissing),
        ["client changed"] = (With(Good, "x-road-client", "sandbox/COM/60009001/other"), HttpVerificationCode.SignatureInvalid),
        ["issue removed"] = (With(Good, "x-road-issue", null), HttpVerificationCode.ComponentMissing),
        ["represented party added"] = (With(Good, "x-road-represented-party", "COM/1"), HttpVerificationCode.ComponentNotCovered),
        ["checkpoint added"] = (With(Good, "tunduk-checkpoint", $":{Convert.ToBase64String(new byte[32])}:"), HttpVerificationCode.ComponentNotCovered),
        ["checkpoint malformed"] = (With(Good, "tunduk-checkpoint", "abc"), HttpVerificationCode.CheckpointMalformed),
        ["id twice"] = (Good with { Headers = [.. Good.Headers, new("X-ROAD-ID", "2")] }, HttpVerificationCode.HeaderRepeated),
        ["header folded"] = (Edit(Good, "x-road-issue", text => text + "\r\n \"@method\": GET"), HttpVerificationCode.HeaderText),
        ["header not ASCII"] = (With(Good, "x-road-userid", "Кыргызстан"), HttpVerificationCode.HeaderText),
        ["content type malformed"] = (With(Good, "content-type", "nothing"), HttpVerificationCode.ContentTypeMalformed),
        ["content type changed"] = (With(Good, "content-type", "text/plain"), HttpVerificationCode.SignatureInvalid),
        ["certificate missing"] = (With(Good, "tunduk-certificate", null), HttpVerificationCode.CertificateMissing),
        ["certificate twice"] = (Good with { Headers = [.. Good.Headers, .. Good.Headers.Where(f => f.Name == "tunduk-certificate")] }, HttpVerificationCode.CertificateRepeated),
        ["certificate malformed"] = (With(Good, "tunduk-certificate", ":AAAA:"), HttpVerificationCode.CertificateMalformed),
        ["certificate of a stranger"] = (With(Good, "tunduk-certificate", $":{Convert.ToBase64String(Provider.Certificate.RawData)}:"), HttpVerificationCode.CertificateUntrusted),
        ["keyid of another"] = (Resigned("keyid=\"", "keyid=\"00"), HttpVerificationCode.CertificateKeyId),
    };

    public static TheoryData<string> Names => [.. Corpus.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void VerifyRequest_Attack_RefusedWithItsCode(string name)
    {
        HttpVerification result = HttpVerifier.VerifyRequest(Corpus[name].Request, Check(Consumer));
        (result.Status, result.Code).ShouldBe((HttpVerificationStatus.Failed, Corpus[name].Code));
        result.CodeName.ShouldStartWith("rest_");
        result.ToString().ShouldNotContain("20101199001234");
    }

    [Fact]
    public void VerifyRequest_ComponentTwice_Repeated() =>
        HttpVerifier.VerifyRequest(Edit(Good, "signature-input", text => text.Replace("\"@method\"", "\"@method\" \"@method\"")), Check(Consumer))
            .Code.ShouldBe(HttpVerificationCode.ComponentRepeated);

    [Fact]
    public void VerifyRequest_CertificatePeriod_EarlyAndLate()
    {
        var pin = new PinnedCertificate(Consumer.Sha256, Now.AddDays(1), Now.AddDays(2));
        Code(new SignerTrust([pin])).ShouldBe(HttpVerificationCode.CertificateNotYetValid);
        Code(new SignerTrust([pin with { From = null, Until = Now.AddSeconds(-1) }])).ShouldBe(HttpVerificationCode.CertificateExpired);

        static HttpVerificationCode Code(SignerTrust trust) =>
            HttpVerifier.VerifyRequest(Good, new HttpVerificationInput { Trust = trust, Now = Now }).Code;
    }

    [Fact]
    public void VerifyRequest_EcdsaOfAnotherFormOrZero_SignatureInvalid()
    {
        TestSigner signer = TestSigner.Of("rest.sandbox", SignatureAlgorithm.EcdsaP256Sha256);
        RestRequest good = Sign(Request(), signer);
        byte[] value = Convert.FromBase64String(Value(good.Headers, "signature").Split(':')[1]);
        byte[] one = new byte[64];
        one[31] = one[63] = 1;
        foreach (byte[] bad in (byte[][])[new byte[64], one, [.. value[..32], .. new byte[32]], [.. new byte[32], .. value[32..]], [0x30, 0x44, 0x02, 0x20, .. value[..32], 0x02, 0x20, .. value[32..]], [.. value, 0], value[..63]])
        {
            HttpVerifier.VerifyRequest(With(good, "signature", $"tunduk-request=:{Convert.ToBase64String(bad)}:"), Check(signer)).Code.ShouldBe(HttpVerificationCode.SignatureInvalid);
        }

        HttpVerifier.VerifyRequest(good, Check(signer)).CodeName.ShouldBeEmpty();
    }

    [Fact]
    public void VerifyRequest_CertificateForOtherUse_KeyUsage()
    {
        TestSigner signer = TestSigner.Make("usage", SignatureAlgorithm.RsaSha256, 2048, X509KeyUsageFlags.KeyEncipherment);
        HttpVerifier.VerifyRequest(Sign(Request(), signer), Check(signer)).Code.ShouldBe(HttpVerificationCode.CertificateKeyUsage);
    }

    [Fact]
    public void VerifyRequest_TargetDiffers_ToldByLengthAndOffset()
    {
        SignatureExplanation told = HttpVerifier.VerifyRequest(Corpus["path changed"].Request, Check(Consumer)).Explanation;
        (told.Element, told.DiffersAt, told.ExpectedLength, told.FoundLength).ShouldBe(("tunduk-target path", 7, 23L, 23L));
    }

    private static RestRequest Resigned(string from, string to) => Resign(Good, text =>
    {
        text.ShouldContain(from);
        int at = text.IndexOf(from, StringComparison.Ordinal);
        return string.Concat(text.AsSpan(0, at), to, text.AsSpan(at + from.Length));
    });

    private static RestRequest Digest(string field) => Resign(With(Good, "content-digest", field), text => text);

    private static RestRequest Timed(DateTimeOffset created, DateTimeOffset expires) =>
        Sign(Request(), null, Input(Consumer) with { Created = created, Expires = expires });

    private static string Relabel(string text) => text.Replace("tunduk-request", "tunduk-response");

    private static string Flip(string text) => string.Concat(text.AsSpan(0, 20), text[20] == 'A' ? "B" : "A", text.AsSpan(21));
}

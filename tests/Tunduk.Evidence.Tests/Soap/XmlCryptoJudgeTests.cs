using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Tests.Soap.Attacks;
using static Tunduk.Evidence.Tests.Soap.SoapMessages;

namespace Tunduk.Evidence.Tests.Soap;

/// <summary>
/// npm <c>xml-crypto</c> verifies ours, and we verify what it signs: RSA PKCS#1, and PSS where its only parameters, SHA-256 with
/// MGF1 of SHA-256 and a salt of 32 bytes, are ours too.
/// </summary>
public sealed class XmlCryptoJudgeTests
{
    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaSha512)]
    [InlineData(SignatureAlgorithm.RsaPssSha256)]
    public void Judge_OurSignature_VerifiesAndAChangedOneDoesNot(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        string signed = Text(Sign(Envelope(Person), signer));

        JsonObject good = Judge("verify", signed, signer);
        good["valid"]!.GetValue<bool>().ShouldBeTrue();
        good["references"]!.GetValue<int>().ShouldBe(3);
        IsValid(signed.Swap("20101199001234", "20101199001235"), signer).ShouldBeFalse();
        IsValid(signed, TestSigner.Of("somebody.else", algorithm)).ShouldBeFalse();
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaSha512)]
    [InlineData(SignatureAlgorithm.RsaPssSha256)]
    public void Verify_SignedByTheJudge_Valid(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        string ours = Text(Sign(Envelope(Person), signer));
        var job = new JsonObject
        {
            ["mode"] = "sign",
            ["message"] = ours.Cut("ds:Signature"),
            ["key"] = signer.Key.ExportPkcs8PrivateKeyPem(),
            ["algorithm"] = SignatureAlgorithms.Identifier(algorithm),
            ["digest"] = "http://www.w3.org/2001/04/xmlenc#sha256",
            ["ids"] = new JsonArray(ours.IdOf("soapenv:Body"), ours.IdOf("wsu:Timestamp"), ours.IdOf("ta:Exchange")),
            ["keyInfo"] = ours.Piece("wsse:SecurityTokenReference"),
        };

        string signed = NodeJudge.Run("xml-signatures", job)["message"]!.GetValue<string>();

        SoapVerification result = Verify(Encoding.UTF8.GetBytes(signed), Check(signer));
        result.CodeName.ShouldBeEmpty(result.Explanation.ToString());
        result.Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    private static JsonObject Judge(string mode, string message, TestSigner signer) =>
        NodeJudge.Run("xml-signatures", new JsonObject { ["mode"] = mode, ["message"] = message, ["certificate"] = signer.Certificate.ExportCertificatePem() });

    private static bool IsValid(string message, TestSigner signer)
    {
        try
        {
            return Judge("verify", message, signer)["valid"]!.GetValue<bool>();
        }
        catch (InvalidOperationException)
        {
            // xml-crypto throws where a digest fails.
            return false;
        }
    }
}

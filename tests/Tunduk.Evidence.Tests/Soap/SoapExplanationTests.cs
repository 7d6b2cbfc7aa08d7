using System.Text;
using Tunduk.Evidence.Canonicalization;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Tests.Soap.Attacks;
using Tunduk.Evidence.Trust;
using Tunduk.Xml;
using static Tunduk.Evidence.Tests.Soap.SoapMessages;

namespace Tunduk.Evidence.Tests.Soap;

/// <summary>Every refusal says where and how, within what may be shown.</summary>
public sealed class SoapExplanationTests
{
    private static readonly string Good = Text(Sign(Envelope(Person), Consumer));

    [Fact]
    public void Verify_BodyChangedAndTheSignedFormAtHand_PathAndOffsetOfTheFirstDifference()
    {
        string bad = Good.Swap("20101199001234", "20101199001239");
        using XmlTape known = Parse(Good);

        SignatureExplanation explanation = Explain(bad, input => input with { SecondForm = known });

        explanation.Element.ShouldBe("Body");
        explanation.Transform.ShouldBe(ExclusiveCanonicalizer.Algorithm);
        explanation.Algorithm.ShouldBe("SHA256");
        explanation.Path.ShouldBe("Body/getPerson[1]/request[1]/pin[1]");
        byte[] canonical = Canonical(Good);
        explanation.CanonicalLength.ShouldBe(canonical.Length);
        canonical[explanation.DiffersAt!.Value].ShouldBe((byte)'4');
        Canonical(bad)[explanation.DiffersAt.Value].ShouldBe((byte)'9');
        explanation.ToString().ShouldNotContain("2010119900");
    }

    [Theory]
    [InlineData("<pin>", "<pin x=\"1\">", "Body/getPerson[1]/request[1]/pin[1]")]
    [InlineData("</request>", "<more></more></request>", "Body/getPerson[1]/request[1]")]
    [InlineData("<request>", "<request><pin></pin>", "Body/getPerson[1]/request[1]/pin[1]")]
    [InlineData("</reg:getPerson>", " </reg:getPerson>", "Body/getPerson[1]")]
    public void Verify_BodyChangedInEachWay_ThePathIsTheInnermostElement(string old, string changed, string path)
    {
        using XmlTape known = Parse(Good);

        Explain(Good.Swap(old, changed), input => input with { SecondForm = known }).Path.ShouldBe(path);
    }

    [Fact]
    public void Verify_ExchangeAndTimestampChanged_EachHeldAgainstItsOwnForm()
    {
        using XmlTape known = Parse(Good);

        Explain(Good.Swap("<ta:Header name=\"userId\">KG", "<ta:Header name=\"userId\">KX"), input => input with { SecondForm = known }).Path.ShouldBe("Exchange/Header[4]");
        Explain(Good.Swap(Good.Expires(), Good.ExpiresIn(1)), input => input with { SecondForm = known }).Path.ShouldBe("Timestamp/Expires[2]");
    }

    [Fact]
    public void Verify_BodyChangedWithoutASecondForm_NoDifferenceIsClaimed()
    {
        SignatureExplanation explanation = Explain(Good.Swap("20101199001234", "20101199001239"));

        explanation.Path.ShouldBeNull();
        explanation.DiffersAt.ShouldBeNull();
    }

    [Fact]
    public void Verify_HeaderDiffers_OffsetAndLengthsOfTheTwoValues()
    {
        SignatureExplanation explanation = Explain(Good, input => input with { Headers = [.. input.Headers.Select(header => header.Name == "userId" ? header with { Value = "KG2099" } : header)] });

        explanation.Element.ShouldBe("userId");
        explanation.DiffersAt.ShouldBe(4);
        explanation.ExpectedLength.ShouldBe(16);
        explanation.FoundLength.ShouldBe(6);
    }

    [Fact]
    public void Verify_CertificateOfNobody_SerialAndChain()
    {
        SignatureExplanation explanation = Explain(Good, input => input with { Trust = new SignerTrust(anchors: [Provider.Certificate]) });

        explanation.CertificateSerial.ShouldBe(Consumer.Certificate.SerialNumber);
        explanation.Chain.ShouldNotBeNull().ShouldStartWith(Consumer.Certificate.SerialNumber);
        explanation.Chain.ShouldContain("UntrustedRoot");
    }

    private static SignatureExplanation Explain(string message, Func<SoapVerificationInput, SoapVerificationInput>? change = null)
    {
        SoapVerificationInput input = Check(Consumer);
        SoapVerification result = Verify(Encoding.UTF8.GetBytes(message), change?.Invoke(input) ?? input);
        result.Status.ShouldBe(SoapVerificationStatus.Failed);
        return result.Explanation;
    }

    private static byte[] Canonical(string message)
    {
        using XmlTape tape = Parse(message);
        return ExclusiveCanonicalizer.ToArray(tape.Root.Child("http://schemas.xmlsoap.org/soap/envelope/", "Body"));
    }
}

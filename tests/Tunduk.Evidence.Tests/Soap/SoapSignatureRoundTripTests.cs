using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Canonicalization;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Xml;
using static Tunduk.Evidence.Tests.Soap.SoapMessages;

namespace Tunduk.Evidence.Tests.Soap;

public sealed class SoapSignatureRoundTripTests
{
    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaSha384)]
    [InlineData(SignatureAlgorithm.RsaSha512)]
    [InlineData(SignatureAlgorithm.RsaPssSha256)]
    [InlineData(SignatureAlgorithm.RsaPssSha384)]
    [InlineData(SignatureAlgorithm.RsaPssSha512)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    [InlineData(SignatureAlgorithm.EcdsaP384Sha384)]
    public void Verify_SignedRequest_ValidWithEverythingCovered(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        SignedSoapMessage signed = Sign(Envelope(Person), signer);
        SoapVerification result = Verify(signed.Envelope, Check(signer));
        result.CodeName.ShouldBe("");
        result.Status.ShouldBe(SoapVerificationStatus.Valid);
        result.Algorithm.ShouldBe(algorithm);
        result.Signer!.Sha256.ToArray().ShouldBe(signer.Sha256);
        result.Signer.IsPinned.ShouldBeTrue();
        result.Created.ShouldBe(Now);
        result.Expires.ShouldBe(Now.AddMinutes(5));
        result.SignatureValue.ToArray().ShouldBe(signed.SignatureValue);
        result.Covered.Select(part => part.Name).ShouldBe(["Body", "Timestamp", "Exchange"]);
        result.Exchange!.Headers.ShouldBe(Headers);
        string body = Encoding.UTF8.GetString(result.Body.Span);
        body.ShouldStartWith("<soapenv:Body xmlns:soapenv=");
        body.ShouldContain("<pin>20101199001234</pin>");
        result.Covered[0].CanonicalLength.ShouldBe(result.Body.Length);
    }

    [Fact]
    public void Complete_AnyMessage_SourceBytesUntouchedOutsideTheInsertedPieces()
    {
        string source = Envelope(Person);
        string signed = Text(Sign(source, Consumer));
        int exchange = signed.IndexOf("<ta:Exchange", StringComparison.Ordinal);
        int end = signed.IndexOf("</wsse:Security>", StringComparison.Ordinal) + "</wsse:Security>".Length;
        string rest = signed[..exchange] + signed[end..];
        int id = rest.IndexOf(" xmlns:wsu=", StringComparison.Ordinal);
        int close = rest.IndexOf('>', id);
        (rest[..id] + rest[close..]).ShouldBe(source);
    }

    [Fact]
    public void Complete_AnyMessage_NoAttributeOnAnXRoadHeader()
    {
        using XmlTape tape = Parse(Text(Sign(Envelope(Person), Consumer)));
        foreach (XmlElement header in tape.Root.Children.First().Children)
        {
            if (header.NamespaceUri == "http://x-road.eu/xsd/xroad.xsd")
            {
                header.Attributes.ShouldAllBe(attribute => attribute.LocalName == "objectType");
            }
        }
    }

    [Theory]
    [InlineData("<soapenv:Header/>")]
    [InlineData("<soapenv:Header />")]
    [InlineData("<soapenv:Header></soapenv:Header>")]
    [InlineData("")]
    public void Verify_HeaderEmptyOrAbsent_Valid(string header)
    {
        SignedSoapMessage signed = Sign(Envelope(Person, header), Consumer, Input(Consumer) with { Headers = [] });
        Verify(signed.Envelope, Check(Consumer) with { Headers = [] }).Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    [Fact]
    public void Verify_DefaultNamespaceEnvelopeWithBom_Valid()
    {
        string envelope = "\uFEFF<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body><a xmlns=''/></Body></Envelope>";
        SignedSoapMessage signed = Sign(envelope, Consumer, Input(Consumer) with { Headers = [] });
        Verify(signed.Envelope, Check(Consumer) with { Headers = [] }).Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    [Theory]
    [InlineData(" wsu:Id='own-1' xmlns:wsu='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'", "own-1")]
    [InlineData(" xmlns:wsu='urn:other'", "wsu1:Id=")]
    [InlineData(" xmlns:wsu='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'", "wsu1:Id=")]
    [InlineData(" xmlns:wsu='urn:a' xmlns:wsu1='urn:b' xmlns:z='urn:z' xmlns:a='urn:a' z:last='2' a:first='1' plain='0'", "wsu2:Id=")]
    [InlineData(" xmlns:z='urn:z' xmlns:aa='urn:a' xmlns='urn:default' z:last='2' aa:first='1' plain='0'", "wsu:Id=")]
    public void Verify_BodyWithOwnIdOrPrefix_KeptAndValid(string attributes, string expected)
    {
        SignedSoapMessage signed = Sign(Envelope(Person, null, attributes), Consumer);
        Text(signed).ShouldContain(expected);
        Verify(signed.Envelope, Check(Consumer)).Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    [Fact]
    public void Verify_QNameInValue_PrefixProtected()
    {
        string body = "<a xsi:type=\"xsd:string\" at=\"2026-01-01T10:00:00\" uri=\"http://x\">xrd:client</a>";
        SignedSoapMessage signed = Sign(Envelope(body), Consumer);
        Text(signed).ShouldContain("PrefixList=\"xrd xsd\"");
        SoapVerification result = Verify(signed.Envelope, Check(Consumer));
        result.Status.ShouldBe(SoapVerificationStatus.Valid);
        Encoding.UTF8.GetString(result.Body.Span).ShouldContain("xmlns:xsd=");
        string rebound = Text(signed).Replace("http://www.w3.org/2001/XMLSchema\"", "urn:other\"", StringComparison.Ordinal);
        Verify(Encoding.UTF8.GetBytes(rebound), Check(Consumer)).Code.ShouldBe(SoapVerificationCode.BodyDigest);
    }

    [Fact]
    public void Verify_ResponseToSignedRequest_BoundToIt()
    {
        SignedSoapMessage request = Sign(Envelope(Person), Consumer);
        SoapRequestBinding binding = Binding(request);
        SignedSoapMessage response = Sign(Envelope("<r/>"), Provider, Input(Provider, binding));
        SoapVerification result = Verify(response.Envelope, Check(Provider, binding));
        result.Status.ShouldBe(SoapVerificationStatus.Valid, result.CodeName);
        result.Exchange!.RequestHash.ToArray().ShouldBe(SHA512.HashData(request.Envelope));
        result.Exchange.SignatureConfirmation.ToArray().ShouldBe(request.SignatureValue);
        result.Exchange.Kind.ShouldBe(SoapMessageKind.Response);
    }

    [Fact]
    public void Verify_ResponseToUnsignedRequest_BoundByHashAlone()
    {
        var binding = new SoapRequestBinding(SHA512.HashData("request"u8), default);
        SignedSoapMessage response = Sign(Envelope("<r/>"), Provider, Input(Provider, binding));
        Text(response).ShouldNotContain("SignatureConfirmation");
        Verify(response.Envelope, Check(Provider, binding)).Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    [Fact]
    public void Verify_Fault_SignedTheSameWay()
    {
        var binding = new SoapRequestBinding(SHA512.HashData("request"u8), default);
        string fault = Envelope("<soapenv:Fault><faultcode>x</faultcode><faultstring>y</faultstring></soapenv:Fault>", "");
        SignedSoapMessage response = Sign(fault, Provider, Input(Provider, binding) with { Headers = [] });
        SoapVerification result = Verify(response.Envelope, Check(Provider, binding) with { Headers = [] });
        result.Status.ShouldBe(SoapVerificationStatus.Valid);
        result.Exchange!.Kind.ShouldBe(SoapMessageKind.Fault);
    }

    [Fact]
    public void Verify_AttachmentsAndCheckpoint_ValuesComeBack()
    {
        SoapAttachmentDigest photo = new("photo@sandbox", SHA256.HashData("photo"u8), "image/jpeg; a=\"<&>\"", "сүрөт 1.jpg");
        byte[] checkpoint = SHA256.HashData("checkpoint"u8);
        SignedSoapMessage signed = Sign(
            Envelope(Person), Consumer, Input(Consumer) with { Attachments = [photo], Checkpoint = checkpoint });
        SoapVerification result = Verify(signed.Envelope, Check(Consumer) with { Attachments = [photo] });
        result.Status.ShouldBe(SoapVerificationStatus.Valid, result.CodeName);
        SoapAttachmentDigest read = result.Exchange!.Attachments.Single();
        (read.ContentId, read.Type, read.FileName).ShouldBe((photo.ContentId, photo.Type, photo.FileName));
        result.Exchange.Checkpoint.ToArray().ShouldBe(checkpoint);
    }

    [Fact]
    public void Verify_OwnPiecesAsWritten_AreTheirCanonicalForm()
    {
        using XmlTape tape = Parse(Text(Sign(Envelope(Person), Consumer)));
        XmlElement header = tape.Root.Children.First();
        XmlElement security = header.Children.Last();
        foreach (XmlElement piece in (XmlElement[])[header.Children.Reverse().Skip(1).First(), security.Children.ElementAt(1), security.Children.ElementAt(2).Children.First()])
        {
            Encoding.UTF8.GetString(ExclusiveCanonicalizer.ToArray(piece))
                .ShouldBe(Encoding.UTF8.GetString(piece.OuterRange.Of(tape.Source.Span)), piece.LocalName);
        }
    }

    [Fact]
    public async Task SignAsync_WithSigner_SameAsTwoSteps()
    {
        using XmlTape tape = Parse(Envelope(Person));
        (SignedSoapMessage? message, SoapSignatureFault fault) =
            await SoapSignature.SignAsync(tape, Input(Consumer), Consumer, CancellationToken.None);
        fault.ShouldBe(SoapSignatureFault.None);
        Verify(message!.Envelope, Check(Consumer)).Status.ShouldBe(SoapVerificationStatus.Valid);
    }
}

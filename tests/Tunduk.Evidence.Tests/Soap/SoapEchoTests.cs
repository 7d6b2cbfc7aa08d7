using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Tests.Soap.Attacks;
using static Tunduk.Evidence.Tests.Soap.SoapMessages;

namespace Tunduk.Evidence.Tests.Soap;

/// <summary>Providers that copy the request's whole header into the response.</summary>
public sealed class SoapEchoTests
{
    private readonly SignedSoapMessage request = Sign(Envelope(Person), Consumer);

    private SoapRequestBinding Bound => Binding(request);

    private SoapVerificationInput Receiver => Check(Provider, Bound) with { OwnCertificates = [Consumer.Sha256] };

    [Fact]
    public void Verify_HeaderCopiedWholesale_IsAnEcho()
    {
        string copied = Envelope("<r/>", Text(request).Piece("soapenv:Header"));
        SoapVerification result = Verify(Encoding.UTF8.GetBytes(copied), Receiver);
        result.Status.ShouldBe(SoapVerificationStatus.Echo);
        result.EchoedSignatures.ShouldBe(1);
        result.Code.ShouldBe(SoapVerificationCode.None);
    }

    [Fact]
    public void Verify_EchoWithoutOwnCertificateList_RecognisedByItsSignatureValue()
    {
        string copied = Envelope("<r/>", Text(request).Piece("soapenv:Header"));
        Verify(Encoding.UTF8.GetBytes(copied), Check(Provider, Bound)).Status.ShouldBe(SoapVerificationStatus.Echo);
    }

    [Fact]
    public void Verify_OlderSignatureOfOurs_IsAnEchoToo()
    {
        SignedSoapMessage older = Sign(Envelope(Person), Consumer);
        string copied = Envelope("<r/>", Text(older).Piece("soapenv:Header"));
        Verify(Encoding.UTF8.GetBytes(copied), Receiver).Status.ShouldBe(SoapVerificationStatus.Echo);
    }

    [Fact]
    public void Verify_EchoBesideThePeersSignature_SetAsideAndValid()
    {
        string answer = Text(Sign(Envelope("<r/>"), Provider, Input(Provider, Bound)));
        string both = answer.IntoHeader(Text(request).Piece("ta:Exchange") + Text(request).Piece("wsse:Security"));
        SoapVerification result = Verify(Encoding.UTF8.GetBytes(both), Receiver);
        result.Status.ShouldBe(SoapVerificationStatus.Valid, result.CodeName);
        result.EchoedSignatures.ShouldBe(1);
        result.Signer!.Sha256.ToArray().ShouldBe(Provider.Sha256);
        result.Exchange!.Kind.ShouldBe(SoapMessageKind.Response);
    }

    [Fact]
    public void Verify_ExchangeAloneCopied_SetAside()
    {
        string answer = Text(Sign(Envelope("<r/>"), Provider, Input(Provider, Bound)));
        Verify(Encoding.UTF8.GetBytes(answer.IntoHeader(Text(request).Piece("ta:Exchange"))), Receiver)
            .Status.ShouldBe(SoapVerificationStatus.Valid);
        string unsigned = Envelope("<r/>").IntoHeader(Text(request).Piece("ta:Exchange"));
        Verify(Encoding.UTF8.GetBytes(unsigned), Receiver).Status.ShouldBe(SoapVerificationStatus.Absent);
    }

    [Fact]
    public void Verify_TwoPeerSignaturesBesideAnEcho_Refused()
    {
        string answer = Text(Sign(Envelope("<r/>"), Provider, Input(Provider, Bound)));
        string three = answer.IntoHeader(answer.Piece("wsse:Security") + Text(request).Piece("ta:Exchange") + Text(request).Piece("wsse:Security"));
        Verify(Encoding.UTF8.GetBytes(three), Receiver).Code.ShouldBe(SoapVerificationCode.MultipleSecurityHeaders);
    }

    [Fact]
    public void Verify_BothSidesShareOneCertificate_PeerSignatureStillCounts()
    {
        SignedSoapMessage answer = Sign(Envelope("<r/>"), Consumer, Input(Consumer, Bound));
        Verify(answer.Envelope, Check(Consumer, Bound) with { OwnCertificates = [Consumer.Sha256] })
            .Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    [Fact]
    public void TryPrepare_ApplicationCopiedTheHeader_ReplacesOnlyWhenAsked()
    {
        string copied = Envelope("<r/>", Text(request).Piece("soapenv:Header"));
        using Tunduk.Xml.XmlTape tape = Parse(copied);
        SoapSignature.TryPrepare(tape, Input(Provider, Bound), out _, out SoapSignatureFault fault).ShouldBeFalse();
        fault.ShouldBe(SoapSignatureFault.AlreadySigned);
        SignedSoapMessage answer = Sign(copied, Provider, Input(Provider, Bound) with { ReplaceExisting = true });
        SoapVerification result = Verify(answer.Envelope, Receiver);
        result.Status.ShouldBe(SoapVerificationStatus.Valid, result.CodeName);
        result.EchoedSignatures.ShouldBe(0);
    }

    [Fact]
    public void Verify_Unsigned_IsAbsent() =>
        Verify(Encoding.UTF8.GetBytes(Envelope("<r/>")), Receiver).Status.ShouldBe(SoapVerificationStatus.Absent);

    [Fact]
    public void Verify_ResponseToAnotherRequest_RefusedByItsCode()
    {
        SignedSoapMessage answer = Sign(Envelope("<r/>"), Provider, Input(Provider, Bound));
        SoapRequestBinding other = Binding(Sign(Envelope(Person), Consumer));
        Verify(answer.Envelope, Check(Provider, other)).Code.ShouldBe(SoapVerificationCode.RequestHashDiffers);
        Verify(answer.Envelope, Check(Provider, Bound with { SignatureValue = new byte[256] })).Code
            .ShouldBe(SoapVerificationCode.ConfirmationDiffers);
        Verify(answer.Envelope, Check(Provider, Bound with { SignatureValue = default })).Code
            .ShouldBe(SoapVerificationCode.ConfirmationDiffers);
    }

    [Fact]
    public void Verify_SignedRequestNotConfirmed_RefusedByItsCode()
    {
        SignedSoapMessage answer = Sign(Envelope("<r/>"), Provider, Input(Provider, Bound with { SignatureValue = default }));
        Verify(answer.Envelope, Receiver).Code.ShouldBe(SoapVerificationCode.ConfirmationMissing);
        SignedSoapMessage hashless = Sign(Envelope("<r/>"), Provider, Input(Provider, Bound));
        string cut = Text(hashless).Cut("ta:RequestHash").Resigned(Provider);
        Verify(Encoding.UTF8.GetBytes(cut), Receiver).Code.ShouldBe(SoapVerificationCode.RequestHashMissing);
    }

    [Fact]
    public void Verify_FaultThatDidNotBelieveTheRequest_BoundByItsHashAlone()
    {
        const string Fault = "<soapenv:Fault><faultcode>adapter.signature_invalid</faultcode><faultstring>x</faultstring></soapenv:Fault>";
        SignedSoapMessage fault = Sign(Envelope(Fault), Provider, Input(Provider, Bound with { SignatureValue = default }));
        Verify(fault.Envelope, Receiver).Status.ShouldBe(SoapVerificationStatus.Valid);
        SoapRequestBinding other = Binding(Sign(Envelope(Person), Consumer));
        Verify(fault.Envelope, Check(Provider, other)).Code.ShouldBe(SoapVerificationCode.RequestHashDiffers);
        SignedSoapMessage confirming = Sign(Envelope(Fault), Provider, Input(Provider, Bound with { SignatureValue = new byte[256] }));
        Verify(confirming.Envelope, Receiver).Code.ShouldBe(SoapVerificationCode.ConfirmationDiffers);
    }

    [Fact]
    public void Verify_FaultAsAnswerOrAnswerAsFault_RefusedByItsCode()
    {
        SignedSoapMessage answer = Sign(Envelope("<r/>"), Provider, Input(Provider, Bound));
        string claimed = Text(answer).Swap("kind=\"response\"", "kind=\"fault\"").Resigned(Provider);
        Verify(Encoding.UTF8.GetBytes(claimed), Receiver).Code.ShouldBe(SoapVerificationCode.ExchangeKind);
    }

    [Fact]
    public void Verify_AnswerReflectedAsRequest_RefusedByItsCode()
    {
        SignedSoapMessage answer = Sign(Envelope("<r/>"), Provider, Input(Provider, new SoapRequestBinding(SHA512.HashData("x"u8), default)));
        Verify(answer.Envelope, Check(Provider)).Code.ShouldBe(SoapVerificationCode.ExchangeKind);
    }
}

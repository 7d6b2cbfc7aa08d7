using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Xml;

namespace Tunduk.Evidence.Tests.Soap;

/// <summary>Invented messages in the way members write theirs, and the usual ways to sign and verify them.</summary>
internal static class SoapMessages
{
    public const string Person =
        "<reg:getPerson xmlns:reg=\"urn:sandbox:registry\"><request><pin>20101199001234</pin></request></reg:getPerson>";

    public static DateTimeOffset Now => TestMoment.Now;

    public static readonly IReadOnlyList<SoapHeaderValue> Headers =
    [
        new("client", "SUBSYSTEM:sandbox/COM/60009001/loans"),
        new("service", "SERVICE:sandbox/GOV/70009001/registry/getPerson/v1"),
        new("id", "4c2f8a51-0000-4000-8000-000000000001"),
        new("userId", "KG20101199005678"),
        new("issue", "loan-scoring 17/3 \"Төлөм\" & Co"),
        new("protocolVersion", "4.0"),
    ];

    public static TestSigner Consumer => TestSigner.Of("loans.sandbox");

    public static TestSigner Provider => TestSigner.Of("registry.sandbox");

    public static string Header { get; } =
        "<soapenv:Header>"
        + "<xrd:client id:objectType=\"SUBSYSTEM\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>COM</id:memberClass>"
        + "<id:memberCode>60009001</id:memberCode><id:subsystemCode>loans</id:subsystemCode></xrd:client>"
        + "<xrd:service id:objectType=\"SERVICE\"><id:xRoadInstance>sandbox</id:xRoadInstance><id:memberClass>GOV</id:memberClass>"
        + "<id:memberCode>70009001</id:memberCode><id:subsystemCode>registry</id:subsystemCode>"
        + "<id:serviceCode>getPerson</id:serviceCode><id:serviceVersion>v1</id:serviceVersion></xrd:service>"
        + "<xrd:id>4c2f8a51-0000-4000-8000-000000000001</xrd:id><xrd:userId>KG20101199005678</xrd:userId>"
        + "<xrd:issue>loan-scoring 17/3 \"Төлөм\" &amp; Co</xrd:issue><xrd:protocolVersion>4.0</xrd:protocolVersion></soapenv:Header>";

    public static string Envelope(string body, string? header = null, string bodyAttributes = "") =>
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        + "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\""
        + " xmlns:xrd=\"http://x-road.eu/xsd/xroad.xsd\" xmlns:id=\"http://x-road.eu/xsd/identifiers\""
        + " xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n  "
        + (header ?? Header) + $"\n  <soapenv:Body{bodyAttributes}>" + body + "</soapenv:Body>\n</soapenv:Envelope>\n";

    public static SoapSignatureInput Input(TestSigner signer, SoapRequestBinding? request = null) => new()
    {
        Direction = request is null ? SoapDirection.Request : SoapDirection.Response,
        Certificate = signer.Certificate,
        Algorithm = signer.Algorithm,
        Created = Now,
        Expires = Now.AddMinutes(5),
        Headers = Headers,
        Request = request,
    };

    public static SoapVerificationInput Check(TestSigner signer, SoapRequestBinding? request = null) => new()
    {
        Direction = request is null ? SoapDirection.Request : SoapDirection.Response,
        Trust = signer.Pinned,
        Now = Now.AddSeconds(3),
        Request = request,
        Headers = Headers,
    };

    public static SignedSoapMessage Sign(string envelope, TestSigner signer, SoapSignatureInput? input = null)
    {
        using XmlTape tape = Parse(envelope);
        SoapSignature.TryPrepare(tape, input ?? Input(signer), out PreparedSoapSignature? prepared, out SoapSignatureFault fault)
            .ShouldBeTrue(fault.ToString());
        byte[] value = signer.Sign(prepared.SignedInfo.Span);
        return new SignedSoapMessage(prepared.Complete(value), value, prepared.Exchange);
    }

    public static SoapVerification Verify(byte[] envelope, SoapVerificationInput input)
    {
        XmlTape.TryParse(envelope, out XmlTape? tape, out XmlFault fault).ShouldBeTrue(fault.ToString());
        using (tape)
        {
            return SoapVerifier.Verify(tape, input);
        }
    }

    public static SoapRequestBinding Binding(SignedSoapMessage request) =>
        new(SHA512.HashData(request.Envelope), request.SignatureValue);

    public static XmlTape Parse(string envelope)
    {
        XmlTape.TryParse(Encoding.UTF8.GetBytes(envelope), out XmlTape? tape, out XmlFault fault).ShouldBeTrue(fault.ToString());
        return tape;
    }

    public static string Text(SignedSoapMessage message) => Encoding.UTF8.GetString(message.Envelope);
}

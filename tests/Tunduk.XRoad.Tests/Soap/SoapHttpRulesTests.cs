using FsCheck;
using FsCheck.Fluent;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.XRoad.Tests.Soap;

public sealed class SoapHttpRulesTests
{
    [Theory]
    [InlineData("text/xml", "text/xml")]
    [InlineData("TEXT/XML; Charset=\"UTF-8\"", "text/xml")]
    [InlineData("application/xop+xml;type=\"text/xml\";", "application/xop+xml")]
    [InlineData("Multipart/Related; type=text/xml; start=\"<root@x>\"; boundary=\"a b\"", "multipart/related")]
    public void TryReadContentType_Accepted_IsParsed(string value, string type)
    {
        SoapHttpRules.TryReadContentType(value, out MediaType? mediaType, out _).ShouldBeTrue();
        mediaType.Type.ShouldBe(type);
    }

    [Theory]
    [InlineData(null, XRoadFaultCode.InvalidRequest)]
    [InlineData(" ", XRoadFaultCode.InvalidRequest)]
    [InlineData("application/json", XRoadFaultCode.InvalidContentType)]
    [InlineData("application/soap+xml", XRoadFaultCode.InvalidContentType)]
    [InlineData("multipart/mixed; boundary=a", XRoadFaultCode.InvalidContentType)]
    [InlineData("text", XRoadFaultCode.InvalidContentType)]
    [InlineData("text/xml; charset", XRoadFaultCode.InvalidContentType)]
    [InlineData("text/xml; charset=\"utf-8", XRoadFaultCode.InvalidContentType)]
    [InlineData("text/xml; charset=utf-8; charset=utf-16", XRoadFaultCode.InvalidContentType)]
    [InlineData("text/xml\r\nX: y", XRoadFaultCode.InvalidContentType)]
    [InlineData("multipart/related", XRoadFaultCode.MimeParsingFailed)]
    [InlineData("multipart/related; boundary=\"\"", XRoadFaultCode.MimeParsingFailed)]
    [InlineData("multipart/related; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", XRoadFaultCode.MimeParsingFailed)]
    public void TryReadContentType_Others_AreRefused(string? value, XRoadFaultCode code)
    {
        SoapHttpRules.TryReadContentType(value, out MediaType? mediaType, out ProtocolFault fault).ShouldBeFalse();
        mediaType.ShouldBeNull();
        fault.XRoadCode.ShouldBe(code);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("\"\"", true)]
    [InlineData("\"urn:getPerson\"", true)]
    [InlineData("\"urn:кредит\"", false)]
    [InlineData("urn:getPerson", false)]
    [InlineData("\"urn:get", false)]
    [InlineData("\"a b\"", false)]
    [InlineData("\"a\"b\"", false)]
    [InlineData("\"", false)]
    public void CheckSoapAction_OnlyQuotedOrEmpty_IsAccepted(string? value, bool accepted)
    {
        ProtocolFault fault = SoapHttpRules.CheckSoapAction(value);
        fault.IsNone.ShouldBe(accepted);
        if (!accepted)
        {
            fault.XRoadCode.ShouldBe(XRoadFaultCode.InvalidSoapAction);
        }
    }

    [Fact]
    public void CheckMethod_OnlyPost_IsAccepted()
    {
        SoapHttpRules.CheckMethod("POST").IsNone.ShouldBeTrue();
        SoapHttpRules.CheckMethod("GET").XRoadCode.ShouldBe(XRoadFaultCode.InvalidHttpMethod);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(500, true)]
    [InlineData(202, false)]
    [InlineData(404, false)]
    public void CheckProviderStatus_Only200And500_AreAccepted(int status, bool accepted) =>
        SoapHttpRules.CheckProviderStatus(status).IsNone.ShouldBe(accepted);

    [Fact]
    public void MediaType_AnyText_ParsesToAFixedPointOrNothing() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            string value = "text/xml;" + text;
            return !MediaType.TryParse(value, out MediaType? first)
                || (MediaType.TryParse(first.ToString(), out MediaType? second) && second.ToString() == first.ToString());
        }).Hold();
}

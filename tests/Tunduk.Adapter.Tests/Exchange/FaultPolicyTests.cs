using System.Text;
using Tunduk.Adapter.Exchange;
using Tunduk.Xml;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Faults by the agreement: the code passes, text and detail only where listed.</summary>
public sealed class FaultPolicyTests
{
    private const string Shown = "faults: { text: show, detail: [reason, place/line] }";

    [Fact]
    public void Soap_NothingListed_PassesTheCodeAlone()
    {
        FilteredFault fault = Soap("attachments: none", "Server.NotFound", "no person 21502197994378", "<detail><reason>SECRET</reason></detail>");
        fault.Code.ShouldBe("Server.NotFound");
        fault.Text.ShouldNotContain("21502197994378");
        fault.Text.ShouldContain("24 characters");
        fault.Detail.IsEmpty.ShouldBeTrue();
        fault.Removed.Select(static r => r.Path).ShouldBe(["fault/text", "fault/detail"]);
    }

    [Fact]
    public void Soap_ListedDetail_PassesUnchanged()
    {
        FilteredFault fault = Soap(Shown, "soap:Server", "no such person", "<detail a=\"SECRET\">SECRET<reason>not found</reason><place><line>3</line><file>SECRET</file></place><!--SECRET--></detail>");
        fault.Text.ShouldBe("no such person");
        Encoding.UTF8.GetString(fault.Detail.Span).ShouldBe("<detail><reason>not found</reason><place><line>3</line></place></detail>");
    }

    [Theory]
    [InlineData("Server.no person 21502197994378")]
    [InlineData("")]
    [InlineData("21502197994378")]
    [InlineData("a:b:c")]
    public void Soap_CodeThatIsAText_IsReplaced(string code) => Soap(Shown, code, "t", string.Empty).Code.ShouldBe("Server");

    [Fact]
    public void Soap_NoAgreement_PassesTheCodeAlone() =>
        FaultPolicy.Soap(null, new SoapFault("Server", "SECRET", null, default)).Text.ShouldNotContain("SECRET");

    [Theory]
    [InlineData("attachments: none", "{\"type\":\"Server.X\",\"message\":\"SECRET\",\"detail\":\"SECRET\",\"x\":1}", "{\"type\":\"Server.X\"}")]
    [InlineData(Shown, "{\"type\":\"Server.X\",\"message\":\"shown\",\"detail\":{\"reason\":\"r\",\"x\":\"SECRET\"}}", "{\"type\":\"Server.X\",\"message\":\"shown\",\"detail\":{\"reason\":\"r\"}}")]
    [InlineData(Shown, "SECRET", "")]
    [InlineData(Shown, "", "")]
    public void Rest_ErrorBody_PassesWhatIsListed(string service, string body, string expected) =>
        Encoding.UTF8.GetString(FaultPolicy.Rest(PolicyRuns.Document(service).Services[0], Encoding.UTF8.GetBytes(body)).Json.Span).ShouldBe(expected);

    private static FilteredFault Soap(string service, string code, string text, string detail)
    {
        XmlElement element = default;
        if (detail.Length > 0)
        {
            XmlTape.TryParse(Encoding.UTF8.GetBytes(detail), out XmlTape? tape, out _).ShouldBeTrue();
            element = tape!.Root;
        }

        return FaultPolicy.Soap(PolicyRuns.Document(service).Services[0], new SoapFault(code, text, null, element));
    }
}

using System.Buffers;
using System.Text;
using Tunduk.Adapter.Filtering;
using Tunduk.Xml;

namespace Tunduk.Adapter.Tests.Filtering;

public class XmlFieldFilterTests
{
    private const string Xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

    [Theory]
    [InlineData("surname", "<response><surname>A</surname><photo>S</photo></response>", "<response><surname>A</surname></response>")]
    [InlineData("surname", "<response><p:surname xmlns:p=\"urn:s\">A</p:surname></response>", "<response><p:surname xmlns:p=\"urn:s\">A</p:surname></response>")]
    [InlineData("surname", "<response><p:surname xmlns:p=\"urn:evil\">S</p:surname></response>", "<response></response>")]
    [InlineData("surname", "<response><surname xmlns=\"urn:evil\">S</surname></response>", "<response></response>")]
    [InlineData("surname", "<response xmlns:leak=\"urn:S\"><surname>A</surname></response>", "<response><surname>A</surname></response>")]
    [InlineData("surname", "<response><Surname>S</Surname><SURNAME>S</SURNAME></response>", "<response></response>")]
    [InlineData("surname", "<response><surname leak=\"S\" xml:lang=\"S\">A</surname></response>", "<response><surname>A</surname></response>")]
    [InlineData("surname/@id surname", "<response><surname id='1' leak = 'S'>A</surname></response>", "<response><surname id='1'>A</surname></response>")]
    [InlineData("surname", "<response><surname>A<!-- S -->B<?x S?></surname></response>", "<response><surname>AB</surname></response>")]
    [InlineData("surname", "<response><surname><![CDATA[<photo>]]>A</surname></response>", "<response><surname><![CDATA[<photo>]]>A</surname></response>")]
    [InlineData("surname", "<response>S<surname>A</surname><![CDATA[S]]></response>", "<response><surname>A</surname></response>")]
    [InlineData("surname", "<response>&#83;<surname>A&amp;&#66;</surname></response>", "<response><surname>A&amp;&#66;</surname></response>")]
    [InlineData("surname", "<response><surname>A<photo>S</photo>B</surname></response>", "<response><surname>AB</surname></response>")]
    [InlineData("address/street", "<response><address>S<street>A</street><house>S</house></address></response>", "<response><address><street>A</street></address></response>")]
    [InlineData("address/**", "<response><address a=\"1\"><street>A</street><any xmlns=\"urn:evil\">S</any></address></response>", "<response><address a=\"1\"><street>A</street></address></response>")]
    [InlineData("documents/number", "<response><documents><number>1</number><x>S</x></documents><documents><number>2</number></documents></response>", "<response><documents><number>1</number></documents><documents><number>2</number></documents></response>")]
    [InlineData("surname", "<request><pin>1</pin><secret>S</secret><surname>S</surname></request><response><surname>A</surname></response>", "<request><pin>1</pin></request><response><surname>A</surname></response>")]
    [InlineData("surname", "<response><surname>A</surname></response><response><photo>S</photo></response><surname>S</surname>", "<response><surname>A</surname></response><response></response>")]
    [InlineData("surname", "<surname>A</surname><photo>S</photo>", "<surname>A</surname>")]
    [InlineData("surname", "<response><photo/><surname/></response>", "<response><surname/></response>")]
    [InlineData("surname", "<response xmlns='' ><surname>A</surname></response>", "<response xmlns='' ><surname>A</surname></response>")]
    [InlineData("surname", "<response " + Xsi + "><surname xsi:nil=\"true\"/></response>", "<response " + Xsi + "><surname xsi:nil=\"true\"/></response>")]
    [InlineData("surname", "<response " + Xsi + " xsi:schemaLocation=\"urn:s S\"/>", "<response " + Xsi + "/>")]
    public void Apply_HostileShapes_LetOnlyListedValuesPass(string allow, string content, string expected)
    {
        (string text, XmlFilterResult result) = Run(content, allow, request: "pin");
        result.Fields.Refusal.ShouldBeNull();
        text.ShouldBe($"<o:op xmlns:o=\"urn:s\" xmlns=\"urn:s\">{expected}</o:op>");
    }

    [Theory]
    [InlineData("<response " + Xsi + "><surname xsi:nil=\"true\">S</surname></response>", "nil_with_content")]
    [InlineData("<response " + Xsi + "><surname xsi:nil=\"1\"><x>S</x></surname></response>", "nil_with_content")]
    [InlineData("<response " + Xsi + "><surname xsi:type=\"Secret\">S</surname></response>", "type_substitution")]
    [InlineData("<response " + Xsi + "><surname xsi:nil=\"yes\"/></response>", "wrong_instance_attribute")]
    public void Apply_InstanceAttributes_RefuseWhatTwoReadersSeeDifferently(string content, string code)
    {
        (string text, XmlFilterResult result) = Run(content, "surname");
        result.Fields.Refusal!.Code.ShouldBe(code);
        text.ShouldBeEmpty();
    }

    [Fact]
    public void Apply_RefuseAndBlank_DoAsTheListSays()
    {
        Run("<response><photo>S</photo></response>", "surname", unlisted: UnlistedAction.Refuse).Result.Fields.Refusal!.Path.ShouldBe("response/(unlisted)");
        Run("<response leak=\"S\"/>", "surname", unlisted: UnlistedAction.Refuse).Result.Fields.Refusal!.Code.ShouldBe("field_not_listed");
        Run("<response>S</response>", "surname", unlisted: UnlistedAction.Refuse).Result.Fields.Refusal!.Path.ShouldBe("response");
        (string text, XmlFilterResult result) = Run("<response><photo a=\"S\">S</photo><x>S</x></response>", "surname", unlisted: UnlistedAction.Blank, known: "response/photo");
        text.ShouldEndWith("<response><photo></photo></response></o:op>");
        result.Fields.Removed().ShouldBe("response/photo response/(unlisted)");
    }

    [Fact]
    public void Apply_Includes_TellWhichPartsMayGoOn()
    {
        const string Xop = "xmlns:x=\"http://www.w3.org/2004/08/xop/include\"";
        (string text, XmlFilterResult result) = Run($"<response {Xop}><photo><x:Include href=\"cid:a%40b\" leak=\"S\">S</x:Include></photo><scan><x:Include href=\"cid:c\"/></scan></response>", "photo");
        text.ShouldContain("<photo><x:Include href=\"cid:a%40b\"></x:Include></photo></response>");
        result.KeptIncludes.ShouldBe(["cid:a@b"]);
        result.RemovedIncludes.ShouldBe(["cid:c"]);

        Run($"<response {Xop}><photo><x:Include href=\"cid:a%40b\"/></photo><scan><x:Include href=\"cid:a@b\"/></scan></response>", "photo")
            .Result.Fields.Refusal!.Code.ShouldBe("attachment_referenced_twice");
    }

    /// <summary>Nine megabytes of references held against one another would take a core for minutes.</summary>
    [Fact]
    public void Apply_ManyReferences_StaysLinear()
    {
        StringBuilder content = new("<response xmlns:x=\"http://www.w3.org/2004/08/xop/include\">");
        for (int i = 0; i < 100_000; i++)
        {
            content.Append("<photo><x:Include href=\"cid:k").Append(i).Append("\"/></photo><scan><x:Include href=\"cid:r").Append(i).Append("\"/></scan>");
        }

        (_, XmlFilterResult result) = Run(content.Append("</response>").ToString(), "photo");

        result.Fields.Refusal.ShouldBeNull();
        (result.KeptIncludes.Count, result.RemovedIncludes.Count).ShouldBe((100_000, 100_000));
    }

    [Fact]
    public void Apply_WholeDocument_LeavesTheRestAsItIs()
    {
        byte[] document = Encoding.UTF8.GetBytes("<e><h>H</h><op xmlns=\"urn:s\"><response><surname>A</surname><photo>S</photo></response></op><!--t--></e>");
        XmlTape.TryParse(document, out XmlTape? tape, out _).ShouldBeTrue();
        ArrayBufferWriter<byte> output = new();
        XmlFieldFilter.Apply(FieldList.ForResponse(FilterRuns.Rules("surname"), FieldRules.Nothing), tape.Root.Children.Last(), new XmlNamespaceRule(["urn:s"]), output);
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe("<e><h>H</h><op xmlns=\"urn:s\"><response><surname>A</surname></response></op><!--t--></e>");
    }

    internal static (string Text, XmlFilterResult Result) Run(string content, string allow, string request = "", UnlistedAction unlisted = UnlistedAction.Remove, string known = "") =>
        Run(FieldList.ForResponse(FilterRuns.Rules(allow, unlisted), FilterRuns.Rules(request), FilterRuns.Paths(known)), content);

    internal static (string Text, XmlFilterResult Result) Run(FieldList list, string content)
    {
        byte[] document = Encoding.UTF8.GetBytes($"<o:op xmlns:o=\"urn:s\" xmlns=\"urn:s\">{content}</o:op>");
        XmlTape.TryParse(document, out XmlTape? tape, out XmlFault fault).ShouldBeTrue(fault.ToString());
        ArrayBufferWriter<byte> output = new();
        XmlFilterResult result = XmlFieldFilter.ApplyToElement(list, tape.Root, new XmlNamespaceRule(["urn:s"]), output);
        string text = Encoding.UTF8.GetString(output.WrittenSpan);
        if (!result.Fields.IsRefused)
        {
            XmlTape.TryParse(output.WrittenMemory, out _, out fault).ShouldBeTrue(fault.ToString());
        }

        return (text, result);
    }
}

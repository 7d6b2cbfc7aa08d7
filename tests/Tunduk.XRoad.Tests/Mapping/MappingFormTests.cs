using System.Text;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>The fixed form of each construct (proto/MAPPING.md), and what is refused.</summary>
public class MappingFormTests
{
    private const string Root = "<tns:op xmlns:tns=\"urn:t\"";

    private static string Element(string type, string extra = "") => $"""<xs:sequence><xs:element name="v" type="{type}" {extra}/></xs:sequence>""";

    [Theory]
    [InlineData("xs:int", "+007", "7")]
    [InlineData("xs:decimal", "1250.50", "\"1250.50\"")]
    [InlineData("xs:long", "9007199254740993", "\"9007199254740993\"")]
    [InlineData("xs:integer", "123456789012345678901234567890", "\"123456789012345678901234567890\"")]
    [InlineData("xs:double", "+.5E3", "0.5E3")]
    [InlineData("xs:double", "INF", "\"INF\"")]
    [InlineData("xs:boolean", " 1 ", "true")]
    [InlineData("xs:date", "2020-02-29+06:00", "\"2020-02-29+06:00\"")]
    [InlineData("xs:base64Binary", "AA EC\nAw==", "\"AAECAw==\"")]
    [InlineData("xs:string", "  a  ", "\"  a  \"")]
    [InlineData("xs:token", " a  b ", "\"a b\"")]
    [InlineData("xs:NMTOKENS", "a b", "[\"a\",\"b\"]")]
    [InlineData("xs:string", "<![CDATA[<&>]]>x<!-- c -->y", "\"<&>xy\"")]
    public void ToJson_Value_HasItsForm(string type, string text, string json)
    {
        var shape = MappingHarness.Shape(Element(type));
        MappingHarness.ToJson(shape, $"{Root}><tns:v>{text}</tns:v></tns:op>").ShouldBe($"{{\"v\":{json}}}");
    }

    // XOP 1.0 §2.1: a reference stands for base64, alone in its element; anywhere else it is an element that the contract does not have.
    [Theory]
    [InlineData("xs:base64Binary", "@", true, true)]
    [InlineData("xs:base64Binary", " \n@\n", true, true)]
    [InlineData("xs:base64Binary", "@", false, false)]
    [InlineData("xs:base64Binary", "@@", true, false)]
    [InlineData("xs:base64Binary", "AAEC@", true, false)]
    [InlineData("xs:base64Binary", "@AAEC", true, false)]
    [InlineData("xs:hexBinary", "@", true, false)]
    [InlineData("xs:string", "@", true, false)]
    [InlineData("xs:string", "a@", true, false)]
    [InlineData("xs:anySimpleType", "@", true, false)]
    public void ToJson_ReferenceToAPart_StandsForBase64Alone(string type, string content, bool acceptParts, bool isTaken)
    {
        const string Include = "<x:Include xmlns:x=\"http://www.w3.org/2004/08/xop/include\" href=\"cid:a\"/>";
        var xml = $"{Root}><tns:v>{content.Replace("@", Include, StringComparison.Ordinal)}</tns:v></tns:op>";

        var (result, json) = MappingHarness.ToJsonResult(MappingHarness.Shape(Element(type)), xml, new MappingLimits { AcceptParts = acceptParts });

        result.IsOk.ShouldBe(isTaken, string.Join('\n', result.Faults));
        if (isTaken)
        {
            json.ShouldBe("{\"v\":\"\"}");
        }
    }

    [Theory]
    [InlineData("xs:decimal", "1250.50", "1250.50")]
    [InlineData("xs:decimal", "12345678901234567890.123456789", "12345678901234567890.123456789")]
    [InlineData("xs:long", "9007199254740993", "9007199254740993")]
    [InlineData("xs:int", "\"7\"", "7")]
    public void ToXml_NumberOrString_KeepsDigits(string type, string json, string text) =>
        MappingHarness.ToXml(MappingHarness.Shape(Element(type)), $"{{\"v\":{json}}}").ShouldBe($"{Root}><tns:v>{text}</tns:v></tns:op>");

    [Theory]
    [InlineData("xs:int", "2147483648", "range")]
    [InlineData("xs:int", "1.5", "type")]
    [InlineData("xs:int", "true", "type")]
    [InlineData("xs:decimal", "1e5", "type")]
    [InlineData("xs:boolean", "\"true\"", "type")]
    [InlineData("xs:date", "\"2021-02-29\"", "type")]
    [InlineData("xs:dateTime", "\"2021-02-28T25:00:00\"", "type")]
    [InlineData("xs:base64Binary", "\"A\"", "type")]
    [InlineData("xs:base64Binary", "\"AB==\"", "type")]
    [InlineData("xs:base64Binary", "\"AAB=\"", "type")]
    [InlineData("xs:base64Binary", "\"A===\"", "type")]
    [InlineData("xs:QName", "\"a:b\"", "type")]
    [InlineData("xs:string", "\"\\u0000\"", "character")]
    [InlineData("xs:string", "\"\\udc00x\"", "character")]
    [InlineData("xs:string", "\"\\uffff\"", "character")]
    [InlineData("xs:string", "1", "type")]
    [InlineData("xs:unsignedLong", "18446744073709551616", "range")]
    public void ToXml_WrongValue_IsRefused(string type, string json, string code) =>
        MappingHarness.XmlFault(MappingHarness.Shape(Element(type)), $"{{\"v\":{json}}}").Code.ShouldBe(code);

    [Theory]
    [InlineData("<xs:maxLength value='3'/>", "xs:string", "\"abcd\"", "length")]
    [InlineData("<xs:length value='2'/>", "xs:base64Binary", "\"AAEC\"", "length")]
    [InlineData("<xs:enumeration value='A'/><xs:enumeration value='B'/>", "xs:string", "\"C\"", "enumeration")]
    [InlineData("<xs:fractionDigits value='2'/>", "xs:decimal", "\"1.234\"", "digits")]
    [InlineData("<xs:totalDigits value='3'/>", "xs:decimal", "\"1234\"", "digits")]
    [InlineData("<xs:minExclusive value='5'/>", "xs:int", "5", "range")]
    [InlineData("<xs:maxInclusive value='2020-01-01'/>", "xs:date", "\"2020-01-02\"", "range")]
    [InlineData("<xs:minInclusive value='2024-01-01'/>", "xs:date", "\"2024-01-01Z\"", "range")]
    [InlineData("<xs:minInclusive value='P1M'/>", "xs:duration", "\"P31D\"", "range")]
    [InlineData("<xs:enumeration value='2024-01-01T00:00:00Z'/>", "xs:dateTime", "\"2024-01-01T00:00:00\"", "enumeration")]
    [InlineData("<xs:enumeration value='2024-01-01T00:00:00Z'/>", "xs:dateTime", "\"2024-01-01T00:00:00+06:00\"", "enumeration")]
    [InlineData("<xs:pattern value='\\d{3}|[a-c]+'/>", "xs:string", "\"12\"", "pattern")]
    public void ToXml_FacetBroken_IsRefusedByFacet(string facets, string parent, string json, string code)
    {
        var shape = MappingHarness.Shape(Element("t:s"), $"<xs:simpleType name='s'><xs:restriction base='{parent}'>{facets}</xs:restriction></xs:simpleType>");
        var fault = MappingHarness.XmlFault(shape, $"{{\"v\":{json}}}");
        fault.Code.ShouldBe(code);
        fault.Path.ShouldBe("$.v");
        fault.Declared.File.ShouldBe("test.wsdl");
    }

    [Theory]
    [InlineData("<xs:enumeration value='2024-01-01T00:00:00Z'/>", "xs:dateTime", "\"2024-01-01T06:00:00+06:00\"")]
    [InlineData("<xs:enumeration value='P1Y'/>", "xs:duration", "\"P12M\"")]
    [InlineData("<xs:maxInclusive value='1'/>", "xs:float", "\"1.00000001\"")]
    [InlineData("<xs:maxLength value='1'/>", "xs:base64Binary", "\"AQ==\"")]
    public void ToXml_FacetMetByValue_Passes(string facets, string parent, string json)
    {
        var shape = MappingHarness.Shape(Element("t:s"), $"<xs:simpleType name='s'><xs:restriction base='{parent}'>{facets}</xs:restriction></xs:simpleType>");
        MappingHarness.ToXml(shape, $"{{\"v\":{json}}}").ShouldContain(json.Trim('"'));
    }

    [Fact]
    public void ToJson_NameWithAnUnboundPrefix_IsRefused() =>
        MappingHarness.JsonFault(MappingHarness.Shape(Element("xs:QName")), $"{Root}><tns:v>a:b</tns:v></tns:op>").Code.ShouldBe("type");

    [Fact]
    public void ToJson_OneItemOfMany_IsAnArray()
    {
        var shape = MappingHarness.Shape(Element("xs:int", "maxOccurs='unbounded' nillable='true'"));
        MappingHarness.ToJson(shape, $"{Root}><tns:v>1</tns:v></tns:op>").ShouldBe("""{"v":[1]}""");
        MappingHarness.ToJson(shape, $"{Root} xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><tns:v>1</tns:v><tns:v xsi:nil='true'/></tns:op>").ShouldBe("""{"v":[1,null]}""");
    }

    [Fact]
    public void Both_RepeatedChoice_IsAListInOrder()
    {
        var shape = MappingHarness.Shape("<xs:choice maxOccurs='unbounded'><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:string'/></xs:choice>");
        const string json = """{"$content":[{"b":"x"},{"a":1},{"b":"y"}]}""";
        var xml = MappingHarness.ToXml(shape, json);
        xml.ShouldBe($"{Root}><tns:b>x</tns:b><tns:a>1</tns:a><tns:b>y</tns:b></tns:op>");
        MappingHarness.ToJson(shape, xml).ShouldBe(json);
        MappingHarness.ToXmlResult(shape, """{"a":1}""").Result.Faults[0].Code.ShouldBe("unknown");
        MappingHarness.XmlFault(shape, """{"$content":[]}""").Code.ShouldBe("required");
    }

    [Fact]
    public void Both_ChoiceOfTwo_RefusesBoth()
    {
        var shape = MappingHarness.Shape("<xs:choice><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:string'/></xs:choice>");
        MappingHarness.ToXml(shape, """{"b":"x"}""").ShouldBe($"{Root}><tns:b>x</tns:b></tns:op>");
        MappingHarness.XmlFault(shape, """{"b":"x","a":1}""").Code.ShouldBe("content");
        MappingHarness.JsonFault(shape, $"{Root}><tns:a>1</tns:a><tns:b/></tns:op>").Code.ShouldBe("content");
        MappingHarness.JsonFault(shape, $"{Root}/>").Code.ShouldBe("required");
    }

    [Fact]
    public void Both_SimpleContentWithAttributes_UsesDollar()
    {
        var shape = MappingHarness.Shape(Element("t:m"), "<xs:complexType name='m'><xs:simpleContent><xs:extension base='xs:decimal'><xs:attribute name='cur' type='xs:string' use='required'/></xs:extension></xs:simpleContent></xs:complexType>");
        MappingHarness.ToXml(shape, """{"v":{"$":"1.50","@cur":"KGS"}}""").ShouldBe($"{Root}><tns:v cur=\"KGS\">1.50</tns:v></tns:op>");
        MappingHarness.XmlFault(shape, """{"v":{"$":"1.50"}}""").Path.ShouldBe("$.v.@cur");
        MappingHarness.JsonFault(shape, $"{Root}><tns:v cur='x' other='y'>1</tns:v></tns:op>").Code.ShouldBe("unknown");
    }

    [Fact]
    public void Both_DerivedType_IsChosenByType()
    {
        const string globals = "<xs:complexType name='A' abstract='true'><xs:sequence><xs:element name='x' type='xs:int'/></xs:sequence></xs:complexType><xs:complexType name='B'><xs:complexContent><xs:extension base='t:A'><xs:sequence><xs:element name='y' type='xs:int'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>";
        var shape = MappingHarness.Shape(Element("t:A"), globals);
        var xml = MappingHarness.ToXml(shape, """{"v":{"y":2,"$type":"B","x":1}}""");
        xml.ShouldContain("<tns:v xsi:type=\"tns:B\"><tns:x>1</tns:x><tns:y>2</tns:y></tns:v>");
        MappingHarness.ToJson(shape, xml).ShouldBe("""{"v":{"$type":"B","x":1,"y":2}}""");
        MappingHarness.XmlFault(shape, """{"v":{"x":1}}""").Code.ShouldBe("unknown-type");
        MappingHarness.ToXmlResult(shape, """{"v":{"$type":"Q","x":1}}""").Result.Faults[0].Code.ShouldBe("unknown-type");
    }

    [Fact]
    public void Both_Any_IsXmlText()
    {
        var shape = MappingHarness.Shape("<xs:sequence><xs:element name='a' type='xs:int'/><xs:any namespace='##other' minOccurs='0' maxOccurs='unbounded'/></xs:sequence>");
        const string json = """{"a":1,"$any":["<p:x xmlns:p=\"urn:o\">1</p:x>"]}""";
        MappingHarness.ToJson(shape, MappingHarness.ToXml(shape, json)).ShouldBe(json);
        MappingHarness.XmlFault(shape, """{"a":1,"$any":["<x>"]}""").Code.ShouldBe("malformed-xml");
        MappingHarness.XmlFault(shape, """{"a":1,"$any":["<x/>"]}""").Code.ShouldBe("unknown");
        MappingHarness.XmlFault(shape, """{"a":1,"$any":["<!DOCTYPE x><x/>"]}""").Code.ShouldBe("malformed-xml");
        MappingHarness.XmlFault(shape, """{"a":1,"$any":["<p:x xmlns:p='urn:o'/></tns:op>"]}""").Code.ShouldBe("malformed-xml");
    }

    [Fact]
    public void ToJson_WrongForm_IsRecognisedAndSaid()
    {
        var shape = MappingHarness.Shape(Element("xs:int"));
        var (result, text) = MappingHarness.ToJsonResult(shape, "<op xmlns='urn:t'><v xmlns=''>1</v></op>");
        result.IsOk.ShouldBeTrue();
        result.WrongForm.ShouldBeTrue();
        text.ShouldBe("""{"v":1}""");
        MappingHarness.ToJsonResult(shape, "<op xmlns='urn:t'><v xmlns=''>1</v></op>", new MappingLimits { AcceptWrongForm = false }).Result.Faults[0].Code.ShouldBe("unknown");
    }

    [Fact]
    public void ToJson_WrongFormOfOneOfTwoElementsWithOneName_IsRefused()
    {
        // {urn:t}v and {}v: without a namespace it is the second, exactly; in the wrong form neither is meant.
        var shape = MappingHarness.Shape("<xs:sequence><xs:element name='v' type='xs:int' minOccurs='0'/><xs:element name='v' form='unqualified' type='xs:int' minOccurs='0'/><xs:element name='w' type='xs:int' minOccurs='0'/></xs:sequence>");
        MappingHarness.ToJson(shape, "<t:op xmlns:t='urn:t'><v>1</v></t:op>").ShouldBe("""{"v$2":1}""");
        MappingHarness.ToJsonResult(shape, "<t:op xmlns:t='urn:t'><w>1</w></t:op>").Result.WrongForm.ShouldBeTrue();
        MappingHarness.ToJsonResult(shape, "<t:op xmlns:t='urn:t'><v>1</v><v>1</v></t:op>").Result.IsOk.ShouldBeFalse();
    }

    [Fact]
    public void ToJson_WrongFormThatAWildcardLetsIn_IsWhatTheWildcardSays()
    {
        var shape = MappingHarness.Shape("<xs:sequence><xs:any namespace='##local' processContents='skip' minOccurs='0'/><xs:element name='v' type='xs:int' minOccurs='0'/></xs:sequence>");
        var (result, text) = MappingHarness.ToJsonResult(shape, "<t:op xmlns:t='urn:t'><v>1</v></t:op>");

        result.IsOk.ShouldBeTrue();
        result.WrongForm.ShouldBeFalse();
        text.ShouldContain("$any");
    }

    [Theory]
    [InlineData("xs:int", "xs:int", true)]
    [InlineData("xs:int", "e:int", true)]
    [InlineData("t:code", "t:code", true)]
    [InlineData("t:code", "xs:string", true)]
    [InlineData("xs:anySimpleType", "xs:int", true)]
    [InlineData("xs:int", "xs:long", false)]
    [InlineData("xs:int", "t:int", false)]
    [InlineData("xs:int", "xs:nothing", false)]
    [InlineData("xs:int", "none:int", false)]
    [InlineData("xs:int", "int", false)]
    [InlineData("t:code", "t:other", false)]
    public void ToJson_XsiTypeOfASimpleElement_MayOnlyNameItsOwn(string declared, string named, bool accepted)
    {
        var shape = MappingHarness.Shape($"<xs:sequence><xs:element name='v' type='{declared}'/></xs:sequence>", "<xs:simpleType name='code'><xs:restriction base='xs:string'/></xs:simpleType>");
        var (result, _) = MappingHarness.ToJsonResult(shape, $"<t:op xmlns:t='urn:t' xmlns:xs='http://www.w3.org/2001/XMLSchema' xmlns:e='http://schemas.xmlsoap.org/soap/encoding/' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><t:v i:type='{named}'>1</t:v></t:op>");

        result.IsOk.ShouldBe(accepted, string.Join(' ', result.Faults));
        if (!accepted)
        {
            result.Faults[0].Code.ShouldBe("unknown-type");
        }
    }

    [Fact]
    public void ToJson_EncodingStyleOnAnyElement_IsDisregarded()
    {
        var shape = MappingHarness.Shape(Element("xs:int"));
        const string Style = "s:encodingStyle='http://schemas.xmlsoap.org/soap/encoding/'";
        MappingHarness.ToJson(shape, $"<t:op xmlns:t='urn:t' xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' {Style}><t:v {Style}>1</t:v></t:op>").ShouldBe("""{"v":1}""");
        MappingHarness.ToJsonResult(shape, "<t:op xmlns:t='urn:t' xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' s:actor='x'><t:v>1</t:v></t:op>").Result.IsOk.ShouldBeFalse();
    }

    [Theory]
    [InlineData("<x/>", "root")]
    [InlineData("<tns:op xmlns:tns='urn:t'><tns:v>1</tns:v>", "malformed-xml")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><tns:op xmlns:tns='urn:t'><tns:v>1</tns:v></tns:op>", "malformed-xml")]
    [InlineData("<tns:op xmlns:tns='urn:t'><tns:v>1</tns:v></tns:op><tns:op xmlns:tns='urn:t'/>", "malformed-xml")]
    [InlineData("<tns:op xmlns:tns='urn:t'>text<tns:v>1</tns:v></tns:op>", "unknown")]
    [InlineData("<tns:op xmlns:tns='urn:t'><tns:v>1<tns:w/></tns:v></tns:op>", "unknown")]
    [InlineData("<tns:op xmlns:tns='urn:t'><tns:v>1</tns:v><tns:v>1</tns:v></tns:op>", "content")]
    [InlineData("<tns:op xmlns:tns='urn:t' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><tns:v xsi:nil='true'/></tns:op>", "not-nillable")]
    public void ToJson_BadXml_IsRefusedByName(string xml, string code) =>
        MappingHarness.ToJsonResult(MappingHarness.Shape(Element("xs:int")), xml).Result.Faults[0].Code.ShouldBe(code);

    [Fact]
    public void Both_TenThousandLevels_AreRefusedFast()
    {
        var shape = MappingHarness.Shape("<xs:sequence><xs:element name='n' type='t:N'/></xs:sequence>", "<xs:complexType name='N'><xs:sequence><xs:element name='n' type='t:N' minOccurs='0'/></xs:sequence></xs:complexType>");
        MappingHarness.XmlFault(shape, string.Concat(Enumerable.Repeat("{\"n\":", 10_000)) + new string('}', 10_000)).Code.ShouldBe("too-deep");
        MappingHarness.JsonFault(shape, "<tns:op xmlns:tns='urn:t'>" + string.Concat(Enumerable.Repeat("<tns:n>", 10_000)) + string.Concat(Enumerable.Repeat("</tns:n>", 10_000)) + "</tns:op>").Code.ShouldBe("too-deep");
        MappingHarness.ToXmlResult(shape, "{\"x\":" + new string((char)91, 10_000) + "}").Result.Faults[^1].Code.ShouldBe("too-deep");
    }

    [Fact]
    public void ToXml_InvalidUtf8_IsRefused()
    {
        var shape = MappingHarness.Shape(Element("xs:string"));
        var json = Encoding.UTF8.GetBytes("{\"v\":\"??\"}");
        json[6] = 0xC3;
        json[7] = 0x28;
        JsonToXml.Write(shape, json, new System.Buffers.ArrayBufferWriter<byte>()).Faults.ShouldHaveSingleItem().Code.ShouldBe("character");
    }

    [Fact]
    public void Both_LongText_StreamsWhole()
    {
        var shape = MappingHarness.Shape(Element("xs:base64Binary"));
        var photo = Convert.ToBase64String(new byte[300_000]);
        var xml = MappingHarness.ToXml(shape, $"{{\"v\":\"{photo}\"}}");
        MappingHarness.ToJson(shape, xml.Replace("AAAAAAAA", "AAAA\nAAAA", StringComparison.Ordinal)).ShouldBe($"{{\"v\":\"{photo}\"}}");
        MappingHarness.JsonFault(shape, xml.Replace("</tns:v>", "*</tns:v>", StringComparison.Ordinal)).Code.ShouldBe("type");
    }
}

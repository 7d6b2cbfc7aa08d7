using System.Buffers;
using System.Globalization;
using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Tests.Filtering;

/// <summary>
/// The corpus of attempts to carry a value past the list: one case for each way. <c>SECRET</c> is never in the output, in
/// no form, nor in a refusal; <c>LISTED</c> is there as it came.
/// </summary>
public sealed class HostileCorpusTests
{
    private const string Xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
    private const string Xop = "xmlns:xop=\"http://www.w3.org/2004/08/xop/include\"";

    private static readonly string[] Forms =
    [
        "SECRET",
        Convert.ToBase64String("SECRET"u8),
        Convert.ToHexString("SECRET"u8),
        Convert.ToHexStringLower("SECRET"u8),
        string.Concat("SECRET"u8.ToArray().Select(static b => $"%{b:X2}")),
        string.Concat("SECRET".Select(static c => $"&#{(int)c};")),
        string.Concat("SECRET".Select(static c => $"&#x{(int)c:X};")),
        string.Concat("SECRET".Select(static c => $"\\u{(int)c:x4}")),
    ];

    /// <summary>Name, list, content of the operation element, and what comes out (null: something that holds LISTED; <c>!code</c>: the refusal).</summary>
    public static TheoryData<string, string, string, string?> Xml => new()
    {
        { "another namespace by prefix", "surname", "<response><e:surname xmlns:e=\"urn:evil\">SECRET</e:surname><surname>LISTED</surname></response>", null },
        { "another namespace by default", "surname", "<response><surname xmlns=\"urn:evil\">SECRET</surname></response>", "<response></response>" },
        { "prefix bound to another namespace below", "surname", "<response><o:surname xmlns:o=\"urn:evil\">SECRET</o:surname></response>", "<response></response>" },
        { "a value in a namespace declaration", "surname", "<response xmlns:x=\"urn:SECRET\"><surname xmlns:y='SECRET'>LISTED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "another prefix for the same namespace", "surname", "<response><q:surname xmlns:q=\"urn:s\">LISTED</q:surname></response>", null },
        { "case", "surname", "<response><Surname>SECRET</Surname><SURNAME>SECRET</SURNAME><surname>LISTED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "letters that look alike", "surname", "<response><ѕurname>SECRET</ѕurname><surnаme>SECRET</surnаme></response>", "<response></response>" },
        { "composed and decomposed", "й", "<response><и\u0306>SECRET</и\u0306><й>LISTED</й></response>", "<response><й>LISTED</й></response>" },
        { "xsi:type substitution", "surname", $"<response {Xsi}><surname xsi:type=\"o:Secret\">SECRET</surname></response>", "!type_substitution" },
        { "xsi:type on structure", "address/street", $"<response {Xsi}><address xsi:type=\"o:Secret\"><street>LISTED</street></address></response>", "!type_substitution" },
        { "xsi:type on what is removed", "surname", $"<response {Xsi}><photo xsi:type=\"o:Secret\">SECRET</photo><surname>LISTED</surname></response>", null },
        { "nil with content", "surname", $"<response {Xsi}><surname xsi:nil=\"true\">SECRET</surname></response>", "!nil_with_content" },
        { "nil with an element", "surname", $"<response {Xsi}><surname xsi:nil=\" 1 \"><x>SECRET</x></surname></response>", "!nil_with_content" },
        { "nil spelt otherwise", "surname", $"<response {Xsi}><surname xsi:nil=\"TRUE\">SECRET</surname></response>", "!wrong_instance_attribute" },
        { "schemaLocation", "surname", $"<response {Xsi} xsi:schemaLocation=\"urn:s SECRET\" xsi:noNamespaceSchemaLocation=\"SECRET\"><surname>LISTED</surname></response>", null },
        { "another instance attribute", "surname", $"<response {Xsi}><surname xsi:secret=\"SECRET\">LISTED</surname></response>", "!wrong_instance_attribute" },
        { "CDATA in structure", "address/street", "<response><address><![CDATA[SECRET]]><street>LISTED</street></address></response>", "<response><address><street>LISTED</street></address></response>" },
        { "CDATA that looks like an element", "surname", "<response><surname>LISTED<![CDATA[</surname><photo>]]></surname></response>", "<response><surname>LISTED<![CDATA[</surname><photo>]]></surname></response>" },
        { "CDATA split over an end", "surname", "<response><photo><![CDATA[SEC]]><![CDATA[RET]]></photo><surname>LISTED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "a comment in a value", "surname", "<response><surname>LIS<!--SECRET-->TED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "a comment in a removed value", "surname", "<response><photo>SEC<!-- -->RET</photo></response>", "<response></response>" },
        { "a processing instruction", "surname", "<response><?SECRET x?><surname>LISTED<?x SECRET?></surname></response>", "<response><surname>LISTED</surname></response>" },
        { "character references", "surname", "<response>&#83;&#69;CRET<surname>LISTED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "an attribute of a listed element", "surname", "<response><surname leak=\"SECRET\" o:leak='SECRET'>LISTED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "an attribute of structure", "address/street", "<response leak=\"SECRET\"><address leak=\"SECRET\"><street>LISTED</street></address></response>", "<response><address><street>LISTED</street></address></response>" },
        { "xml:lang and xml:base", "surname", "<response><surname xml:lang=\"SECRET\" xml:base=\"SECRET\" xml:id=\"SECRET\" xml:space='preserve'>LISTED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "any content below a listed element", "surname", "<response><surname>LISTED<any xmlns=\"urn:any\">SECRET</any></surname></response>", "<response><surname>LISTED</surname></response>" },
        { "any content below a subtree, in another namespace", "address/**", "<response><address><street>LISTED</street><any xmlns=\"urn:any\"><street>SECRET</street></any></address></response>", "<response><address><street>LISTED</street></address></response>" },
        { "any content in no namespace", "address/street", "<response><address xmlns=''><street>LISTED</street><any>SECRET</any></address></response>", "<response><address xmlns=''><street>LISTED</street></address></response>" },
        { "a second response element", "surname", "<response><surname>LISTED</surname></response><response><photo>SECRET</photo></response>", "<response><surname>LISTED</surname></response><response></response>" },
        { "a listed name outside the response", "surname", "<surname>SECRET</surname><other><surname>SECRET</surname></other><response><surname>LISTED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "a listed name in the echoed request", "surname", "<request><pin>LISTED</pin><surname>SECRET</surname></request><response/>", "<request><pin>LISTED</pin></request><response/>" },
        { "a response inside a response", "surname", "<response><response><surname>SECRET</surname></response><surname>LISTED</surname></response>", "<response><surname>LISTED</surname></response>" },
        { "text beside elements at the top", "surname", "SECRET<response><surname>LISTED</surname></response>SECRET", "<response><surname>LISTED</surname></response>" },
        { "white space that is data", "surname", "<response> \t<surname> LISTED </surname>\n</response>", "<response> \t<surname> LISTED </surname>\n</response>" },
        { "a number as text, kept as written", "n", "<response><n>007.50LISTED</n></response>", "<response><n>007.50LISTED</n></response>" },
        { "attachments referenced twice", "photo", $"<response {Xop}><photo><xop:Include href=\"cid:a\"/></photo><scan><xop:Include href=\"cid:a\"/></scan></response>", "!attachment_referenced_twice" },
        { "attachments referenced twice, once encoded", "photo", $"<response {Xop}><photo><xop:Include href=\"cid:a%40b\"/></photo><scan><xop:Include href=\"cid:a@b\"/></scan></response>", "!attachment_referenced_twice" },
        { "an include with more than a reference", "photo", $"<response {Xop}><photo><xop:Include href=\"cid:LISTED\" leak=\"SECRET\">SECRET<x>SECRET</x></xop:Include></photo></response>", null },
        { "an include in structure", "address/street", $"<response {Xop}><address><xop:Include href=\"cid:SECRET\"/><street>LISTED</street></address></response>", null },
    };

    /// <summary>As <see cref="Xml"/>, for JSON.</summary>
    public static TheoryData<string, string, string, string?> Json => new()
    {
        { "doubled key", "surname", """{"response":{"surname":"LISTED","surname":"SECRET"}}""", "!json_duplicate_name" },
        { "doubled key, once escaped", "surname", """{"response":{"surname":"LISTED","\u0073urname":"SECRET"}}""", "!json_duplicate_name" },
        { "doubled key in what is removed", "surname", """{"response":{"x":{"a":"SECRET","a":1}}}""", "!json_duplicate_name" },
        { "doubled response", "surname", """{"response":{"surname":"LISTED"},"response":{"photo":"SECRET"}}""", "!json_duplicate_name" },
        { "escaped key of a listed field", "surname", """{"response":{"\u0073\u0075rname":"LISTED"}}""", """{"response":{"surname":"LISTED"}}""" },
        { "escaped key of an unlisted field", "surname", """{"response":{"\u0070hoto":"SECRET","surname":"LISTED"}}""", """{"response":{"surname":"LISTED"}}""" },
        { "case", "surname", """{"response":{"Surname":"SECRET","SURNAME":"SECRET","surname":"LISTED"}}""", """{"response":{"surname":"LISTED"}}""" },
        { "Unicode forms", "й", "{\"response\":{\"и\u0306\":\"SECRET\",\"й\":\"LISTED\"}}", "{\"response\":{\"й\":\"LISTED\"}}" },
        { "full width and look-alike letters", "pin", "{\"response\":{\"ｐｉｎ\":\"SECRET\",\"рin\":\"SECRET\",\"pin\":\"LISTED\"}}", """{"response":{"pin":"LISTED"}}""" },
        { "invisible characters in a key", "pin", "{\"response\":{\"pin\u200B\":\"SECRET\",\"pin \":\"SECRET\",\"\\u0000pin\":\"SECRET\",\"pin\":\"LISTED\"}}", """{"response":{"pin":"LISTED"}}""" },
        { "arrays of arrays", "documents/number", """{"response":{"documents":[[[{"number":"LISTED","photo":"SECRET"}],["SECRET"]],"SECRET",[[]]]}}""", """{"response":{"documents":[[[{"number":"LISTED"}],[]],[[]]]}}""" },
        { "an array where an object is listed", "address/street", """{"response":{"address":["SECRET",{"street":"LISTED","house":"SECRET"}]}}""", """{"response":{"address":[{"street":"LISTED"}]}}""" },
        { "a value where structure is listed", "address/street", """{"response":{"address":"SECRET","surname":"SECRET"}}""", """{"response":{}}""" },
        { "an object where a value is listed", "surname", """{"response":{"surname":{"photo":"SECRET"},"x":1}}""", """{"response":{"surname":{}}}""" },
        { "a number as text and a text as number", "n/m", """{"response":{"n":{"m":"0012","k":"SECRET"},"m":12}}""", """{"response":{"n":{"m":"0012"}}}""" },
        { "numbers as they came", "n", """{"response":{"n":1.0E+2,"x":"SECRET"}}""", """{"response":{"n":1.0E+2}}""" },
        { "JSON in a text", "surname", """{"response":{"surname":"LISTED\",\"photo\":\"","photo":"SECRET"}}""", """{"response":{"surname":"LISTED\",\"photo\":\""}}""" },
        { "a member behind the end", "surname", """{"response":{"surname":"LISTED"}} {"photo":"SECRET"}""", "!json_malformed" },
        { "a comment", "surname", """{"response":{/*SECRET*/"surname":"LISTED"}}""", "!json_malformed" },
        { "a byte order mark", "surname", "\uFEFF{\"response\":{\"surname\":\"LISTED\"}}", "!json_malformed" },
        { "half a surrogate pair in a key", "surname", """{"response":{"\ud800SECRET":"x"}}""", "!json_malformed" },
        { "a key with a slash", "address/street", """{"response":{"address/street":"SECRET","address":{"street":"LISTED"}}}""", """{"response":{"address":{"street":"LISTED"}}}""" },
        { "a key that looks like a wildcard", "address/*", """{"response":{"address":{"*":"LISTED"},"*":"SECRET","**":"SECRET"}}""", """{"response":{"address":{"*":"LISTED"}}}""" },
        { "a key that looks like a position", "documents/number", """{"response":{"documents[0]":{"number":"SECRET"},"documents":{"number":"LISTED"}}}""", """{"response":{"documents":{"number":"LISTED"}}}""" },
        { "the listed name elsewhere", "surname", """{"surname":"SECRET","x":{"surname":"SECRET"},"response":{"surname":"LISTED","x":{"surname":"SECRET"}}}""", """{"response":{"surname":"LISTED"}}""" },
        { "the listed name in the echo", "surname", """{"request":{"surname":"SECRET","pin":"LISTED"},"response":{}}""", """{"request":{"pin":"LISTED"},"response":{}}""" },
        { "prototype keys", "surname", """{"response":{"__proto__":{"surname":"SECRET"},"constructor":"SECRET","surname":"LISTED"}}""", """{"response":{"surname":"LISTED"}}""" },
        { "an empty key", "surname", """{"response":{"":"SECRET","surname":"LISTED"}}""", """{"response":{"surname":"LISTED"}}""" },
        { "not an object at all", "surname", """["SECRET",{"response":"SECRET"}]""", "[{}]" },
        { "a text at the top", "surname", "\"SECRET\"", "null" },
    };

    /// <summary>As <see cref="Xml"/>, for queries and forms.</summary>
    public static TheoryData<string, string, string?> Query => new()
    {
        { "percent-encoded twice, name", "pi%256E=SECRET&pin=LISTED", "!encoding_ambiguous" },
        { "percent-encoded twice, value", "pin=1%2526photo%253DSECRET", "!encoding_ambiguous" },
        { "percent-encoded once, name", "p%69n=LISTED&ph%6Fto=SECRET", "p%69n=LISTED" },
        { "another separator", "pin=1;photo=SECRET", "!encoding_ambiguous" },
        { "overlong UTF-8", "pin=%C0%AESECRET", "!encoding_ambiguous" },
        { "a null character", "pin%00=SECRET&pin=LISTED", "!encoding_ambiguous" },
        { "case", "PIN=SECRET&pin=LISTED", "pin=LISTED" },
        { "brackets", "pin[photo]=SECRET&pin=LISTED", "pin=LISTED" },
        { "twice", "pin=LISTED&pin=LISTED2", "pin=LISTED&pin=LISTED2" },
        { "a name without a value", "SECRET&pin=LISTED", "pin=LISTED" },
        { "a plus for a space", "pin+=SECRET&pin=LISTED+LISTED", "pin=LISTED+LISTED" },
    };

    [Theory]
    [MemberData(nameof(Xml))]
    public void Apply_HostileXml_LetsOnlyListedValuesPass(string name, string allow, string content, string? expected)
    {
        (string text, XmlFilterResult result) = XmlFieldFilterTests.Run(content, allow, request: "pin");
        Judge(name, text, result.Fields, expected is null || expected.StartsWith('!') ? expected : $"<o:op xmlns:o=\"urn:s\" xmlns=\"urn:s\">{expected}</o:op>");

        // What refuses with a list that removes refuses with every other, and nothing passes that removing stops.
        foreach (UnlistedAction action in new[] { UnlistedAction.Refuse, UnlistedAction.Blank })
        {
            (text, result) = XmlFieldFilterTests.Run(content, allow, request: "pin", unlisted: action, known: "response/photo response/address/house");
            Clean($"{name}, {action}", text + result.Fields.Refusal);
        }
    }

    [Theory]
    [MemberData(nameof(Json))]
    public void Apply_HostileJson_LetsOnlyListedValuesPass(string name, string allow, string content, string? expected)
    {
        (string text, FilterResult result) = FilterRuns.Response(content, allow, request: "pin");
        Judge(name, text, result, expected);
        foreach (UnlistedAction action in new[] { UnlistedAction.Refuse, UnlistedAction.Blank })
        {
            (text, result) = FilterRuns.Response(content, allow, request: "pin", unlisted: action, known: "response/photo response/address/house");
            Clean($"{name}, {action}", text + result.Refusal);
        }
    }

    [Theory]
    [MemberData(nameof(Query))]
    public void Apply_HostileQuery_LetsOnlyListedValuesPass(string name, string query, string? expected)
    {
        FieldList list = FieldList.ForRequest(FilterRuns.Rules("query/pin"), null, Adapter.Filtering.MessageShape.Flat);
        Adapter.Filtering.FieldNode? node = list.Flat.Child("query"u8, NameTable.Hash("query"u8));
        FilterResult result = QueryFilter.Apply(list, node, "query", query, out string? text);
        Judge(name, text ?? string.Empty, result, expected);
    }

    /// <summary>Default and fixed values are the schema's words, never a value of the message: what is removed stays removed.</summary>
    [Fact]
    public void Apply_DefaultAndFixedValues_NeverBringBackWhatWasRemoved()
    {
        const string Schema = """
            <wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" xmlns:xrd="http://x-road.eu/xsd/xroad.xsd" targetNamespace="urn:t">
            <wsdl:types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified">
            <xs:element name="op"><xs:complexType><xs:sequence/></xs:complexType></xs:element>
            <xs:element name="opResponse"><xs:complexType><xs:sequence><xs:element name="response"><xs:complexType><xs:sequence>
              <xs:element name="surname" type="xs:string" default="DEFAULT" minOccurs="0"/>
              <xs:element name="photo" type="xs:string" default="DEFAULT" minOccurs="0"/>
              <xs:element name="kind" type="xs:string" fixed="FIXED" minOccurs="0"/>
              <xs:element name="item" minOccurs="0"><xs:complexType><xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="a" type="xs:string" default="DEFAULT"/><xs:attribute name="b" type="xs:string" fixed="FIXED"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
            </xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
            </xs:schema></wsdl:types>
            <wsdl:message name="q"><wsdl:part name="body" element="t:op"/></wsdl:message><wsdl:message name="a"><wsdl:part name="body" element="t:opResponse"/></wsdl:message>
            <wsdl:portType name="p"><wsdl:operation name="op"><wsdl:input message="t:q"/><wsdl:output message="t:a"/></wsdl:operation></wsdl:portType>
            <wsdl:binding name="b" type="t:p"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/><wsdl:operation name="op"><soap:operation soapAction=""/><wsdl:input><soap:body use="literal"/></wsdl:input><wsdl:output><soap:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
            <wsdl:service name="s"><wsdl:port name="x" binding="t:b"><soap:address location="http://example.org/"/></wsdl:port></wsdl:service>
            </wsdl:definitions>
            """;
        ContractImport import = Contract.ImportText(Encoding.UTF8.GetBytes(Schema), "t.wsdl");
        Operation operation = import.Contract.ShouldNotBeNull(string.Join('\n', import.Findings)).Operations[0];
        ContractFields fields = ContractFieldsFactory.Of(operation);
        FieldList list = ServiceFields.Compile(FieldRules.Nothing, FilterRuns.Rules("surname item"), fields)!.Response;
        BodyMapping mapping = new(new LimitOptions());
        const string Body = "<soapenv:Body xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"><opResponse xmlns=\"urn:t\"><response><surname></surname><photo>SECRET</photo><kind>FIXED</kind><item a=\"SECRET\" b=\"FIXED\">LISTED</item></response></opResponse></soapenv:Body>";

        mapping.ToJson(operation, MessageSide.Response, Encoding.UTF8.GetBytes(Body), agreement: null).TryGet(out ReadOnlyMemory<byte> json, out ExchangeError? error).ShouldBeTrue(error?.ToString());
        (FilteredBody? body, _) = FieldPolicy.Run(list, json);
        mapping.ToXml(operation, MessageSide.Response, body!.Json).TryGet(out ReadOnlyMemory<byte> xml, out error).ShouldBeTrue(error?.ToString());
        string output = Encoding.UTF8.GetString(xml.Span);
        output.ShouldContain("LISTED");
        Clean("default and fixed", output);
        output.ShouldNotContain("FIXED");
        output.ShouldNotContain("photo");
        (output.Length - output.Replace("DEFAULT", string.Empty, StringComparison.Ordinal).Length).ShouldBeLessThanOrEqualTo("DEFAULT".Length, "an empty listed element may mean its default; nothing else does");
    }

    private static void Judge(string name, string text, FilterResult result, string? expected)
    {
        Clean(name, text + result.Refusal);
        if (expected is ['!', .. string code])
        {
            result.Refusal.ShouldNotBeNull(name).Code.ShouldBe(code, name);
            text.ShouldBeEmpty(name);
            return;
        }

        result.Refusal.ShouldBeNull(name);
        if (expected is null)
        {
            text.ShouldContain("LISTED", Case.Sensitive, name);
        }
        else
        {
            text.ShouldBe(expected, name);
        }
    }

    private static void Clean(string name, string text)
    {
        foreach (string form in Forms)
        {
            text.ShouldNotContain(form, Case.Insensitive, string.Create(CultureInfo.InvariantCulture, $"{name}: {form}"));
        }
    }
}

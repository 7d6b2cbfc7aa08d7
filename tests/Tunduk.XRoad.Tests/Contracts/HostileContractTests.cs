using System.Diagnostics;
using System.Text;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Tests.Mapping;

namespace Tunduk.XRoad.Tests.Contracts;

// Over 300 lines: hostile contracts, a case each.

/// <summary>Schema bombs, circles, files outside the folder: refused by name, in bounded time, without an exception.</summary>
public class HostileContractTests
{
    private static string Bomb(int levels)
    {
        var text = new StringBuilder("<xs:group name='g0'><xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence></xs:group>");
        for (var i = 1; i <= levels; i++)
        {
            text.Append($"<xs:group name='g{i}'><xs:sequence>{string.Concat(Enumerable.Repeat($"<xs:group ref='t:g{i - 1}'/>", 10))}</xs:sequence></xs:group>");
        }

        return text.ToString();
    }

    public static TheoryData<string, string, string> Hostile => new()
    {
        { "<xs:group ref='t:g9'/>", Bomb(9), "xs:group" },
        { "<xs:group ref='t:g'/>", "<xs:group name='g'><xs:sequence><xs:group ref='t:g'/></xs:sequence></xs:group>", "contains itself" },
        { "<xs:sequence><xs:element name='a' type='t:A'/></xs:sequence>", "<xs:simpleType name='A'><xs:restriction base='t:B'/></xs:simpleType><xs:simpleType name='B'><xs:restriction base='t:A'/></xs:simpleType>", "derived from itself" },
        { "<xs:sequence><xs:element name='a' type='t:A'/></xs:sequence>", "<xs:complexType name='A'><xs:complexContent><xs:extension base='t:B'/></xs:complexContent></xs:complexType><xs:complexType name='B'><xs:complexContent><xs:extension base='t:A'/></xs:complexContent></xs:complexType>", "derives from itself" },
        { "<xs:sequence><xs:element name='a' type='t:A'/></xs:sequence>", "<xs:simpleType name='A'><xs:restriction base='xs:string'><xs:pattern value='((a{1000}){1000}){1000}'/></xs:restriction></xs:simpleType>", "xs:pattern" },
        { "<xs:sequence><xs:element name='a' type='t:A'/></xs:sequence>", "<xs:simpleType name='A'><xs:restriction base='xs:string'><xs:pattern value='[a'/></xs:restriction></xs:simpleType>", "xs:pattern" },
        { "<xs:sequence><xs:element name='a' type='t:Gone'/></xs:sequence>", "", "not declared" },
        { "<xs:sequence><xs:element ref='t:gone'/></xs:sequence>", "", "not declared" },
        { "<xs:sequence><xs:element name='a' type='xs:int' minOccurs='5' maxOccurs='2'/></xs:sequence>", "", "not a range" },
        { "<xs:sequence><xs:element name='a' type='t:N'/></xs:sequence>", "<xs:complexType name='N'><xs:sequence><xs:element name='n' type='t:N'/></xs:sequence></xs:complexType>", "can meet it" },
        { "<xs:sequence><xs:element ref='t:h'/></xs:sequence>", "<xs:element name='h' abstract='true'/>", "can meet it" },
        { "<xs:sequence><xs:element name='a' type='t:N'/></xs:sequence>", "<xs:complexType name='N' abstract='true'/>", "can meet it" },
        { "<xs:sequence><xs:choice/></xs:sequence>", "", "can meet it" },
        { "<xs:sequence><xs:element name='a' type='t:C0'/></xs:sequence>", Chain(3_000, "<xs:complexType name='C{0}'><xs:sequence><xs:element name='n' type='t:C{1}'/></xs:sequence></xs:complexType>") + "<xs:complexType name='C3000'/>", "deeper than 48 levels" },
        { "<xs:sequence><xs:element name='a' type='t:C29'/></xs:sequence>", "<xs:simpleType name='C0'><xs:union memberTypes='xs:int xs:date'/></xs:simpleType>" + Chain(29, "<xs:simpleType name='C{1}'><xs:union memberTypes='t:C{0} t:C{0}'/></xs:simpleType>"), "xs:union" },
        { "<xs:sequence><xs:element name='a' type='t:C9'/></xs:sequence>", "<xs:simpleType name='C0'><xs:list itemType='xs:int'/></xs:simpleType>" + Chain(9, "<xs:simpleType name='C{1}'><xs:list itemType='t:C{0}'/></xs:simpleType>"), "list of lists" },
        { "<xs:sequence><xs:element name='a' type='t:B'/></xs:sequence>", "<xs:complexType name='B'/>" + Chain(1_200, "<xs:complexType name='D{0}'><xs:complexContent><xs:extension base='t:B'/></xs:complexContent></xs:complexType>"), "1000 types are derived" },
        { "<xs:sequence/>" + Chain(1_200, "<xs:attribute name='a{0}'/>"), "", "1000 attributes" },
        { "<xs:sequence><xs:element ref='t:h' maxOccurs='unbounded'/></xs:sequence>", "<xs:element name='h'/>" + Chain(5_000, "<xs:element name='s{0}' substitutionGroup='t:h'/>"), "too large" },
        { "<xs:sequence>" + Chain(3_000, "<xs:element name='a' type='xs:string' minOccurs='0'/>") + "</xs:sequence>", "", "too large" },
        { "<xs:sequence><xs:element name='a' type='t:N'/></xs:sequence>", "<xs:notation name='gif' public='image/gif'/><xs:simpleType name='N'><xs:restriction base='xs:NOTATION'><xs:enumeration value='t:gif'/></xs:restriction></xs:simpleType>", "xs:NOTATION" },
        { "<xs:sequence><xs:element name='a b' type='xs:int'/></xs:sequence>", "", "no name of XML" },
        { "<xs:sequence/><xs:attribute name='1a' type='xs:int'/>", "", "no name of XML" },
        { "<xs:sequence><xs:element name='v' type='t:W'/></xs:sequence>", "<xs:complexType name='V'><xs:simpleContent><xs:extension base='xs:int'/></xs:simpleContent></xs:complexType><xs:complexType name='W'><xs:complexContent><xs:extension base='t:V'><xs:sequence><xs:element name='e'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>", "which elements cannot extend" },
        { "<xs:sequence/><xs:attributeGroup ref='t:g'/>", "<xs:attributeGroup name='g'><xs:attributeGroup ref='t:g'/></xs:attributeGroup>", "contains itself" },
    };

    private static string Chain(int length, string link) =>
        string.Concat(Enumerable.Range(0, length).Select(i => link.Replace("{0}", i.ToString(), StringComparison.Ordinal).Replace("{1}", (i + 1).ToString(), StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Import_HostileSchema_IsRefusedByNameInTime(string content, string globals, string named)
    {
        var clock = Stopwatch.StartNew();
        var import = ContractFiles.Schema(content, globals);

        import.IsWhole.ShouldBeFalse();
        import.Findings.ShouldContain(f => f.Severity == FindingSeverity.Error && (f.Construct + " " + f.Message).Contains(named));
        import.Findings[0].Location.Line.ShouldBeGreaterThan(0);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("<xs:sequence minOccurs='0' maxOccurs='1000000000'><xs:sequence maxOccurs='1000000'><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int'/></xs:sequence></xs:sequence>")]
    [InlineData("<xs:sequence><xs:element name='a' type='xs:int' minOccurs='0' maxOccurs='99999999999999'/></xs:sequence>")]
    public void Import_HugeOccurs_WorksInTime(string content)
    {
        var clock = Stopwatch.StartNew();
        ContractFiles.Schema(content).Contract.ShouldNotBeNull();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not xml")]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>")]
    [InlineData("<a/>")]
    [InlineData("<wsdl:definitions xmlns:wsdl='http://schemas.xmlsoap.org/wsdl/'/>")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("openapi: 3.0.0\npaths: [")]
    public void Import_NoContract_IsAFinding(string text)
    {
        var import = Contract.ImportText(Encoding.UTF8.GetBytes(text), "x.wsdl");
        import.Contract.ShouldBeNull();
        import.Findings.ShouldContain(f => f.Severity == FindingSeverity.Error);
    }

    [Fact]
    public void Import_TenThousandLevels_IsRefused()
    {
        var text = string.Concat(Enumerable.Repeat("<a>", 10_000)) + string.Concat(Enumerable.Repeat("</a>", 10_000));
        Contract.ImportText(Encoding.UTF8.GetBytes(text), "x.wsdl").Findings.ShouldContain(f => f.Message.Contains("deeper"));
    }

    [Fact]
    public void Import_Files_FollowsInsideAndRefusesOutside()
    {
        var folder = Directory.CreateTempSubdirectory("contract-import");
        try
        {
            var inner = folder.CreateSubdirectory("in");
            File.WriteAllText(Path.Combine(folder.FullName, "outside.xsd"), "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>");
            // Two files that include each other, one of them without a namespace of its own.
            File.WriteAllText(Path.Combine(inner.FullName, "a.xsd"), "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t'><xs:include schemaLocation='b.xsd'/></xs:schema>");
            File.WriteAllText(Path.Combine(inner.FullName, "b.xsd"), "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:include schemaLocation='a.xsd'/><xs:simpleType name='S'><xs:restriction base='xs:string'/></xs:simpleType></xs:schema>");

            using (var mkfifo = Process.Start("mkfifo", [Path.Combine(inner.FullName, "pipe.xsd")]))
            {
                mkfifo.WaitForExit();
            }

            string Import(string globals)
            {
                var path = Path.Combine(inner.FullName, "main.wsdl");
                File.WriteAllText(path, ContractFiles.Wsdl("<xs:sequence><xs:element name='v' type='t:S'/></xs:sequence>", globals));
                var import = Contract.Import(path);
                return import.IsWhole ? "whole" : string.Join('\n', import.Findings);
            }

            Import("<xs:include schemaLocation='a.xsd'/>").ShouldBe("whole");
            Import("<xs:include schemaLocation='main.wsdl'/>").ShouldNotBe("whole");
            Import("<xs:include schemaLocation='../outside.xsd'/>").ShouldContain("outside the contract's folder");
            Import("<xs:include schemaLocation='/etc/passwd'/>").ShouldContain("outside the contract's folder");
            Import("<xs:import namespace='urn:x' schemaLocation='http://example.org/x.xsd'/>").ShouldContain("never fetched");
            Import("<xs:import namespace='urn:x' schemaLocation='file:///etc/passwd'/>").ShouldContain("outside the contract's folder");
            Import("<xs:import namespace='urn:x' schemaLocation='file:/etc/passwd'/>").ShouldContain("outside the contract's folder");
            File.WriteAllText(Path.Combine(inner.FullName, "empty.xsd"), "");
            Import("<xs:include schemaLocation='empty.xsd'/>").ShouldContain("no regular file");
            Import("<xs:include schemaLocation='pipe.xsd'/>").ShouldContain("no regular file");
            Import("<xs:import namespace='urn:x' schemaLocation='HTTP:x.xsd'/>").ShouldContain("never fetched");
            Import("<xs:import namespace='urn:x' schemaLocation='//host/share/x.xsd'/>").ShouldContain("never fetched");
            Import(@"<xs:import namespace='urn:x' schemaLocation='\\host\share\x.xsd'/>").ShouldContain("never fetched");
            Import("<xs:include schemaLocation='gone.xsd'/>").ShouldContain("does not exist");
            Import("<xs:include schemaLocation='%2e%2e/outside.xsd'/>").ShouldContain("outside the contract's folder");
            Import("<xs:include schemaLocation='..%2Foutside.xsd'/>").ShouldContain("outside the contract's folder");
            Import("<xs:include schemaLocation='a%00.xsd'/>").ShouldContain("not a file name");

            // A name with a space is written %20; a link may lead anywhere inside, and nowhere outside, as a file and as a folder.
            File.Copy(Path.Combine(inner.FullName, "b.xsd"), Path.Combine(inner.FullName, "b c.xsd"));
            Import("<xs:include schemaLocation='b%20c.xsd'/>").ShouldBe("whole");
            File.CreateSymbolicLink(Path.Combine(inner.FullName, "inside.xsd"), "b c.xsd");
            Import("<xs:include schemaLocation='inside.xsd'/>").ShouldBe("whole");
            File.CreateSymbolicLink(Path.Combine(inner.FullName, "link.xsd"), "../outside.xsd");
            Import("<xs:include schemaLocation='link.xsd'/>").ShouldContain("outside the contract's folder");
            Directory.CreateSymbolicLink(Path.Combine(inner.FullName, "up"), folder.FullName);
            Import("<xs:include schemaLocation='up/outside.xsd'/>").ShouldContain("outside the contract's folder");
            Directory.CreateSymbolicLink(Path.Combine(inner.FullName, "round"), Path.Combine(inner.FullName, "round"));
            Import("<xs:include schemaLocation='round/x.xsd'/>").ShouldContain("outside the contract's folder");
            Directory.CreateDirectory(inner.FullName + "-beside");
            File.Copy(Path.Combine(folder.FullName, "outside.xsd"), Path.Combine(inner.FullName + "-beside", "x.xsd"));
            Import("<xs:include schemaLocation='../in-beside/x.xsd'/>").ShouldContain("outside the contract's folder");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // What is said must be said: warnings have no room to hide an error behind.
    [Fact]
    public void Import_ErrorBehindAThousandWarnings_IsNotWhole()
    {
        var warnings = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"\n<xs:simpleType name='S{i}'><xs:restriction base='xs:int'/></xs:simpleType>\n<xs:simpleType name='S{i}'><xs:restriction base='xs:long'/></xs:simpleType>"));
        var import = ContractFiles.Schema("<xs:sequence><xs:element name='a' type='t:Gone'/></xs:sequence>", warnings);
        import.Findings.Count(f => f.Severity == FindingSeverity.Warning).ShouldBe(500);
        import.IsWhole.ShouldBeFalse();
        import.Findings.ShouldContain(f => f.Severity == FindingSeverity.Error && f.Message.Contains("Gone"));
    }

    [Fact]
    public void Import_OperationNameThatNoMessageCanCarry_IsSaidAndLeftOut()
    {
        var wsdl = ContractFiles.Wsdl("<xs:sequence/>").Replace("<wsdl:operation name=\"op\">", "<wsdl:operation name=\"алуу\">", StringComparison.Ordinal);
        var import = Contract.ImportText(Encoding.UTF8.GetBytes(wsdl), "x.wsdl");
        import.Contract.ShouldBeNull();
        import.Findings.ShouldContain(f => f.Message.Contains("no X-Road service code") && f.Location.Line > 0);
    }

    [Theory]
    [InlineData("<wsdl:part name=\"body\" element=\"t:op\"/>", "<wsdl:part name=\"body\" element=\"t:op\"/><wsdl:part name=\"more\" element=\"t:opResponse\"/>", "2 parts", true)]
    [InlineData("<xs:element name=\"op\">", "<xs:element name=\"op\" abstract=\"true\">", "is abstract", false)]
    public void Import_MessageThatIsNotOneElement_IsSaid(string given, string changed, string said, bool isWhole)
    {
        var import = Contract.ImportText(Encoding.UTF8.GetBytes(ContractFiles.Wsdl("<xs:sequence/>").Replace(given, changed, StringComparison.Ordinal)), "x.wsdl");
        import.IsWhole.ShouldBe(isWhole);
        import.Findings.ShouldContain(f => f.Message.Contains(said) && f.Location.Line > 0);
    }

    [Fact]
    public void Import_MessageOfAnyType_GoesBothWaysAsItsXml()
    {
        var wsdl = ContractFiles.Wsdl("<xs:sequence/>").Replace("<xs:element name=\"opResponse\"><xs:complexType><xs:sequence/></xs:complexType></xs:element>", "<xs:element name=\"opResponse\"/>", StringComparison.Ordinal);
        var shape = Contract.ImportText(Encoding.UTF8.GetBytes(wsdl), "x.wsdl").Contract!.Operations[0].Response;
        const string xml = "<t:opResponse xmlns:t=\"urn:t\"><b>1</b></t:opResponse>";
        var json = MappingHarness.ToJson(shape, xml);
        MappingHarness.ToXml(shape, json).ShouldBe(xml);
        MappingHarness.XmlFault(shape, "\"<other/>\"").Code.ShouldBe("unknown");
    }

    [Fact]
    public void Import_RequiredNumberBeyondAnyExample_IsSaid()
    {
        var import = ContractFiles.Schema("<xs:sequence><xs:element name='a' type='xs:int' minOccurs='1000000000' maxOccurs='unbounded'/></xs:sequence>");
        import.IsWhole.ShouldBeTrue();
        import.Findings.ShouldContain(f => f.Construct == "example" && f.Severity == FindingSeverity.Warning);
    }

    [Theory]
    [InlineData("<xs:sequence><xs:element name='a' type='t:N'/></xs:sequence>", "<xs:simpleType name='N'><xs:restriction base='xs:int'><xs:maxLength value='5'/></xs:restriction></xs:simpleType>", "xs:maxLength")]
    [InlineData("<xs:sequence><xs:element name='a' type='t:N'/></xs:sequence>", "<xs:simpleType name='N'><xs:restriction base='xs:string'><xs:minInclusive value='5'/></xs:restriction></xs:simpleType>", "xs:minInclusive")]
    [InlineData("<xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence><xs:assert test='a gt 1'/>", "", "xs:assert")]
    [InlineData("<xs:sequence><xs:all><xs:element name='a' type='xs:int'/></xs:all></xs:sequence>", "", "xs:all")]
    [InlineData("<xs:sequence><xs:element ref='t:h'/></xs:sequence>", "<xs:element name='h' type='xs:int' substitutionGroup='t:h'/>", "xs:element")]
    [InlineData("<xs:sequence><xs:element name='l' maxOccurs='2'><xs:complexType><xs:attribute name='id'/></xs:complexType><xs:unique name='u'><xs:selector xpath='t:l'/><xs:field xpath='@id'/></xs:unique></xs:element></xs:sequence>", "", "xs:unique")]
    [InlineData("<xs:sequence><xs:any namespace='##targetNamespace'/></xs:sequence>", "", "xs:any")]
    [InlineData("<xs:sequence/><xs:anyAttribute/>", "", "xs:anyAttribute")]
    [InlineData("<xs:sequence><xs:any processContents='skip' minOccurs='0'/><xs:any namespace='##other' processContents='skip' minOccurs='0'/></xs:sequence>", "", "xs:any")]
    [InlineData("<xs:sequence><xs:element name='a' type='xs:int' fixed='abc'/></xs:sequence>", "", "xs:element")]
    [InlineData("<xs:sequence/><xs:attribute name='a' type='xs:date' default='no'/>", "", "xs:attribute")]
    [InlineData("<xs:sequence/><xs:attribute name='a' type='xs:int'/><xs:attribute name='a' type='xs:date'/>", "", "xs:attribute")]
    [InlineData("<xs:all><xs:element name='a' type='xs:int' maxOccurs='2'/></xs:all>", "", "maxOccurs")]
    [InlineData("<xs:sequence><xs:group ref='t:g'/><xs:element name='z' type='xs:int'/></xs:sequence>", "<xs:group name='g'><xs:all><xs:element name='a' type='xs:int'/></xs:all></xs:group>", "xs:all")]
    [InlineData("<xs:sequence><xs:element name='a' type='t:B'/></xs:sequence>", "<xs:simpleType name='A'><xs:restriction base='xs:int'><xs:maxInclusive value='5'/></xs:restriction></xs:simpleType><xs:simpleType name='B'><xs:restriction base='t:A'><xs:maxInclusive value='50'/></xs:restriction></xs:simpleType>", "xs:maxInclusive")]
    public void Import_ConstructThatIsNotChecked_IsSaidWithItsLine(string content, string globals, string construct)
    {
        var import = ContractFiles.Schema(content, globals);
        import.IsWhole.ShouldBeTrue(string.Join('\n', import.Findings));
        import.Findings.ShouldContain(f => f.Severity == FindingSeverity.Warning && f.Construct == construct && f.Location.Line > 0);
    }

    // Old members' files; bytes of the letters А and б in windows-1251.
    [Theory]
    [InlineData("windows-1251", true)]
    [InlineData("no-such-encoding", false)]
    public void Import_OtherEncoding_IsReadOrNamed(string encoding, bool readable)
    {
        byte[] text = [.. Encoding.ASCII.GetBytes($"<?xml version=\"1.0\" encoding=\"{encoding}\"?><!-- "), 0xC0, 0xE1, .. Encoding.ASCII.GetBytes(" -->" + ContractFiles.Wsdl("<xs:sequence/>"))];
        var import = Contract.ImportText(text, "old.wsdl");
        import.IsWhole.ShouldBe(readable, string.Join('\n', import.Findings));
        if (!readable)
        {
            import.Findings.ShouldContain(f => f.Message.Contains("encoding", StringComparison.Ordinal) && f.Message.Contains("iconv", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("[]", "a.json")]
    [InlineData("a: [", "a.yaml")]
    public void Import_BrokenDescription_IsNotCalledXml(string text, string name) =>
        Contract.ImportText(Encoding.UTF8.GetBytes(text), name).Findings.ShouldAllBe(f => f.Construct == "openapi");

    [Fact]
    public void Import_PatternWithLength_FindsAnExample()
    {
        var import = ContractFiles.Schema("<xs:sequence><xs:element name='mail' type='t:M'/></xs:sequence>", @"<xs:simpleType name='M'><xs:restriction base='xs:string'><xs:minLength value='12'/><xs:maxLength value='60'/><xs:pattern value='\S+@\S+\.kg'/></xs:restriction></xs:simpleType>");
        import.Findings.ShouldBeEmpty();
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        Tunduk.XRoad.Contracts.Samples.SampleWriter.Write(import.Contract!.Operations[0].Request, 1, json, Tunduk.XRoad.Contracts.Samples.SampleOptions.Example).ShouldBeTrue();
    }

    [Fact]
    public void Import_OptionalMemberWithoutAnInventableValue_IsLeftOutOfTheExampleAndNamed()
    {
        var import = ContractFiles.Schema(
            "<xs:sequence><xs:element name='a' type='xs:int'/><xs:element name='odd' type='t:H' minOccurs='0'/><xs:element name='in' minOccurs='0'><xs:complexType><xs:sequence><xs:element name='must' type='t:H'/></xs:sequence></xs:complexType></xs:element><xs:element name='nil' type='t:H' nillable='true'/><xs:element name='cat' type='t:C' minOccurs='0'/></xs:sequence><xs:attribute name='k' type='t:H'/>",
            @"<xs:simpleType name='H'><xs:restriction base='xs:string'><xs:pattern value='\p{IsHebrew}{2}'/></xs:restriction></xs:simpleType><xs:simpleType name='C'><xs:restriction base='xs:string'><xs:pattern value='\p{Lu}\P{L}'/></xs:restriction></xs:simpleType>");
        import.IsWhole.ShouldBeTrue();
        import.Findings.Where(f => f.Construct == "example").Select(f => f.Message.Split('\'')[1]).ShouldBe(["odd", "in"], ignoreOrder: true);
        var shape = import.Contract!.Operations[0].Request;
        var json = new System.Buffers.ArrayBufferWriter<byte>();
        Tunduk.XRoad.Contracts.Samples.SampleWriter.Write(shape, 1, json, Tunduk.XRoad.Contracts.Samples.SampleOptions.Example).ShouldBeTrue();
        var text = Encoding.UTF8.GetString(json.WrittenSpan);
        text.ShouldContain("\"nil\":null");
        text.ShouldContain("\"cat\":\"A1\"");
        text.ShouldNotContain("odd");
        Tunduk.XRoad.Mapping.JsonToXml.Write(shape, json.WrittenMemory.ToArray(), new System.Buffers.ArrayBufferWriter<byte>()).Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("xs:string", "<xs:minLength value='5'/><xs:maxLength value='2'/>", "xs:minLength")]
    [InlineData("t:B", "<xs:maxLength value='2'/>", "xs:minLength")]
    [InlineData("xs:date", "<xs:minInclusive value='2026-01-02'/><xs:maxInclusive value='2026-01-01'/>", "xs:minInclusive")]
    public void Import_FacetsThatNoValueMeets_AreTold(string type, string facets, string construct)
    {
        var import = ContractFiles.Schema("<xs:sequence><xs:element name='a' minOccurs='0' type='t:X'/></xs:sequence>", $"<xs:simpleType name='B'><xs:restriction base='xs:string'><xs:minLength value='5'/></xs:restriction></xs:simpleType><xs:simpleType name='X'><xs:restriction base='{type}'>{facets}</xs:restriction></xs:simpleType>");
        import.Findings.ShouldContain(f => f.Construct == construct && f.Message.Contains("No value can meet it"));
    }

    [Fact]
    public void Import_OpenApiKeyGivenTwice_IsRefusedByLine()
    {
        var import = Contract.ImportText("openapi: 3.1.0\ninfo: { title: a, version: b }\npaths:\n  /a: { get: { responses: { '200': { description: d } } } }\n  /a: { get: { responses: { '200': { description: e } } } }"u8.ToArray(), "x.yaml");
        import.IsWhole.ShouldBeFalse();
        import.Findings.ShouldContain(f => f.Message.Contains("twice") && f.Location.Line == 5);
    }

    [Fact]
    public void Import_OpenApiChainOfReferences_EndsInTime()
    {
        var schemas = string.Join(',', Enumerable.Range(0, 5_000).Select(i => "\"S" + i + "\":{\"type\":\"object\",\"properties\":{\"n\":{\"$ref\":\"#/components/schemas/S" + (i + 1) + "\"}}}")) + ",\"S5000\":{\"type\":\"string\"}";
        var text = "{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"t\",\"version\":\"1\"},\"paths\":{\"/x\":{\"post\":{\"operationId\":\"op\",\"requestBody\":{\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/S0\"}}}},\"responses\":{\"200\":{\"description\":\"d\"}}}}},\"components\":{\"schemas\":{" + schemas + "}}}";
        var clock = Stopwatch.StartNew();
        var contract = Contract.ImportText(Encoding.UTF8.GetBytes(text), "x.json").Contract.ShouldNotBeNull();
        contract.Operations[0].Fields(MessageSide.Request).Enumerate().Count().ShouldBeLessThan(200);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void ToXml_PatternThatWouldBacktrack_IsCheckedInTime()
    {
        var shape = Mapping.MappingHarness.Shape("<xs:sequence><xs:element name='v' type='t:S'/></xs:sequence>", "<xs:simpleType name='S'><xs:restriction base='xs:string'><xs:pattern value='(a+)+b'/></xs:restriction></xs:simpleType>");
        var clock = Stopwatch.StartNew();
        Mapping.MappingHarness.XmlFault(shape, "{\"v\":\"" + new string('a', 50_000) + "\"}").Code.ShouldBe("pattern");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("central-server_GOV_70000005_asb-service_asbAddress.wsdl", "central-server", "asb-service", "asbAddress", null)]
    [InlineData("sandbox_GOV_70009001_registry_getPerson_v1.wsdl", "sandbox", "registry", "getPerson", "v1")]
    [InlineData("sandbox_COM_60009001_my_sub_get_v12.wsdl", "sandbox", "my_sub", "get", "v12")]
    [InlineData("GOV_70000003_GetPensionInfo.wsdl", null, null, "GetPensionInfo", null)]
    public void CatalogueName_Convention_GivesIdentifiers(string file, string? instance, string? subsystem, string service, string? version)
    {
        CatalogueFileName.TryParse(file, out var name).ShouldBeTrue();
        (name.Instance, name.Subsystem, name.ServiceCode, name.Version).ShouldBe((instance, subsystem, service, version));
    }

    [Theory]
    [InlineData("service.wsdl")]
    [InlineData("a_b_c_d_e.wsdl")]
    [InlineData("sandbox_GOV_7000.wsdl")]
    [InlineData("")]
    public void CatalogueName_OtherName_IsNone(string file) => CatalogueFileName.TryParse(file, out _).ShouldBeFalse();
}

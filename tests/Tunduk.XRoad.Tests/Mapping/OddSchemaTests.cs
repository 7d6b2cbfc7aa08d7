using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Schema;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Proto;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Tests.Contracts;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>
/// Constructs that are rare in members' contracts. Judge is the framework's schema validator: what we invent is valid by it; what is
/// invented from its own form of the schema goes XML → JSON → XML and comes back the same.
/// </summary>
public class OddSchemaTests
{
    private const int Seeds = 25;

    public static TheoryData<string, string, string> Odd => new()
    {
        { "substitution of an abstract head, over an abstract middle", "<xs:sequence><xs:element ref='t:head' maxOccurs='unbounded'/><xs:element name='end' type='xs:string'/></xs:sequence>", "<xs:element name='head' abstract='true' type='xs:anyType'/><xs:element name='a' type='xs:int' substitutionGroup='t:head'/><xs:element name='mid' substitutionGroup='t:head' abstract='true' type='t:M'/><xs:complexType name='M'><xs:sequence><xs:element name='x' type='xs:string'/></xs:sequence></xs:complexType><xs:element name='b' substitutionGroup='t:mid'/><xs:element name='c' substitutionGroup='t:mid'><xs:complexType><xs:complexContent><xs:extension base='t:M'><xs:attribute name='k'/></xs:extension></xs:complexContent></xs:complexType></xs:element>" },
        { "optional abstract head that nothing stands for", "<xs:sequence><xs:element ref='t:head' minOccurs='0'/><xs:element name='end' type='xs:string'/></xs:sequence>", "<xs:element name='head' abstract='true' type='xs:string'/>" },
        { "head that blocks substitution", "<xs:sequence><xs:element ref='t:h1'/></xs:sequence>", "<xs:element name='h1' type='xs:string' block='substitution'/><xs:element name='h2' type='xs:string' substitutionGroup='t:h1'/>" },
        { "group that holds itself through a type", "<xs:group ref='t:g'/>", "<xs:group name='g'><xs:sequence><xs:element name='a' type='xs:string'/><xs:element name='child' minOccurs='0'><xs:complexType><xs:group ref='t:g'/></xs:complexType></xs:element></xs:sequence></xs:group>" },
        { "repeated choice of sequences that share a name", "<xs:choice minOccurs='0' maxOccurs='unbounded'><xs:sequence><xs:element name='a' type='xs:string'/><xs:element name='b' type='xs:string'/></xs:sequence><xs:sequence><xs:element name='c' type='xs:string'/><xs:element name='d' type='xs:string' minOccurs='0'/><xs:element name='a' type='xs:string'/></xs:sequence></xs:choice>", "" },
        { "maxOccurs 0", "<xs:sequence><xs:element name='a' type='xs:string' minOccurs='0' maxOccurs='0'/><xs:sequence minOccurs='0' maxOccurs='0'><xs:element name='gone' type='xs:string'/></xs:sequence><xs:element name='b' type='xs:string'/></xs:sequence>", "" },
        { "all with maxOccurs 0, optional", "<xs:all minOccurs='0'><xs:element name='a' type='xs:string' minOccurs='0' maxOccurs='0'/><xs:element name='b' type='xs:string'/><xs:element name='c' type='xs:int' minOccurs='0'/></xs:all>", "" },
        { "empty choice and repeated empty sequence", "<xs:sequence><xs:choice minOccurs='0'/><xs:sequence maxOccurs='unbounded'/><xs:element name='b' type='xs:string'/></xs:sequence>", "" },
        { "nillable with attributes", "<xs:sequence><xs:element name='n' nillable='true' maxOccurs='unbounded'><xs:complexType><xs:simpleContent><xs:extension base='xs:decimal'><xs:attribute name='u' use='required'/></xs:extension></xs:simpleContent></xs:complexType></xs:element><xs:element name='m' nillable='true' minOccurs='0'><xs:complexType><xs:sequence><xs:element name='x' type='xs:int'/></xs:sequence><xs:attribute name='u'/></xs:complexType></xs:element></xs:sequence>", "" },
        { "list of union, union of list, restricted list", "<xs:sequence><xs:element name='l' type='t:L'/><xs:element name='u' type='t:U'/><xs:element name='r' type='t:R'/></xs:sequence>", "<xs:simpleType name='U0'><xs:union memberTypes='xs:int xs:date t:E'/></xs:simpleType><xs:simpleType name='E'><xs:restriction base='xs:string'><xs:enumeration value='big'/><xs:enumeration value='small'/></xs:restriction></xs:simpleType><xs:simpleType name='L'><xs:list itemType='t:U0'/></xs:simpleType><xs:simpleType name='U'><xs:union memberTypes='t:L xs:boolean'/></xs:simpleType><xs:simpleType name='R'><xs:restriction base='t:L'><xs:length value='2'/></xs:restriction></xs:simpleType>" },
        { "restriction of complex content, prohibited attribute", "<xs:sequence><xs:element name='v' type='t:D'/><xs:element name='w' type='t:B'/></xs:sequence>", "<xs:complexType name='B'><xs:sequence><xs:element name='a' type='xs:string' minOccurs='0'/><xs:element name='b' type='xs:string' maxOccurs='unbounded'/></xs:sequence><xs:attribute name='k' type='xs:string'/><xs:attribute name='l' type='xs:string'/></xs:complexType><xs:complexType name='D'><xs:complexContent><xs:restriction base='t:B'><xs:sequence><xs:element name='b' type='xs:string'/></xs:sequence><xs:attribute name='k' use='prohibited'/></xs:restriction></xs:complexContent></xs:complexType>" },
        { "two wildcards with namespace lists", "<xs:sequence><xs:any namespace='##other' processContents='lax' minOccurs='0' maxOccurs='unbounded'/><xs:element name='m' type='xs:string'/><xs:any namespace='##local urn:one urn:two' processContents='skip' minOccurs='0'/></xs:sequence>", "" },
        { "attribute groups, wildcard of attributes", "<xs:sequence><xs:element name='v' type='xs:string'/></xs:sequence><xs:attributeGroup ref='t:g'/><xs:attribute name='own' type='xs:int' default='5'/><xs:anyAttribute namespace='##other' processContents='lax'/>", "<xs:attributeGroup name='g'><xs:attribute name='a' use='required'><xs:simpleType><xs:restriction base='xs:string'><xs:enumeration value='x'/></xs:restriction></xs:simpleType></xs:attribute><xs:attributeGroup ref='t:h'/></xs:attributeGroup><xs:attributeGroup name='h'><xs:attribute name='b' type='xs:date'/><xs:attribute name='q' form='qualified' type='xs:string'/></xs:attributeGroup>" },
        { "mixed, extended", "<xs:sequence><xs:element name='i' type='t:D'/></xs:sequence>", "<xs:complexType name='B' mixed='true'><xs:sequence><xs:element name='u' type='xs:string' minOccurs='0'/></xs:sequence></xs:complexType><xs:complexType name='D'><xs:complexContent mixed='true'><xs:extension base='t:B'><xs:sequence><xs:element name='w' type='xs:int'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>" },
        { "abstract type, xsi:type below xsi:type", "<xs:sequence><xs:element name='p' type='t:A' maxOccurs='3'/><xs:element name='c' type='t:X'/></xs:sequence>", "<xs:complexType name='A' abstract='true'><xs:sequence><xs:element name='id' type='xs:int'/></xs:sequence></xs:complexType><xs:complexType name='X'><xs:complexContent><xs:extension base='t:A'><xs:sequence><xs:element name='x' type='xs:string'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType><xs:complexType name='Y'><xs:complexContent><xs:extension base='t:A'><xs:choice><xs:element name='x' type='xs:int'/><xs:element name='y' type='t:A'/></xs:choice></xs:extension></xs:complexContent></xs:complexType>" },
        { "xsi:type of simple content", "<xs:sequence><xs:element name='p' type='t:A'/></xs:sequence>", "<xs:complexType name='A'><xs:simpleContent><xs:extension base='xs:string'><xs:attribute name='a'/></xs:extension></xs:simpleContent></xs:complexType><xs:complexType name='C'><xs:simpleContent><xs:extension base='t:A'><xs:attribute name='c' type='xs:int' use='required'/></xs:extension></xs:simpleContent></xs:complexType>" },
        { "names that are no identifiers, and keywords", "<xs:sequence><xs:element name='class' type='xs:string'/><xs:element name='a-b' type='xs:string'/><xs:element name='a.b' type='xs:string'/><xs:element name='a_b' type='xs:string'/><xs:element name='A-B' type='xs:string'/><xs:element name='aB' type='xs:string'/><xs:element name='a--b' type='xs:string'/><xs:element name='message' type='xs:string'/><xs:element name='_' type='xs:string'/><xs:element name='x1' type='xs:string'/><xs:element name='x_1' type='xs:string'/><xs:element name='oneof' type='xs:string'/><xs:element name='kind' type='xs:string' nillable='true'/></xs:sequence>", "" },
        { "Cyrillic names", "<xs:sequence><xs:element name='фамилия' type='t:Тип'/><xs:element name='Ысым' type='xs:string'/><xs:element name='ТУУЛГАН-КҮН' type='xs:date'/><xs:element name='ё·a' type='xs:string'/></xs:sequence><xs:attribute name='атрибут'/>", "<xs:complexType name='Тип'><xs:sequence><xs:element name='имя' type='xs:string'/></xs:sequence><xs:attribute name='код-1' type='xs:int'/></xs:complexType>" },
        { "one local name in two namespaces", "<xs:sequence><xs:element ref='t:b'/><xs:element name='b' form='unqualified' type='xs:int'/><xs:element name='c' type='xs:string'/></xs:sequence><xs:attribute name='k'/><xs:attribute ref='t:k'/>", "<xs:element name='b' type='xs:string'/><xs:attribute name='k' type='xs:int'/>" },
        { "one name in many places", "<xs:sequence><xs:element name='a'><xs:complexType><xs:sequence><xs:element name='a'><xs:complexType><xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element><xs:element name='b' type='xs:string'/><xs:element name='a2' type='xs:string'/></xs:sequence>", "" },
        { "bounded group of repeated elements", "<xs:sequence><xs:sequence maxOccurs='3'><xs:element name='a' type='xs:string'/><xs:element name='b' type='xs:string' maxOccurs='2'/></xs:sequence><xs:element name='c' type='xs:string'/></xs:sequence>", "" },
        { "recursion through a choice", "<xs:sequence><xs:element name='n' type='t:N' maxOccurs='2'/></xs:sequence>", "<xs:complexType name='N'><xs:choice><xs:element name='leaf' type='xs:string'/><xs:element name='b' type='t:B' minOccurs='0' maxOccurs='2'/></xs:choice></xs:complexType><xs:complexType name='B'><xs:sequence><xs:element name='n' type='t:N' nillable='true'/></xs:sequence></xs:complexType>" },
        { "extension of all and of choice", "<xs:sequence><xs:element name='v' type='t:D'/><xs:element name='w' type='t:F'/></xs:sequence>", "<xs:complexType name='B'><xs:all><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int' minOccurs='0'/></xs:all></xs:complexType><xs:complexType name='D'><xs:complexContent><xs:extension base='t:B'><xs:attribute name='k'/></xs:extension></xs:complexContent></xs:complexType><xs:complexType name='E'><xs:choice><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int'/></xs:choice></xs:complexType><xs:complexType name='F'><xs:complexContent><xs:extension base='t:E'><xs:choice maxOccurs='unbounded'><xs:element name='a' type='xs:int'/><xs:element name='c' type='xs:int'/></xs:choice></xs:extension></xs:complexContent></xs:complexType>" },
        { "all of nothing or of all, mixed and through a group", "<xs:sequence><xs:element name='v' minOccurs='0'><xs:complexType mixed='true'><xs:all minOccurs='0'><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int'/><xs:element name='c' type='xs:int' minOccurs='0'/></xs:all></xs:complexType></xs:element><xs:element name='w'><xs:complexType><xs:group ref='t:g' minOccurs='0'/></xs:complexType></xs:element></xs:sequence>", "<xs:group name='g'><xs:all><xs:element name='a' type='xs:int'/><xs:element name='b' type='xs:int' minOccurs='0'/><xs:element name='c' type='xs:string'/></xs:all></xs:group>" },
        { "all that holds substitution groups", "<xs:all><xs:element ref='t:h1'/><xs:element ref='t:h2' minOccurs='0'/><xs:element ref='t:h3' minOccurs='0'/><xs:element name='e' type='xs:int'/></xs:all>", "<xs:element name='h1' type='xs:string' abstract='true'/><xs:element name='h1a' substitutionGroup='t:h1'/><xs:element name='h1b' substitutionGroup='t:h1'/><xs:element name='h2' type='xs:int'/><xs:element name='h2a' substitutionGroup='t:h2'/><xs:element name='h3' type='xs:int' abstract='true'/>" },
        { "types and elements that block extension or restriction", "<xs:sequence><xs:element name='x' type='t:X' maxOccurs='2'/><xs:element name='y' type='t:Y' maxOccurs='2' block='restriction'/><xs:element ref='t:h' maxOccurs='2'/><xs:element ref='t:i' minOccurs='0'/></xs:sequence>", "<xs:complexType name='X' block='extension'><xs:sequence><xs:element name='a' type='xs:int' minOccurs='0'/></xs:sequence></xs:complexType><xs:complexType name='XE'><xs:complexContent><xs:extension base='t:X'><xs:sequence><xs:element name='b' type='xs:int'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType><xs:complexType name='XR'><xs:complexContent><xs:restriction base='t:X'><xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType><xs:complexType name='Y'><xs:sequence><xs:element name='a' type='xs:int' minOccurs='0'/></xs:sequence></xs:complexType><xs:complexType name='YE'><xs:complexContent><xs:extension base='t:Y'><xs:sequence><xs:element name='b' type='xs:int'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType><xs:complexType name='YR'><xs:complexContent><xs:restriction base='t:Y'><xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence></xs:restriction></xs:complexContent></xs:complexType><xs:element name='h' type='t:Y' block='extension'/><xs:element name='he' type='t:YE' substitutionGroup='t:h'/><xs:element name='hr' type='t:YR' substitutionGroup='t:h'/><xs:element name='i' type='xs:string' block='restriction'/><xs:element name='it' type='xs:token' substitutionGroup='t:i'/><xs:element name='is' substitutionGroup='t:i'/>" },
        { "wildcards of different namespaces side by side", "<xs:sequence><xs:any namespace='##local' processContents='skip' minOccurs='0' maxOccurs='2'/><xs:any namespace='urn:a urn:b' processContents='skip' minOccurs='0'/></xs:sequence><xs:anyAttribute namespace='##local' processContents='skip'/>", "" },
        { "extension of anyType, and of a value by complex content", "<xs:sequence><xs:element name='o' type='t:O'/><xs:element name='v' type='t:W'/></xs:sequence>", "<xs:complexType name='O'><xs:complexContent><xs:extension base='xs:anyType'><xs:attribute name='k' type='xs:int' use='required'/></xs:extension></xs:complexContent></xs:complexType><xs:complexType name='V'><xs:simpleContent><xs:extension base='xs:double'/></xs:simpleContent></xs:complexType><xs:complexType name='W'><xs:complexContent><xs:extension base='t:V'><xs:attribute name='a' type='xs:token'/></xs:extension></xs:complexContent></xs:complexType>" },
        { "nillable element of an abstract type", "<xs:sequence><xs:element name='n' type='t:A' nillable='true' maxOccurs='3'/></xs:sequence>", "<xs:complexType name='A' abstract='true'><xs:sequence><xs:element name='a' type='xs:int'/></xs:sequence></xs:complexType><xs:complexType name='B'><xs:complexContent><xs:extension base='t:A'><xs:sequence><xs:element name='b' type='xs:int'/></xs:sequence></xs:extension></xs:complexContent></xs:complexType>" },
        { "no content", "", "" },
        { "no content but an attribute", "<xs:attribute name='a'/>", "" },
        { "elements without type, any simple type", "<xs:sequence><xs:element name='x'/><xs:element name='z' type='xs:anySimpleType'/></xs:sequence>", "" },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public void RoundTrip_OddSchema_IsEqualAndValidByTheFramework(string what, string content, string globals)
    {
        foreach (var form in new[] { "qualified", "unqualified" })
        {
            Check(what + ", " + form, ContractFiles.Wsdl(content, globals, form)).ShouldBeGreaterThan(0, what);
        }
    }

    [Fact]
    public void RoundTrip_InventedSchemas_TakeWhatTheFrameworkFindsValid()
    {
        var judged = 0;
        for (var seed = 0; seed < 60; seed++)
        {
            var inventor = new SchemaInventor(seed);
            judged += Check("seed " + seed, ContractFiles.Wsdl(inventor.Content(), SchemaInventor.GlobalText, inventor.Form));
        }

        judged.ShouldBeGreaterThan(300);
    }

    // Says how many documents were judged: none where the framework itself refuses the schema.
    private static int Check(string what, string wsdl)
    {
        var import = Contract.ImportText(Encoding.UTF8.GetBytes(wsdl), "odd.wsdl");
        import.IsWhole.ShouldBeTrue($"{what}: {string.Join('\n', import.Findings)}");
        var operation = import.Contract!.Operations.Single();
        var shape = operation.Request;
        if (IndependentXml.Compile(wsdl) is not { } judge)
        {
            return 0;
        }

        var judged = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var sample = new ArrayBufferWriter<byte>();
            SampleWriter.Write(shape, (ulong)seed, sample, seed == 0 ? SampleOptions.Example : SampleOptions.Varied).ShouldBeTrue(what);
            var text = Encoding.UTF8.GetString(sample.WrittenSpan);
            var xml = MappingHarness.ToXml(shape, text);
            IndependentXml.Judge(judge, xml).ShouldBeNull($"{what}: {xml}");
            JsonNode.DeepEquals(JsonNode.Parse(MappingHarness.ToJson(shape, xml)), JsonNode.Parse(text)).ShouldBeTrue($"{what}: {text}");
            Proto(what, operation, text);

            if (IndependentXml.Make(judge, shape.Element.Name.Local, shape.Element.Name.Namespace, seed) is { } foreign)
            {
                judged++;
                var json = MappingHarness.ToJson(shape, foreign);
                var back = MappingHarness.ToXml(shape, json);
                IndependentXml.Judge(judge, back).ShouldBeNull($"{what}: {back}");
                if (!wsdl.Contains("xs:boolean", StringComparison.Ordinal) && !wsdl.Contains("default=", StringComparison.Ordinal))
                {
                    // Truth values and defaults come back in their canonical form.
                    IndependentXml.Plain(back).ShouldBe(IndependentXml.Plain(foreign), what);
                }
            }
        }

        return judged;
    }

    private static void Proto(string what, Operation operation, string json)
    {
        var message = ProtoBuilder.Build("t", "S", [operation]).Methods[0].Request;
        var wire = new ArrayBufferWriter<byte>();
        JsonToProto.Write(message, Encoding.UTF8.GetBytes(json), wire).Faults.ShouldBeEmpty(what + ": " + json);
        var back = new ArrayBufferWriter<byte>();
        ProtoToJson.Write(message, wire.WrittenMemory, back).Faults.ShouldBeEmpty(what);
        Letters(Encoding.UTF8.GetString(back.WrittenSpan)).ShouldBe(Letters(json), what);
    }

    // Protocol buffers keep no order of fields and no lexical form of floating-point numbers.
    private static string Letters(string json) => string.Concat(JsonNode.Parse(json)!.ToJsonString().Where(c => char.IsLetter(c) && c != 'E').Order());
}

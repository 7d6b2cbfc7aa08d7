using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Tests.Contracts;

namespace Tunduk.XRoad.Tests.Mapping;

public class JsonToXmlTests
{
    private static readonly Operation Person = ContractFiles.Import(ContractFiles.Own).Operations[0];

    private const string PersonJson = """
        {"request":{"pin":"10101199000123"},"response":{"pin":"10101199000123","surname":"Эсенов & <сын>","name":"Алмаз","patronymic":null,"gender":"M","dateOfBirth":"1990-01-01","nationality":"кыргыз","maritalStatus":"холост","address":{"country":"KG","region":"Чүй","district":"","locality":"Бишкек","street":"Ч","house":"1"},"document":[{"type":"ID","series":"ID","number":"0000001","issuedDate":"2020-02-29","authority":"МКК"},{"type":"ID","series":"AN","number":"0000002","issuedDate":"2020-02-29","expiredDate":"2030-02-28","authority":"МКК"}],"photo":"AAECAw=="}}
        """;

    [Fact]
    public void Write_OwnContractRequest_WritesQualifiedElement() =>
        MappingHarness.ToXml(Person.Request, """{"request":{"pin":"10101199000123"}}""").ShouldBe(
            """<tns:getPerson xmlns:tns="http://registry.sandbox.x-road.example/producer"><tns:request><tns:pin>10101199000123</tns:pin></tns:request></tns:getPerson>""");

    [Fact]
    public void Write_OwnContractResponse_RoundTrips()
    {
        var xml = MappingHarness.ToXml(Person.Response, PersonJson);
        xml.ShouldContain("<tns:patronymic xsi:nil=\"true\"></tns:patronymic>");
        MappingHarness.ToJson(Person.Response, xml).ShouldBe(PersonJson.Trim());
    }

    [Fact]
    public void Write_MembersInOtherOrder_RestoresSchemaOrder()
    {
        var shape = MappingHarness.Shape("""<xs:sequence><xs:element name="a" type="xs:string"/><xs:element name="b" type="xs:int" minOccurs="0" maxOccurs="unbounded"/><xs:element name="c" type="xs:boolean"/></xs:sequence><xs:attribute name="x" type="xs:int"/>""");
        MappingHarness.ToXml(shape, """{"c":true,"b":[1,2],"a":"z","@x":7}""").ShouldBe("""<tns:op xmlns:tns="urn:t" x="7"><tns:a>z</tns:a><tns:b>1</tns:b><tns:b>2</tns:b><tns:c>true</tns:c></tns:op>""");
    }

    [Theory]
    [InlineData("""{"request":{}}""", "required", "$.request.pin")]
    [InlineData("""{}""", "required", "$.request")]
    [InlineData("""{"request":{"pin":"1"}}""", "pattern", "$.request.pin")]
    [InlineData("""{"request":{"pin":10101199000123}}""", "type", "$.request.pin")]
    [InlineData("""{"request":{"pin":null}}""", "not-nillable", "$.request.pin")]
    [InlineData("""{"request":{"pin":["10101199000123"]}}""", "type", "$.request.pin")]
    [InlineData("""{"request":{"pin":"10101199000123","pim":1}}""", "unknown", "$.request.pim")]
    [InlineData("""{"request":{"pin":"10101199000123","pin":"10101199000123"}}""", "duplicate", "$.request.pin")]
    [InlineData("""{"request":"x"}""", "type", "$.request")]
    [InlineData("""{"request":{"pin":"\ud800"}}""", "character", "$.request.pin")]
    [InlineData("""{"request":{"pin":"10101199000123"}} {}""", "malformed-json", "$")]
    [InlineData("""{"request":{"pin":"10101199000123"}""", "malformed-json", "$")]
    public void Write_BadJson_RefusesByNameAndPath(string json, string code, string path)
    {
        var fault = MappingHarness.XmlFault(Person.Request, json);
        fault.Code.ShouldBe(code);
        fault.Path.ShouldStartWith(path);
        fault.Found.ShouldNotContain("10101199000123");
        if (code is not ("malformed-json"))
        {
            fault.Declared.Line.ShouldBeGreaterThan(0);
        }
    }
}

using System.Text;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Sandbox;

/// <summary>Operations that members rarely have, through both adapters and security servers: each takes its own example and bad input is refused by name.</summary>
public sealed class OddContractTests
{
    private static readonly (string Name, string Request, string Globals)[] Operations =
    [
        ("noParameters", "<xs:complexType/>", ""),
        ("allOptional", "<xs:complexType><xs:sequence><xs:element name=\"a\" type=\"xs:string\" minOccurs=\"0\"/></xs:sequence></xs:complexType>", ""),
        ("listAlone", "<xs:simpleType><xs:list itemType=\"xs:int\"/></xs:simpleType>", ""),
        ("textAlone", "<xs:simpleType><xs:restriction base=\"xs:string\"><xs:maxLength value=\"9\"/></xs:restriction></xs:simpleType>", ""),
        ("substituted", "<xs:complexType><xs:sequence><xs:element ref=\"t:shape\" maxOccurs=\"unbounded\"/></xs:sequence></xs:complexType>", "<xs:element name=\"shape\" abstract=\"true\" type=\"xs:string\"/><xs:element name=\"circle\" type=\"xs:string\" substitutionGroup=\"t:shape\"/><xs:element name=\"square\" type=\"xs:string\" substitutionGroup=\"t:shape\"/>"),
        ("mixedText", "<xs:complexType mixed=\"true\"><xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\"><xs:element name=\"b\" type=\"xs:string\"/></xs:choice></xs:complexType>", ""),
        ("named", "<xs:complexType><xs:sequence><xs:element name=\"a_b\" type=\"xs:string\"/><xs:element name=\"a__b\" type=\"xs:string\"/><xs:element name=\"фамилия\" type=\"xs:string\"/><xs:element name=\"class\" type=\"xs:string\" nillable=\"true\"/></xs:sequence><xs:attribute name=\"код\" type=\"xs:int\"/></xs:complexType>", ""),
        ("recursive", "<xs:complexType><xs:group ref=\"t:node\"/></xs:complexType>", "<xs:group name=\"node\"><xs:sequence><xs:element name=\"v\" type=\"xs:decimal\"/><xs:element name=\"below\" minOccurs=\"0\" maxOccurs=\"2\"><xs:complexType><xs:group ref=\"t:node\"/></xs:complexType></xs:element></xs:sequence></xs:group>"),
    ];

    [Fact]
    public async Task Example_OddOperations_RoundTripThroughTheSandbox()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "odd.wsdl");
        await File.WriteAllTextAsync(path, Wsdl());
        var contract = SandboxContract.Read(path, out var fault).ShouldNotBeNull(fault);
        contract.Services.Count.ShouldBe(Operations.Length);
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Contract = contract });
        foreach (var service in contract.Services)
        {
            var example = await GetAsync(world, service.Alias, "example");
            example.Status.ShouldBe(200, service.Id);
            (await GetAsync(world, service.Alias, "openapi.json")).Status.ShouldBe(200, service.Id);
            (await GetAsync(world, service.Alias, "service.proto")).Text.ShouldContain("syntax = \"proto3\"");

            var answer = await world.AskAsync(service.Alias, TestWorld.JsonBytes(example.Body));

            answer.Status.ShouldBe(200, $"{service.Id}: {example.Text} gives {answer.Text}");
        }

        await world.RefusedAsync("json_duplicate_name", "validate", alias: "allOptional", content: TestWorld.Json("{\"a\":\"1\",\"\\u0061\":\"2\"}"));
        await world.RefusedAsync("contract_violated", "validate", alias: "listAlone", content: TestWorld.Json("[1,99999999999]"));
        await world.RefusedAsync("contract_violated", "validate", alias: "textAlone", content: TestWorld.Json("\"a\\u0000b\""));
        await world.RefusedAsync("contract_violated", "validate", alias: "allOptional", content: TestWorld.Json("{\"a\":\"\\ud800\"}"));
        (await world.AskAsync("recursive", TestWorld.Json(string.Concat(Enumerable.Repeat("{\"v\":1,\"below\":[", 10_000))))).Status.ShouldBeInRange(400, 499);
    }

    private static async Task<HttpReply> GetAsync(TestWorld world, string alias, string document)
    {
        using var get = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!, $"v1/services/{alias}/{document}"));
        get.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
        return await world.SendAsync(get);
    }

    private static string Wsdl()
    {
        var text = new StringBuilder("""
            <wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:odd" targetNamespace="urn:odd"><wsdl:types><xs:schema targetNamespace="urn:odd" elementFormDefault="qualified">
            """);
        foreach (var (name, request, globals) in Operations)
        {
            text.Append(globals).Append($"<xs:element name=\"{name}\">{request}</xs:element><xs:element name=\"{name}Response\">{request}</xs:element>");
        }

        text.Append("</xs:schema></wsdl:types>");
        text.AppendJoin("", Operations.Select(o => $"<wsdl:message name=\"{o.Name}In\"><wsdl:part name=\"body\" element=\"t:{o.Name}\"/></wsdl:message><wsdl:message name=\"{o.Name}Out\"><wsdl:part name=\"body\" element=\"t:{o.Name}Response\"/></wsdl:message>"));
        text.Append("<wsdl:portType name=\"p\">");
        text.AppendJoin("", Operations.Select(o => $"<wsdl:operation name=\"{o.Name}\"><wsdl:input message=\"t:{o.Name}In\"/><wsdl:output message=\"t:{o.Name}Out\"/></wsdl:operation>"));
        text.Append("</wsdl:portType><wsdl:binding name=\"b\" type=\"t:p\"><soap:binding transport=\"http://schemas.xmlsoap.org/soap/http\"/>");
        text.AppendJoin("", Operations.Select(o => $"<wsdl:operation name=\"{o.Name}\"><soap:operation soapAction=\"\"/><wsdl:input><soap:body use=\"literal\"/></wsdl:input><wsdl:output><soap:body use=\"literal\"/></wsdl:output></wsdl:operation>"));
        return text.Append("</wsdl:binding></wsdl:definitions>").ToString();
    }
}

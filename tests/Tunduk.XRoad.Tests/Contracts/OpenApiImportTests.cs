using System.Buffers;
using System.Text;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Proto;

namespace Tunduk.XRoad.Tests.Contracts;

public class OpenApiImportTests
{
    private const string Yaml = """
        openapi: 3.0.3
        info: { title: Registry, version: "1" }
        paths:
          /persons/{pin}:
            parameters:
              - { name: pin, in: path, required: true, schema: { type: string } }
            get:
              operationId: person
              summary: One person
              parameters:
                - { name: full, in: query, schema: { type: boolean } }
              responses:
                "200":
                  content:
                    application/json:
                      schema: { $ref: "#/components/schemas/Person" }
        components:
          schemas:
            Base:
              type: object
              required: [pin]
              properties: { pin: { type: string, maxLength: 14 } }
            Person:
              allOf:
                - $ref: "#/components/schemas/Base"
                - type: object
                  properties:
                    name: { type: string, nullable: true }
                    children: { type: array, items: { $ref: "#/components/schemas/Person" } }
        """;

    private static ContractImport Import(string text) => Contract.ImportText(Encoding.UTF8.GetBytes(text), "api.yaml");

    [Fact]
    public void Import_Yaml30_GivesOperationAndFields()
    {
        var import = Import(Yaml);
        import.IsWhole.ShouldBeTrue(string.Join('\n', import.Findings));
        var operation = import.Contract!.Find("person").ShouldNotBeNull();
        operation.Rest.ShouldBe(new RestBinding("GET", "/persons/{pin}"));
        operation.Title.ShouldBe("One person");
        operation.Fields(MessageSide.Request).Resolve("path/pin")[0].Required.ShouldBeTrue();
        operation.Fields(MessageSide.Request).Resolve("query/full")[0].Required.ShouldBeFalse();
        var answer = operation.Fields(MessageSide.Response);
        answer.Resolve("pin")[0].Required.ShouldBeTrue();
        answer.Resolve("name")[0].Nillable.ShouldBeTrue();
        answer.Resolve("children/children/pin")[0].Location.Line.ShouldBe(22);
        answer.Resolve("children")[0].Repeated.ShouldBeTrue();
    }

    [Fact]
    public void Import_Json31_ReadsTypeLists()
    {
        const string json = """{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{"/x":{"post":{"requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","properties":{"a":{"type":["integer","null"]}}}}}},"responses":{"200":{}}}}}}""";
        var operation = Import(json).Contract!.Operations[0];
        operation.ServiceCode.ShouldBe("post_x");
        operation.Fields(MessageSide.Request).Resolve("body/a")[0].Nillable.ShouldBeTrue();
    }

    [Theory]
    [InlineData("openapi: 2.0", "3.0 or 3.1")]
    [InlineData("openapi: 3.0.0\na: &x [ *x ]", "alias")]
    [InlineData("openapi: 3.0.0\na: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]", "limit")]
    [InlineData("openapi: 3.0.0\npaths: {/x: {get: {responses: {'200': {content: {application/json: {schema: {$ref: 'http://example.org/x'}}}}}}}}", "nothing is fetched")]
    [InlineData("openapi: 3.0.0\ncomponents: {schemas: {A: {$ref: '#/components/schemas/A'}}}\npaths: {/x: {get: {responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}}}}", "circle")]
    [InlineData("openapi: 3.0.0\npaths: {", "neither JSON nor YAML")]
    public void Import_Bad_IsAFinding(string text, string fault) =>
        Import(text).Findings.ShouldContain(f => f.Severity == FindingSeverity.Error && f.Message.Contains(fault));

    private static string Get(string path, string operation) => "openapi: 3.1.0\npaths: {'" + path + "': {get: {operationId: op, responses: {'200': {description: x}}" + (operation.Length > 0 ? ", " + operation : "") + "}}}";

    // A style that is not written, a parameter without a place, a part of the wrong kind: said with its line, and no request is made that would lose a value.
    [Theory]
    [InlineData("/a/{p}", "parameters: [{name: p, in: path, required: true, style: label, schema: {type: string}}]", "style that is not written", FindingSeverity.Warning)]
    [InlineData("/a/{p}", "parameters: [{name: p, in: path, required: true, style: matrix, schema: {type: array, items: {type: string}}}]", "style that is not written", FindingSeverity.Warning)]
    [InlineData("/a", "parameters: [{name: q, in: query, style: deepObject, schema: {type: array, items: {type: string}}}]", "style that is not written", FindingSeverity.Warning)]
    [InlineData("/a", "parameters: [{name: p, in: path, required: true, schema: {type: string}}]", "no place in the path", FindingSeverity.Warning)]
    [InlineData("/a", "parameters: [{name: q, in: query, schema: {type: string}}, {name: q, in: query, schema: {type: integer}}]", "described twice", FindingSeverity.Warning)]
    [InlineData("/a", "parameters: {name: q}", "no list", FindingSeverity.Error)]
    [InlineData("a/b", "", "begins with '/'", FindingSeverity.Error)]
    [InlineData("/a?b=c", "", "begins with '/'", FindingSeverity.Error)]
    [InlineData("/a", "requestBody: {content: {application/json: {schema: {type: integer, minimum: 3, exclusiveMinimum: true}}}}", "it is a number", FindingSeverity.Error)]
    [InlineData("/a", "requestBody: {content: {application/json: {schema: {type: string, nullable: true}}}}", "no keyword of OpenAPI 3.1", FindingSeverity.Warning)]
    public void Import_OddOperation_IsSaidWithItsLine(string path, string operation, string said, FindingSeverity severity) =>
        Import(Get(path, operation)).Findings.ShouldContain(f => f.Severity == severity && f.Message.Contains(said) && f.Location.Line > 0);

    [Theory]
    [InlineData("paths: [1]", "no object")]
    [InlineData("paths: {/a: {get: x}}", "'get' is no object")]
    [InlineData("paths: {/a: [get]}", "no operations")]
    [InlineData("paths: {/a: {trace: {responses: {}}, get: {responses: {}}}}", "'trace' is no method")]
    public void Import_PathsOfTheWrongKind_AreSaid(string paths, string said) =>
        Import("openapi: 3.0.0\n" + paths).Findings.ShouldContain(f => f.Message.Contains(said) && f.Location.Line > 0);

    [Fact]
    public void Import_ParameterOfAnUnwrittenStyle_IsNoFieldOfTheRequest()
    {
        var operation = Import(Get("/a", "parameters: [{name: q, in: query, style: deepObject, schema: {type: array, items: {type: string}}}]")).Contract!.Operations[0];
        operation.Fields(MessageSide.Request).Resolve("query/q").ShouldBeEmpty();
    }

    [Fact]
    public void Wire_ListOfUnlikeItems_ComesBackAsItWas()
    {
        var operation = Import("openapi: 3.1.0\npaths: {/a: {post: {operationId: op, requestBody: {required: true, content: {application/json: {schema: {type: array, prefixItems: [{type: string}], items: {type: boolean}}}}}, responses: {'200': {description: x}}}}}").Contract!.Operations[0];
        var message = ProtoBuilder.Build("p", "S", [operation]).Methods[0].Request;
        var wire = new ArrayBufferWriter<byte>();
        JsonToProto.Write(message, """{"body":["a",true,false]}"""u8.ToArray(), wire).Faults.ShouldBeEmpty();
        var back = new ArrayBufferWriter<byte>();
        ProtoToJson.Write(message, wire.WrittenMemory, back).Faults.ShouldBeEmpty();
        Encoding.UTF8.GetString(back.WrittenSpan).ShouldBe("""{"body":["a",true,false]}""");
    }

    [Fact]
    public void Import_DeepNesting_IsRefused() =>
        Import("openapi: 3.0.0\nx: " + new string('[', 2_000) + new string(']', 2_000)).Findings.ShouldContain(f => f.Message.Contains("limit"));
}

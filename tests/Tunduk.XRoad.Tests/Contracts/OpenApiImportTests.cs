using System.Text;
using Tunduk.XRoad.Contracts;

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

    [Fact]
    public void Import_DeepNesting_IsRefused() =>
        Import("openapi: 3.0.0\nx: " + new string('[', 2_000) + new string(']', 2_000)).Findings.ShouldContain(f => f.Message.Contains("limit"));
}

using System.Text;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>REST messages by their OpenAPI description: which operation is meant, and whether the JSON is what it says.</summary>
public class JsonCheckTests
{
    private const string Description = """
        openapi: 3.0.3
        info: { title: persons, version: "1" }
        paths:
          /persons/{pin}:
            get:
              operationId: getPerson
              parameters: [ { name: pin, in: path, required: true, schema: { type: string, pattern: '^[012][0-9]{13}$' } } ]
              responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Person' } } } } }
          /persons/me:
            get: { operationId: getMe, responses: { '200': { description: ok } } }
          /persons:
            post:
              operationId: addPerson
              requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Person' } } } }
              responses: { '201': { description: ok } }
        components:
          schemas:
            Person:
              type: object
              required: [pin]
              additionalProperties: false
              properties:
                pin: { type: string, minLength: 14, maxLength: 14 }
                age: { type: integer, minimum: 0, maximum: 150 }
                weight: { type: number, minimum: 0, exclusiveMinimum: true }
                active: { type: boolean, nullable: true }
                kind: { type: string, enum: [a, b] }
                kids: { type: array, items: { $ref: '#/components/schemas/Person' } }
                open: { type: object, properties: { x: { type: integer } } }
        """;

    // Where the schema of pin stands.
    private static readonly int DescribedLine = Description[..Description.IndexOf("pin: { type: string, minLength", StringComparison.Ordinal)].Count(c => c == '\n') + 1;

    private static readonly Contract Contract = Import(Description);

    [Theory]
    [InlineData("GET", "persons/21502197994378", "getPerson")]
    [InlineData("GET", "persons/me", "getMe")]
    [InlineData("POST", "persons", "addPerson")]
    [InlineData("DELETE", "persons/21502197994378", null)]
    [InlineData("GET", "persons", null)]
    [InlineData("GET", "", null)]
    public void Find_MethodAndPath_GivesTheOperation(string method, string path, string? operation) =>
        RestRoute.Find(Contract, method, path.Length == 0 ? [] : path.Split('/'))?.Operation.ServiceCode.ShouldBe(operation);

    [Theory]
    [InlineData("""{"pin":"21502197994378","age":7,"weight":0.5,"active":null,"kind":"a","kids":[{"pin":"21502197994379"}],"open":{"x":1,"more":{}}}""", null, null)]
    [InlineData("""{"pin":"21502197994378","age":1e1}""", null, null)]
    [InlineData("""{}""", "required", "$.pin")]
    [InlineData("""{"pin":1}""", "type", "$.pin")]
    [InlineData("""{"pin":null}""", "not-nillable", "$.pin")]
    [InlineData("""{"pin":"1"}""", "length", "$.pin")]
    [InlineData("""{"pin":"21502197994378","age":"7"}""", "type", "$.age")]
    [InlineData("""{"pin":"21502197994378","age":7.5}""", "type", "$.age")]
    [InlineData("""{"pin":"21502197994378","age":151}""", "range", "$.age")]
    [InlineData("""{"pin":"21502197994378","weight":0}""", "range", "$.weight")]
    [InlineData("""{"pin":"21502197994378","kind":"c"}""", "enumeration", "$.kind")]
    [InlineData("""{"pin":"21502197994378","kids":{}}""", "type", "$.kids")]
    [InlineData("""{"pin":"21502197994378","kids":[{"pin":"21502197994378"},{}]}""", "required", "$.kids[1].pin")]
    [InlineData("""{"pin":"21502197994378","zz":1}""", "unknown", "$.zz")]
    [InlineData("""{"pin":"21502197994378","p\u0069n":"21502197994378"}""", "duplicate", "$.pin")]
    [InlineData("""{"pin":"\ud800"}""", "character", "$.pin")]
    [InlineData("""[]""", "type", "$")]
    [InlineData("""{"pin":"21502197994378"}x""", "malformed-json", "$")]
    [InlineData("""{"pin":""", "malformed-json", null)]
    public void Check_Json_TellsFaultAndPath(string json, string? code, string? path)
    {
        var element = Contract.Operations.Single(operation => operation.ServiceCode == "getPerson").Response.Element;
        var result = JsonCheck.Check(element, Encoding.UTF8.GetBytes(json));
        if (code is null)
        {
            result.Faults.ShouldBeEmpty();
            return;
        }

        var fault = result.Faults.ShouldHaveSingleItem();
        fault.Code.ShouldBe(code);
        fault.Path.ShouldBe(path ?? fault.Path);
        fault.ToString().ShouldNotContain("21502197994378");
    }

    [Fact]
    public void Check_TenThousandLevels_IsRefused()
    {
        var element = Contract.Operations.Single(operation => operation.ServiceCode == "getPerson").Response.Element;
        var json = string.Concat(Enumerable.Repeat("{\"open\":", 10_000)) + "1" + new string('}', 10_000);
        JsonCheck.Check(element, Encoding.UTF8.GetBytes(json)).Faults.ShouldHaveSingleItem().Code.ShouldBe(MappingCodes.TooDeep);
    }

    [Theory]
    [InlineData("$dynamicRef: '#x'", "$dynamicRef")]
    [InlineData("unevaluatedItems: false", "unevaluatedItems")]
    [InlineData("pattern: '(['", "pattern")]
    [InlineData("pattern: '^[😀-😂]$'", "pattern")]
    [InlineData("pattern: '^\\uD83D\\uDE00$'", "pattern")]
    [InlineData("allOf: [ { type: strange } ]", "type")]
    [InlineData("minLength: many", "minLength")]
    [InlineData("allOf: [ { $ref: '#/components/schemas/Person/properties/pin' } ]", "allOf")]
    [InlineData("oneOf: { type: string }", "oneOf")]
    [InlineData("discriminator: { mapping: {} }", "discriminator")]
    [InlineData("discriminator: { propertyName: x, mapping: { a: Nobody } }", "discriminator")]
    public void Import_WhatCannotBeChecked_IsRefusedByLine(string keyword, string construct)
    {
        var import = Contract.ImportText(Encoding.UTF8.GetBytes(Description.Replace("minLength: 14, maxLength: 14", keyword, StringComparison.Ordinal)), "x.yaml");
        import.IsWhole.ShouldBeFalse();
        import.Findings.ShouldContain(finding => finding.Severity == FindingSeverity.Error && finding.Construct == construct && finding.Location.Line == DescribedLine);
    }

    [Fact]
    public void Import_WordThatIsNoKeyword_IsSaid()
    {
        var import = Contract.ImportText(Encoding.UTF8.GetBytes(Description.Replace("minLength: 14, maxLength: 14", "minLenght: 14, x-own: 1", StringComparison.Ordinal)), "x.yaml");
        import.IsWhole.ShouldBeTrue();
        import.Findings.ShouldHaveSingleItem().Construct.ShouldBe("minLenght");
    }

    private static Contract Import(string text)
    {
        var import = Contract.ImportText(Encoding.UTF8.GetBytes(text), "persons.yaml");
        import.IsWhole.ShouldBeTrue(string.Join('\n', import.Findings));
        return import.Contract!;
    }
}

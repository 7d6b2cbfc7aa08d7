using System.Diagnostics;
using System.Text;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.OpenApi;
using Tunduk.XRoad.Mapping;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>Every keyword of OpenAPI schemas refuses what it says, in both dialects, with the path.</summary>
public class JsonRuleTests
{
    [Theory]
    // Alternatives.
    [InlineData("3.0.3", "oneOf: [ { type: string }, { type: integer } ]", "true", "type", "$")]
    [InlineData("3.0.3", "oneOf: [ { type: integer, minimum: 0 }, { type: integer, maximum: 10 } ]", "5", "content", "$")]
    [InlineData("3.0.3", "oneOf: [ { type: integer, minimum: 0 }, { type: integer, maximum: 10 } ]", "11", null, null)]
    [InlineData("3.0.3", "anyOf: [ { type: integer, minimum: 5 }, { type: integer, maximum: 2 } ]", "3", "content", "$")]
    [InlineData("3.0.3", "anyOf: [ { type: object, required: [a] }, { type: 'string' } ]", "{}", "required", "$.a")]
    [InlineData("3.0.3", "allOf: [ { type: object, required: [a] }, { type: object, required: [b] } ]", "{\"a\":1}", "required", "$.b")]
    [InlineData("3.0.3", "not: { type: string }", "\"x\"", "content", "$")]
    [InlineData("3.0.3", "oneOf: [ { $ref: '#/components/schemas/Card' }, { $ref: '#/components/schemas/Cash' } ], discriminator: { propertyName: kind, mapping: { c: Card, m: '#/components/schemas/Cash' } }", "{\"kind\":\"c\",\"mask\":7}", "type", "$.mask")]
    [InlineData("3.0.3", "oneOf: [ { $ref: '#/components/schemas/Card' }, { $ref: '#/components/schemas/Cash' } ], discriminator: { propertyName: kind, mapping: { c: Card, m: '#/components/schemas/Cash' } }", "{\"kind\":\"z\"}", "unknown-type", "$.kind")]
    [InlineData("3.0.3", "oneOf: [ { $ref: '#/components/schemas/Card' }, { $ref: '#/components/schemas/Cash' } ], discriminator: { propertyName: kind }", "{}", "required", "$.kind")]
    [InlineData("3.0.3", "oneOf: [ { $ref: '#/components/schemas/Card' }, { $ref: '#/components/schemas/Cash' } ], discriminator: { propertyName: kind }", "{\"kind\":\"Cash\",\"sum\":1}", null, null)]
    [InlineData("3.0.3", "$ref: '#/components/schemas/Base'", "{\"kind\":\"Heir\"}", "required", "$.own")]
    [InlineData("3.0.3", "$ref: '#/components/schemas/Base'", "{\"kind\":\"Heir\",\"own\":1}", null, null)]
    [InlineData("3.1.0", "if: { required: [a] }, then: { required: [b] }, else: { required: [c] }", "{\"a\":1}", "required", "$.b")]
    [InlineData("3.1.0", "if: { required: [a] }, then: { required: [b] }, else: { required: [c] }", "{}", "required", "$.c")]
    // Null.
    [InlineData("3.0.3", "type: string, nullable: true", "null", null, null)]
    [InlineData("3.0.3", "type: string", "null", "not-nillable", "$")]
    [InlineData("3.1.0", "type: string, nullable: true", "null", "not-nillable", "$")]
    [InlineData("3.1.0", "type: [string, 'null']", "null", null, null)]
    [InlineData("3.1.0", "type: [string, 'null'], enum: [a]", "null", "enumeration", "$")]
    [InlineData("3.1.0", "type: [string, integer]", "1.5", "type", "$")]
    [InlineData("3.0.3", "allOf: [ { $ref: '#/components/schemas/Card' } ], nullable: true", "null", null, null)]
    [InlineData("3.1.0", "anyOf: [ { $ref: '#/components/schemas/Card' }, { type: 'null' } ]", "{}", "required", "$.mask")]
    // Values.
    [InlineData("3.1.0", "const: 3", "3.0", null, null)]
    [InlineData("3.1.0", "const: 3", "\"3\"", "fixed", "$")]
    [InlineData("3.1.0", "const: { a: [1, x] }", "{\"a\":[1.0,\"x\"]}", null, null)]
    [InlineData("3.1.0", "const: { a: [1, x] }", "{\"a\":[\"x\",1]}", "fixed", "$")]
    [InlineData("3.0.3", "enum: [1, '2']", "2", "enumeration", "$")]
    [InlineData("3.0.3", "type: number, multipleOf: 0.01", "0.29", null, null)]
    [InlineData("3.0.3", "type: number, multipleOf: 0.01", "0.291", "range", "$")]
    [InlineData("3.0.3", "type: integer, maximum: 9007199254740993", "9007199254740994", "range", "$")]
    [InlineData("3.0.3", "type: number, minimum: 1, exclusiveMinimum: true", "1", "range", "$")]
    [InlineData("3.1.0", "type: number, exclusiveMinimum: 1", "1.0", "range", "$")]
    [InlineData("3.0.3", "type: integer, format: int32", "2147483648", "range", "$")]
    [InlineData("3.0.3", "type: integer, minimum: 0", "1e999999999", "type", "$")]
    [InlineData("3.0.3", "type: string, maxLength: 1", "\"😀\"", null, null)]
    [InlineData("3.0.3", "type: string, pattern: '^\\p{L}{1,3}$'", "\"𝒳𝒳𝒳\"", null, null)]
    [InlineData("3.0.3", "type: string, pattern: '^\\p{L}{1,3}$'", "\"𝒳𝒳𝒳𝒳\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, pattern: '^\\p{L}{1,3}$'", "\"😀\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, pattern: '^\\p{So}\\P{So}$'", "\"😀𝒳\"", null, null)]
    [InlineData("3.0.3", "type: string, pattern: '^\\P{L}$'", "\"𝒳\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, pattern: '^[\\P{L}a]$'", "\"𝒳\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, pattern: '^[^\\p{C}]{2}$'", "\"😀ж\"", null, null)]
    [InlineData("3.0.3", "type: string, pattern: '^[^\\p{C}]$'", "\"\\u0001\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, pattern: '^\\p{Cn}$'", "\"\\uFDD0\"", null, null)]
    [InlineData("3.0.3", "type: string, pattern: '^\\p{Lu}$'", "\"\\uFDD0\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, pattern: '^.[^a]\\W$'", "\"😀😀😀\"", null, null)]
    [InlineData("3.0.3", "type: string, pattern: '^a$'", "\"a\\n\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, pattern: '^\\d+$'", "\"٣\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, pattern: '^(?!0)[0-9]+$'", "\"07\"", "pattern", "$")]
    [InlineData("3.0.3", "type: string, format: date", "\"2026-02-30\"", "type", "$")]
    [InlineData("3.0.3", "type: string, format: uuid", "\"7\"", "type", "$")]
    [InlineData("3.0.3", "type: string, format: byte", "\"*\"", "type", "$")]
    // Lists.
    [InlineData("3.0.3", "type: array, items: { type: array, items: { type: integer } }", "[[1],[2,\"x\"]]", "type", "$[1][1]")]
    [InlineData("3.0.3", "type: array, minItems: 2, items: {}", "[1]", "length", "$")]
    [InlineData("3.0.3", "type: array, maxItems: 1, items: {}", "[1,2]", "length", "$")]
    [InlineData("3.0.3", "type: array, uniqueItems: true, items: {}", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1.0}]", "duplicate", "$[1]")]
    [InlineData("3.1.0", "prefixItems: [ { type: string } ], items: false", "[\"a\",1]", "unknown", "$[1]")]
    [InlineData("3.1.0", "contains: { type: string }, maxContains: 1", "[\"a\",\"b\"]", "length", "$")]
    // Members.
    [InlineData("3.0.3", "type: object, additionalProperties: { type: integer }", "{\"x\":\"1\"}", "type", "$.x")]
    [InlineData("3.0.3", "type: object, additionalProperties: { type: object, required: [y] }", "{\"x\":{}}", "required", "$.x.y")]
    [InlineData("3.1.0", "patternProperties: { '^y': { type: integer } }, additionalProperties: false", "{\"y1\":1,\"z\":1}", "unknown", "$.z")]
    [InlineData("3.1.0", "patternProperties: { '^y': { type: integer } }", "{\"y1\":\"1\"}", "type", "$.y1")]
    [InlineData("3.1.0", "propertyNames: { maxLength: 2 }", "{\"abc\":1}", "length", "$.abc")]
    [InlineData("3.0.3", "type: object, minProperties: 1", "{}", "length", "$")]
    [InlineData("3.0.3", "type: object, maxProperties: 1", "{\"a\":1,\"b\":1}", "length", "$")]
    [InlineData("3.1.0", "dependentRequired: { a: [b] }", "{\"a\":1}", "required", "$.b")]
    [InlineData("3.1.0", "dependentSchemas: { a: { required: [b] } }", "{\"a\":1}", "required", "$.b")]
    [InlineData("3.1.0", "allOf: [ { properties: { a: {} } } ], unevaluatedProperties: false", "{\"a\":1,\"b\":1}", "unknown", "$.b")]
    [InlineData("3.1.0", "anyOf: [ { properties: { a: { const: 1 } }, required: [a] }, { properties: { b: {} } } ], unevaluatedProperties: false", "{\"a\":1,\"b\":1}", null, null)]
    [InlineData("3.1.0", "properties: { a: false }", "{\"a\":1}", "unknown", "$.a")]
    [InlineData("3.1.0", "$ref: '#/components/schemas/Card', required: [more]", "{\"mask\":\"x\"}", "required", "$.more")]
    [InlineData("3.0.3", "$ref: '#/components/schemas/Card', required: [more]", "{\"mask\":\"x\"}", null, null)]
    [InlineData("3.0.3", "type: object, required: [r, w], properties: { r: { type: string, readOnly: true }, w: { type: string, writeOnly: true } }", "{}", "required", "$.r")]
    public void Check_Keyword_RefusesWhatItSays(string version, string schema, string json, string? code, string? path)
    {
        var result = JsonCheck.Check(Operation(version, schema).Response.Element, Encoding.UTF8.GetBytes(json));
        if (code is null)
        {
            result.Faults.ShouldBeEmpty();
            return;
        }

        var fault = result.Faults.ShouldHaveSingleItem();
        fault.Code.ShouldBe(code, fault.ToString());
        fault.Path.ShouldBe(path, fault.ToString());
        fault.Declared.Line.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Check_AlternativesWithinAlternatives_EndInTime()
    {
        // Each level asks each of its alternatives about all that is below.
        var operation = Operation("3.0.3", "$ref: '#/components/schemas/Deep'");
        var json = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"n\":", 50)) + "1" + new string('}', 50));
        var clock = Stopwatch.StartNew();
        JsonCheck.Check(operation.Response.Element, json).Faults.ShouldHaveSingleItem().Code.ShouldBe("too-large");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Check_PatternThatLooksBack_EndsInTime()
    {
        var operation = Operation("3.0.3", "type: string, pattern: '^(a+)+(?=b)c$'");
        var clock = Stopwatch.StartNew();
        JsonCheck.Check(operation.Response.Element, Encoding.UTF8.GetBytes("\"" + new string('a', 50_000) + "\"")).Faults.ShouldHaveSingleItem().Code.ShouldBe("pattern");
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData("integer", "7", null)]
    [InlineData("integer", "7.5", "type")]
    [InlineData("integer", "", "type")]
    [InlineData("boolean", "true", null)]
    [InlineData("boolean", "yes", "type")]
    [InlineData("string", "7", null)]
    [InlineData("string", "true", null)]
    public void CheckText_OfAnAddress_IsReadByItsType(string type, string text, string? code)
    {
        var path = Operation("3.0.3", "type: string", $"{{ name: p, in: query, schema: {{ type: {type} }} }}").Fields(MessageSide.Request).Resolve("query/p").ShouldHaveSingleItem();
        path.IsLeaf.ShouldBeTrue();
        var part = (Tunduk.XRoad.Contracts.Schema.ComplexType)((Tunduk.XRoad.Contracts.Schema.ComplexType)Operation("3.0.3", "type: string", $"{{ name: p, in: query, schema: {{ type: {type} }} }}").Request.Element.Type).Members[0].Element!.Type;
        JsonCheck.CheckText(part.Members[0].Element!, text)?.Code.ShouldBe(code);
    }

    [Fact]
    public void Fields_OfAlternatives_AreKnownToAgreements()
    {
        var fields = Operation("3.0.3", "oneOf: [ { $ref: '#/components/schemas/Card' }, { $ref: '#/components/schemas/Cash' } ]").Fields(MessageSide.Response);
        fields.Resolve("mask").ShouldHaveSingleItem().Required.ShouldBeFalse();
        fields.Resolve("sum").ShouldHaveSingleItem();
        fields.Resolve("kind").ShouldHaveSingleItem();
    }

    private static Operation Operation(string version, string schema, string parameter = "")
    {
        var import = Contract.ImportText(Encoding.UTF8.GetBytes($$"""
            openapi: {{version}}
            info: { title: t, version: "1" }
            paths: { /x: { post: { operationId: op, parameters: [ {{parameter}} ], responses: { '200': { description: d, content: { application/json: { schema: { {{schema}} } } } } } } } }
            components:
              schemas:
                Card: { type: object, required: [mask], properties: { kind: { type: string }, mask: { type: string } } }
                Cash: { type: object, required: [sum], properties: { kind: { type: string }, sum: { type: integer } } }
                Base: { type: object, required: [kind], properties: { kind: { type: string } }, discriminator: { propertyName: kind } }
                Heir: { allOf: [ { $ref: '#/components/schemas/Base' }, { type: object, required: [own] } ] }
                Deep: { oneOf: [ { $ref: '#/components/schemas/Left' }, { $ref: '#/components/schemas/Right' } ] }
                Left: { type: object, required: [a], properties: { n: { $ref: '#/components/schemas/Deep' } } }
                Right: { type: object, required: [b], properties: { n: { $ref: '#/components/schemas/Deep' } } }
            """), "x.yaml");
        import.Contract.ShouldNotBeNull(string.Join('\n', import.Findings));
        import.IsWhole.ShouldBeTrue(string.Join('\n', import.Findings));
        return import.Contract.Operations[0];
    }
}

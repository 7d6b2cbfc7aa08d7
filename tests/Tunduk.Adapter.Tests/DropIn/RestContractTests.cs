using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>A REST service with an OpenAPI description of several operations, whose names are the provider's own: held on both sides.</summary>
public sealed class RestContractTests
{
    private const string Service = "/r1/sandbox/GOV/70009001/registry/persons";

    private const string Description = """
        openapi: 3.0.3
        info: { title: persons, version: "1" }
        paths:
          /by-pin/{pin}:
            get:
              operationId: getPerson
              parameters:
                - { name: pin, in: path, required: true, schema: { type: string, pattern: '^[012][0-9]{13}$' } }
                - { name: fields, in: query, schema: { type: string, enum: [a, b] } }
              responses:
                '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Person' } } } }
                '303': { description: elsewhere }
                '404': { description: nobody, content: { application/json: { schema: { type: object, properties: { error: { type: string }, trace: { type: string } } } } } }
            post:
              operationId: changePerson
              parameters: [ { name: pin, in: path, required: true, schema: { type: string } } ]
              requestBody: { required: true, content: { application/json: { schema: { type: object, required: [comment], properties: { comment: { type: string, maxLength: 20 } } } } } }
              responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Person' } } } } }
        components:
          schemas:
            Person: { type: object, required: [surname], properties: { surname: { type: string }, echo: { type: string } } }
        """;

    // The provider's adapter alone, the consumer's alone: neither leaves it to the other.
    [Theory]
    [InlineData(true, false, "adapter.information_system_broken")]
    [InlineData(false, true, "adapter.response_malformed")]
    public async Task Rest_AnswerTheDescriptionDoesNotHave_IsRefused(bool provider, bool consumer, string code)
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await StartAsync(upstream, provider, consumer);
        const string Whole = """{"surname":"Invented"}""";

        foreach (var (status, body) in new[] { (200, ""), (201, Whole), (204, ""), (302, ""), (200, """{"echo":"x"}""") })
        {
            Answer(upstream, status, body);
            var reply = await AskAsync(world, "GET", Pin);
            reply.Status.ShouldBeGreaterThanOrEqualTo(400, $"{status} {body}: {reply.Text}");
            (reply.Headers["X-Road-Error"] + reply.Text).ShouldContain(code, customMessage: $"{status} {body}");
        }

        foreach (var (status, body) in new[] { (200, Whole), (303, ""), (500, """{"error":"x"}""") })
        {
            Answer(upstream, status, body);
            (await AskAsync(world, "GET", Pin)).Status.ShouldBe(status);
        }
    }

    [Fact]
    public async Task Rest_ListedMemberOfADescribedError_Passes()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await StartAsync(upstream);
        Answer(upstream, 404, """{"error":"no such person","trace":"SECRET"}""");

        var reply = await AskAsync(world, "GET", Pin);

        reply.Status.ShouldBe(404);
        reply.Text.ShouldBe("""{"error":"no such person"}""");
    }

    [Fact]
    public async Task Rest_BodyNestedTooDeep_IsCalledThat()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await StartAsync(upstream);
        var reply = await AskAsync(world, "POST", Pin, string.Concat(Enumerable.Repeat("{\"a\":", 400)) + "1" + new string('}', 400));
        (reply.Headers["X-Road-Error"] + reply.Text).ShouldContain("levels");
        upstream.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Rest_OpenApiOfManyOperations_IsHeldOnBothSides()
    {
        await using var upstream = await UpstreamDouble.StartAsync();
        await using var world = await StartAsync(upstream);

        (await AskAsync(world, "GET", "/by-pin/21502197994378?fields=a")).Status.ShouldBe(200);
        (await AskAsync(world, "POST", "/by-pin/21502197994378", """{"comment":"x"}""")).Status.ShouldBe(200);
        var calls = upstream.Calls.Count;

        await RefusedAsync(world, "GET", "/elsewhere", null, "GET /by-pin/{pin}");
        await RefusedAsync(world, "DELETE", "/by-pin/21502197994378", null, "POST /by-pin/{pin}");
        await RefusedAsync(world, "GET", "/by-pin/notapin", null, "path/pin");
        await RefusedAsync(world, "GET", "/by-pin/21502197994378?fields=c", null, "query/fields");
        await RefusedAsync(world, "GET", "/by-pin/21502197994378?unknown=1", null, "query");
        await RefusedAsync(world, "POST", "/by-pin/21502197994378", """{"comment":7}""", "$.comment");
        await RefusedAsync(world, "POST", "/by-pin/21502197994378", """{}""", "$.comment");
        upstream.Calls.Count.ShouldBe(calls, "what the description does not have reached the information system");

        // By alias an operation is named where there are several.
        var alias = await world.AskAsync("persons");
        alias.Status.ShouldBe(404, alias.Text);
        alias.Text.ShouldContain("one of getPerson, changePerson");
    }

    private const string Pin = "/by-pin/21502197994378";

    private static async Task<TestWorld> StartAsync(UpstreamDouble upstream, bool provider = true, bool consumer = true)
    {
        var world = await TestWorld.StartAsync(new TestWorldOptions
        {
            ConsumerFiles = (options, folder) => Place(folder),
            ProviderFiles = (options, folder) => Place(folder),
            Consumer = options => options["Services"]!["persons"] = Described(new JsonObject { ["Service"] = DropInWorld.Persons }, consumer),
            Provider = options => options["Provides"]!["persons"] = Described(new JsonObject { ["Service"] = DropInWorld.Persons, ["Upstream"] = new Uri(upstream.Address, "api").ToString(), ["Protocol"] = "Rest" }, provider),
            ConsumerAgreement = WithPersons,
            ProviderAgreement = WithPersons,
        });
        world.SecurityServers.Provider.Service(DropInWorld.Persons).Url = new Uri(world.Provider.SecurityServerAddress!, "rest/persons");
        return world;
    }

    private static JsonObject Described(JsonObject service, bool isDescribed)
    {
        if (isDescribed)
        {
            service["Contract"] = "persons.yaml";
        }

        return service;
    }

    private static void Answer(UpstreamDouble upstream, int status, string body) => upstream.Rest = (context, _) =>
    {
        context.Response.StatusCode = status;
        if (body.Length > 0 || status == 200)
        {
            context.Response.ContentType = "application/json";
        }

        return body.Length == 0 ? Task.CompletedTask : context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(body)).AsTask();
    };

    private static async Task RefusedAsync(TestWorld world, string method, string target, string? body, string says)
    {
        var reply = await AskAsync(world, method, target, body);
        reply.Status.ShouldBe(422, reply.Text);
        reply.Headers["X-Road-Error"].ShouldBe("adapter.contract_violated");
        reply.Text.ShouldContain(says);
        reply.Text.ShouldNotContain("21502197994378");
    }

    private static Task<HttpReply> AskAsync(TestWorld world, string method, string target, string? body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(world.Consumer.IsAddress!, Service + target));
        if (body is not null)
        {
            request.Content = TestWorld.Json(body);
        }

        foreach (var (name, value) in new[] { ("Authorization", "Bearer " + world.Folders.ApiKey), ("X-Road-Client", Tunduk.Adapter.Sandbox.SandboxNames.Consumer), ("X-Road-UserId", TestPersons.UserId), ("X-Road-Issue", TestPersons.Issue) })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return world.SendAsync(request);
    }

    private static void Place(string folder) => File.WriteAllText(Path.Combine(folder, "contracts", "persons.yaml"), Description);

    private static string WithPersons(string text) => text.Replace("archive: { content: filtered }", """
          - service: persons
            environment: production
            endpoints: [ "GET /by-pin/{pin}", "POST /by-pin/{pin}", "GET /elsewhere", "DELETE /by-pin/{pin}" ]
            request: { allow: [path/pin, query/fields, body/comment] }
            response: { allow: [surname, echo, error] }
        archive: { content: filtered }
        """, StringComparison.Ordinal);
}

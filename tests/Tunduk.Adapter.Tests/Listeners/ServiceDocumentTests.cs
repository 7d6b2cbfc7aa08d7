using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>What a service's caller is told of it: the contract, as far as the agreement lets it through.</summary>
public sealed class ServiceDocumentTests
{
    [Fact]
    public async Task OpenApi_AgreementInForce_ShowsItsFieldsHeadersAndRefusals()
    {
        await using var world = await TestWorld.StartAsync();
        var document = (await GetAsync(world, "getPerson/openapi.json")).Json;

        var post = document.GetProperty("paths").GetProperty("/v1/services/getPerson").GetProperty("post");
        post.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()).ShouldBe(["X-Road-UserId", "X-Road-Issue", "X-Road-Id", "X-Road-Client", "X-Road-Represented-Party"]);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("key").GetProperty("scheme").GetString().ShouldBe("bearer");
        document.GetProperty("security").GetArrayLength().ShouldBe(2);
        var answer = post.GetProperty("responses").GetProperty("200");
        answer.GetProperty("headers").TryGetProperty("X-Tunduk-Record", out _).ShouldBeTrue();
        var refusal = post.GetProperty("responses").GetProperty("default").GetProperty("content").GetProperty("application/problem+json").GetProperty("schema");
        refusal.GetProperty("properties").GetProperty("code").GetProperty("enum").EnumerateArray().Select(c => c.GetString()).ShouldContain("no_agreement");

        var text = document.GetRawText();
        foreach (var unlisted in new[] { "maritalStatus", "nationality", "photo" })
        {
            text.ShouldNotContain(unlisted);
        }

        text.ShouldContain("\"surname\"");
        var media = answer.GetProperty("content").GetProperty("application/json");
        media.GetProperty("example").GetProperty("response").TryGetProperty("surname", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task OpenApi_NoAgreement_ShowsTheContractAndSaysWhy()
    {
        await using var world = await TestWorld.StartAsync();
        var document = (await GetAsync(world, "getVehicles/openapi.json")).Json;
        document.GetProperty("info").GetProperty("description").GetString()!.ShouldContain("service_not_listed");
    }

    [Fact]
    public async Task RealRefusal_EveryMember_IsDescribed()
    {
        await using var world = await TestWorld.StartAsync();
        var document = (await GetAsync(world, "getPerson/openapi.json")).Json;
        var described = document.GetProperty("paths").EnumerateObject().First().Value.GetProperty("post").GetProperty("responses").GetProperty("default")
            .GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("properties").EnumerateObject().Select(p => p.Name).ToList();
        var refusal = await world.AskAsync(content: TestWorld.Json("""{"request":{"pim":1},"other":2}"""));
        refusal.Json.EnumerateObject().Select(p => p.Name).Except(described).ShouldBeEmpty();
    }

    private static async Task<HttpReply> GetAsync(TestWorld world, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!, "v1/services/" + path));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
        var reply = await world.SendAsync(request);
        reply.Status.ShouldBe(200, reply.Text);
        return reply;
    }
}

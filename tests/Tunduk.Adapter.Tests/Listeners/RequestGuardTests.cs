using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary>The edge of the listeners: <c>Host</c> and <c>Origin</c>.</summary>
[Collection(EndToEnd.Collection)]
public sealed class RequestGuardTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    [Theory]
    [InlineData("Host", "adapter.attacker.example")]
    [InlineData("Host", "127.0.0.1.attacker.example")]
    [InlineData("Origin", "http://attacker.example")]
    [InlineData("Origin", "null")]
    public async Task Request_ForeignHostOrOrigin_IsRefused(string header, string value)
    {
        var reply = await GetAsync(world.Consumer.IsAddress!, "v1/services", header, value);

        Refusal.CheckForm(reply, "header_invalid", "authenticate").Path.ShouldBe(header);
    }

    [Theory]
    [InlineData("Host", "localhost")]
    [InlineData("Origin", "http://localhost:3000")]
    public async Task Request_NameOfTheMachine_Passes(string header, string value) =>
        (await GetAsync(world.Consumer.IsAddress!, "v1/services", header, value)).Status.ShouldBe(200);

    [Fact]
    public async Task Admin_ForeignHost_IsRefused() =>
        Refusal.CheckForm(await GetAsync(world.Consumer.AdminAddress!, "metrics", "Host", "attacker.example"), "header_invalid", "authenticate");

    [Fact]
    public async Task Admin_UnknownAddress_NamesWhatThisListenerHas()
    {
        var reply = await GetAsync(world.Consumer.AdminAddress!, "v1/services", "Host", "localhost");

        Refusal.CheckForm(reply, "address_unknown", "decode");
        reply.Json.GetProperty("remedy").GetString()!.ShouldStartWith("This listener has /health/live");
    }

    private async Task<HttpReply> GetAsync(Uri address, string path, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);
        request.Headers.TryAddWithoutValidation(header, value);
        return await world.SendAsync(request);
    }
}

using System.Text.Json;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Listeners;

/// <summary><c>GET /v1/services</c>, and that a listener answers only its own addresses.</summary>
[Collection(EndToEnd.Collection)]
public sealed class ServiceListTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    [Fact]
    public async Task List_KnownCaller_NamesItsAliases()
    {
        var reply = await GetAsync(world.Consumer.IsAddress!, "v1/services", world.Folders.ApiKey);

        reply.Status.ShouldBe(200);
        Aliases(reply.Json).ShouldBe(["expired", "future", "getPerson", "getVehicles", "stranger"]);
        var first = reply.Json.GetProperty("services").EnumerateArray().Single(service => service.GetProperty("alias").GetString() == "getPerson");
        first.GetProperty("service").GetString().ShouldBe("sandbox/GOV/70009001/registry/getPerson/v1");
        first.GetProperty("client").GetString().ShouldBe("sandbox/COM/60009001/loans");
        first.GetProperty("address").GetString().ShouldBe("/v1/services/getPerson");
    }

    [Theory]
    [InlineData("getPerson", "in-force")]
    [InlineData("getVehicles", "service_not_listed")]
    [InlineData("expired", "agreement_expired")]
    [InlineData("future", "agreement_not_yet_valid")]
    [InlineData("stranger", "no_agreement")]
    public async Task List_EachAlias_SaysHowItsAgreementStands(string alias, string state) =>
        (await GetAsync(world.Consumer.IsAddress!, "v1/services", world.Folders.ApiKey)).Json.GetProperty("services").EnumerateArray()
            .Single(service => service.GetProperty("alias").GetString() == alias).GetProperty("agreement").GetString().ShouldBe(state);

    [Fact]
    public async Task List_CallerBoundToOneAlias_NamesThatOne() =>
        Aliases((await GetAsync(world.Consumer.IsAddress!, "v1/services", "narrow-key")).Json).ShouldBe(["getVehicles"]);

    [Fact]
    public async Task List_CallerOfAnotherSubsystem_NamesNone() =>
        Aliases((await GetAsync(world.Consumer.IsAddress!, "v1/services", "desk-key")).Json).ShouldBeEmpty();

    [Fact]
    public async Task List_UnknownCaller_IsRefused() =>
        Refusal.CheckForm(await GetAsync(world.Consumer.IsAddress!, "v1/services", "nobody"), "caller_unknown", "authenticate");

    [Theory]
    [InlineData("is", "health/ready")]
    [InlineData("is", "metrics")]
    [InlineData("is", "soap")]
    [InlineData("admin", "v1/services")]
    [InlineData("admin", "soap")]
    [InlineData("soap", "v1/services")]
    [InlineData("soap", "v1/archive/search")]
    [InlineData("soap", "metrics")]
    public async Task Listener_AddressOfAnother_IsNotThere(string listener, string path)
    {
        var address = listener switch { "is" => world.Consumer.IsAddress!, "admin" => world.Consumer.AdminAddress!, _ => world.Provider.SecurityServerAddress! };

        (await GetAsync(address, path, world.Folders.AuditorKey)).Status.ShouldBe(404);
    }

    private static List<string> Aliases(JsonElement list) => [.. list.GetProperty("services").EnumerateArray().Select(service => service.GetProperty("alias").GetString()!)];

    private async Task<HttpReply> GetAsync(Uri address, string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, path));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        return await world.SendAsync(request);
    }
}

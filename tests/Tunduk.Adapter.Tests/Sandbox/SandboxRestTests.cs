using System.Net.Http.Json;
using System.Text.Json;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Tests.Sandbox;

/// <summary>The REST service of the plain sandbox: announced, and answered on every face, signed, filtered and archived on both sides.</summary>
public sealed class SandboxRestTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private DemonstrationRegister register = null!;
    private TestWorld world = null!;

    public async Task InitializeAsync()
    {
        register = await DemonstrationRegister.StartAsync(0, dataFolder: null, CancellationToken.None);
        world = await TestWorld.StartAsync(new TestWorldOptions
        {
            WithPersons = true,
            Provider = options => options["Provides"]![SandboxNames.PersonsAlias]!["Upstream"] = new Uri(register.Address, "persons").ToString(),
        });
    }

    public async Task DisposeAsync()
    {
        await world.DisposeAsync();
        await register.DisposeAsync();
        http.Dispose();
    }

    [Fact]
    public async Task Persons_OnEveryFace_IsAnnouncedAndAnswered()
    {
        var person = register.Persons.First(person => person.MaritalStatus is not null);

        var announced = await AskAsync(HttpMethod.Get, "r1/" + SandboxNames.Provider + "/listMethods");
        announced.RootElement.GetProperty("service").EnumerateArray().ShouldContain(service => service.GetProperty("service_code").GetString() == "persons");
        (await AskAsync(HttpMethod.Get, "r1/" + SandboxNames.Provider + "/getOpenAPI?serviceCode=persons", parsed: false)).ShouldNotBeNull();

        foreach (var path in new[] { $"r1/{SandboxNames.Persons}/{person.Pin}", $"v1/services/persons/rest/{person.Pin}" })
        {
            Check((await AskAsync(HttpMethod.Get, path)).RootElement);
        }

        var byAlias = await AskAsync(HttpMethod.Post, "v1/services/persons/getByPin", new { path = new { pin = person.Pin } });
        Check(byAlias.RootElement);

        void Check(JsonElement answer)
        {
            answer.GetProperty("surname").GetString().ShouldBe(person.Surname);
            answer.TryGetProperty("maritalStatus", out _).ShouldBeFalse("the agreement does not list it");
            answer.TryGetProperty("photo", out _).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Persons_NobodyWithThePin_IsTheProvidersAnswer()
    {
        using var request = Request(HttpMethod.Get, $"r1/{SandboxNames.Persons}/20000000000000");
        using var response = await http.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(404);
        response.Headers.Contains("X-Road-Error").ShouldBeFalse();
        (await response.Content.ReadAsStringAsync()).ShouldContain("PIN_NOTFOUND");
    }

    [Fact]
    public void Persons_OfOneOperation_IsAServiceOfItsOwnName()
    {
        var import = Contract.Import(Path.Combine(world.ConsumerFolder, "contracts", SandboxNames.PersonsFile));

        ContractFieldsFactory.Of(import.Contract!).ServiceName.ShouldBeNull("an operation's name is none of the service's");
    }

    private HttpRequestMessage Request(HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, new Uri(world.Consumer.IsAddress!, path));
        foreach (var (name, value) in new[] { ("Authorization", "Bearer " + world.Folders.ApiKey), ("X-Road-Client", SandboxNames.Consumer), ("X-Road-UserId", "KG20000000000001"), ("X-Road-Issue", "loan-scoring 17") })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = body is null ? null : JsonContent.Create(body);
        return request;
    }

    private async Task<JsonDocument> AskAsync(HttpMethod method, string path, object? body = null, bool parsed = true)
    {
        using var request = Request(method, path, body);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(200, path + " " + text);
        return JsonDocument.Parse(parsed ? text : "{}");
    }
}

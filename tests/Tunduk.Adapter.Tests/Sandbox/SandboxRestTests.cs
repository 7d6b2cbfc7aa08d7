using System.Net.Http.Json;
using System.Text.Json;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Tests.Sandbox;

/// <summary>The REST service of the plain sandbox: announced, and answered on every face, signed, filtered and archived on both sides.</summary>
public sealed class SandboxRestTests : IClassFixture<SandboxRestTests.Fixture>
{
    private readonly DemonstrationRegister register;
    private readonly TestWorld world;

    public SandboxRestTests(Fixture fixture) => (register, world) = (fixture.Register, fixture.World);

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
        var reply = await world.SendAsync(request);

        reply.Status.ShouldBe(404, reply.Text);
        reply.Headers.ContainsKey("X-Road-Error").ShouldBeFalse();
        reply.Text.ShouldContain("PIN_NOTFOUND");
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
        var reply = await world.SendAsync(request);
        reply.Status.ShouldBe(200, path + " " + reply.Text);
        return JsonDocument.Parse(parsed ? reply.Text : "{}");
    }

    /// <summary>The world of the plain sandbox, before its own register.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        internal DemonstrationRegister Register { get; private set; } = null!;

        internal TestWorld World { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Register = await DemonstrationRegister.StartAsync(0, dataFolder: null, CancellationToken.None);
            World = await TestWorld.StartAsync(new TestWorldOptions
            {
                WithPersons = true,
                Provider = options => options["Provides"]![SandboxNames.PersonsAlias]!["Upstream"] = new Uri(Register.Address, "persons").ToString(),
            });
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Register.DisposeAsync();
        }
    }
}

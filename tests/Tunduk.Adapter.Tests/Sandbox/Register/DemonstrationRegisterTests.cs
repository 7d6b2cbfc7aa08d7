using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;
using Tunduk.Adapter.Sandbox.Register;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.Register;

public sealed class DemonstrationRegisterTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private DemonstrationRegister _register = null!;

    public async Task InitializeAsync() => _register = await DemonstrationRegister.StartAsync(0, _folder.Path, CancellationToken.None);

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _register.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Population_EveryStart_IsTheSameAndLargeEnough()
    {
        IReadOnlyList<InventedPerson> again = InventedPopulation.Invent(DemonstrationRegister.Population);
        again.Count.ShouldBeGreaterThanOrEqualTo(1000);
        again.Select(static person => person.Pin).ShouldBe(_register.Persons.Select(static person => person.Pin));
        again.Select(static person => person.Pin).Distinct().Count().ShouldBe(again.Count);
        again[0].Pin.ShouldBe("21502197994378");
    }

    [Fact]
    public void Population_Pins_HaveTheMembersForm()
    {
        foreach (InventedPerson person in _register.Persons)
        {
            person.Pin.ShouldMatch("^[12][0-9]{13}$");
            person.Pin[1..9].ShouldBe(person.DateOfBirth.ToString("ddMMyyyy", System.Globalization.CultureInfo.InvariantCulture));
            person.Pin[0].ShouldBe(person.Gender == "F" ? '1' : '2');
        }
    }

    [Fact]
    public void Population_EveryShapeOfTheContract_Occurs()
    {
        _register.Persons.ShouldContain(person => person.Patronymic == null);
        _register.Persons.ShouldContain(person => person.MaritalStatus == null);
        _register.Persons.ShouldContain(person => person.Documents.Count == 0);
        _register.Persons.ShouldContain(person => person.Documents.Count == 1);
        _register.Persons.ShouldContain(person => person.Documents.Count > 1);
        _register.Persons.ShouldContain(person => person.Address.Apartment == null);
        _register.Persons.ShouldContain(person => person.Documents.Any(document => document.ExpiredDate == null));
    }

    [Fact]
    public void Photo_OfAnybody_IsAPng()
    {
        byte[] png = Convert.FromBase64String(_register.Persons[0].Photo);
        png.AsSpan(0, 8).ToArray().ShouldBe([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)).ShouldBe(32);
        // The CRC of an empty IEND chunk is a known constant (RFC 2083 §3.4 fixes the algorithm).
        png.AsSpan(png.Length - 4).ToArray().ShouldBe([0xAE, 0x42, 0x60, 0x82]);
    }

    [Fact]
    public async Task GetPerson_KnownPin_AnswersTheContractsForm()
    {
        InventedPerson person = _register.Persons.First(static person => person.Patronymic is null);
        using HttpResponseMessage response = await AskAsync("getPerson", person.Pin);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("request").GetProperty("pin").GetString().ShouldBe(person.Pin);
        JsonElement answer = json.RootElement.GetProperty("response");
        answer.EnumerateObject().Select(static member => member.Name).ShouldBe(
            ["pin", "surname", "name", "patronymic", "gender", "dateOfBirth", "nationality", "maritalStatus", "address", "document", "photo"]);
        answer.GetProperty("patronymic").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.GetProperty("document").ValueKind.ShouldBe(JsonValueKind.Array);
        answer.GetProperty("dateOfBirth").GetString()!.ShouldMatch("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
    }

    [Fact]
    public async Task GetVehicles_KnownPin_AnswersItsCars()
    {
        InventedPerson person = _register.Persons.First(static person => person.Cars.Count > 1);
        using HttpResponseMessage response = await AskAsync("getVehicles", person.Pin);
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("response").GetProperty("car").GetArrayLength().ShouldBe(person.Cars.Count);
    }

    [Fact]
    public async Task GetPerson_Nobody_IsNotFound()
    {
        using HttpResponseMessage response = await AskAsync("getPerson", "10101190000000");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync()).ShouldContain("PIN_NOTFOUND");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"request\":null}")]
    [InlineData("{\"request\":{\"pin\":1}}")]
    [InlineData("{\"pin\":\"1\"}")]
    public async Task GetPerson_NotTheContractsForm_IsBadRequestAndNoEffect(string body)
    {
        using HttpResponseMessage response = await PostAsync("getPerson", body, null);
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _register.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Journal_EveryCall_IsOneLineWithItsMessageId()
    {
        string pin = _register.Persons[0].Pin;
        using HttpResponseMessage first = await PostAsync("getPerson", Body(pin), "m-1");
        using HttpResponseMessage second = await PostAsync("getPerson", Body(pin), null);
        using var reader = new StreamReader(new FileStream(_folder["calls.log"], FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        (await reader.ReadToEndAsync()).ShouldBe("m-1\n-\n");
        _register.Calls.ShouldBe(2);
        (await _http.GetStringAsync(new Uri(_register.Address, "calls"))).ShouldBe("2");
    }

    [Fact]
    public async Task GetPersons_Resource_IsTheSamePerson()
    {
        InventedPerson person = _register.Persons[3];
        (await _http.GetStringAsync(new Uri(_register.Address, "persons/" + person.Pin))).ShouldContain(person.Surname);
        using HttpResponseMessage nobody = await _http.GetAsync(new Uri(_register.Address, "persons/1"));
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static string Body(string pin) => $$$"""{"request":{"pin":"{{{pin}}}"}}""";

    private Task<HttpResponseMessage> AskAsync(string service, string pin) => PostAsync(service, Body(pin), null);

    private async Task<HttpResponseMessage> PostAsync(string service, string body, string? id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_register.Address, service));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (id is not null)
        {
            request.Headers.Add("X-Road-Id", id);
        }

        return await _http.SendAsync(request);
    }
}

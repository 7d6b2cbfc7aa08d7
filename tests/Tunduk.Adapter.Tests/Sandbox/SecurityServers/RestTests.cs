using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Shouldly;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.SecurityServers;

// Over 300 lines: the simulated server held to the real one, rule by rule.

/// <summary>facts/xroad.md §2.</summary>
public sealed class RestTests : IAsyncLifetime
{
    private const string Base = "r1/sandbox/GOV/70009001/registry/persons";
    private const string Client = "sandbox/COM/60009001/loans";
    private World _world = null!;

    public async Task InitializeAsync()
    {
        _world = await World.StartAsync();
        _world.Provider.Answer = static (context, body) =>
        {
            context.Response.Headers["X-Own"] = "kept";
            context.Response.Headers["Server"] = "gone";
            context.Response.Headers["X-Road-Id"] = "overwritten";
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync("{\"n\":12}"u8.ToArray()).AsTask();
        };
    }

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Get_PathAndQuery_GoThroughRaw()
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, Base + "/a%2Fb/c%20d?q=%D0%90&empty");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        _world.Provider.Requests.ShouldHaveSingleItem().Target.ShouldBe("/rest/persons/a%2Fb/c%20d?q=%D0%90&empty");
    }

    [Fact]
    public async Task Get_Headers_AreFilteredBothWays()
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, Base, headers: new()
        {
            ["X-Road-Id"] = "m-1",
            ["X-Road-UserId"] = "u",
            ["X-Road-Issue"] = "i",
            ["X-Other"] = "o",
            ["Authorization"] = "Basic x",
            ["X-Road-Request-Id"] = "forged",
            ["X-Road-Request-Hash"] = "forged",
            ["User-Agent"] = "gone",
            ["TE"] = "trailers",
        });
        IReadOnlyDictionary<string, string> got = _world.Provider.Requests.ShouldHaveSingleItem().Headers;
        got["X-Other"].ShouldBe("o");
        got["Authorization"].ShouldBe("Basic x");
        got["X-Road-UserId"].ShouldBe("u");
        got["X-Road-Client"].ShouldBe(Client);
        got.ContainsKey("User-Agent").ShouldBeFalse();
        got.ContainsKey("TE").ShouldBeFalse();
        got.ContainsKey("X-Road-Request-Hash").ShouldBeFalse();
        Guid.TryParse(got["X-Road-Request-Id"], out _).ShouldBeTrue();

        One(response, "X-Own").ShouldBe("kept");
        One(response, "x-road-id").ShouldBe("m-1");
        One(response, "x-road-client").ShouldBe(Client);
        One(response, "x-road-service").ShouldBe("sandbox/GOV/70009001/registry/persons");
        One(response, "x-road-request-id").ShouldBe(got["X-Road-Request-Id"]);
        response.Headers.Contains("Server").ShouldBeFalse();
        response.Headers.Contains("X-Road-Error").ShouldBeFalse();
    }

    [Fact]
    public async Task Get_WithoutId_GetsOneMade()
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, Base);
        string id = One(response, "x-road-id");
        id.ShouldStartWith("sandbox-");
        _world.Provider.Requests.ShouldHaveSingleItem().Headers["x-road-id"].ShouldBe(id);
    }

    [Fact]
    public async Task Hash_RecomputedFromWhatTheProviderGot_IsEqual()
    {
        byte[] body = "{\"pin\":\"1\"}"u8.ToArray();
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, Base + "/x?y=1", body, new() { ["X-Road-Id"] = "m-2" });
        ProviderDouble.Received got = _world.Provider.Requests.ShouldHaveSingleItem();
        string[] order = ["Content-Type", "X-Road-Client", "X-Road-Id"];
        // The order is the server's: every permutation of the known headers, the request id last.
        IEnumerable<string> candidates = Permutations(order).Select(names => Hash("POST\r\n/" + Base + "/x?y=1\r\n"
            + string.Concat(names.Select(name => $"{name}:{got.Headers[name]}\r\n"))
            + $"x-road-request-id:{got.Headers["x-road-request-id"]}\r\n", body));
        candidates.ShouldContain(One(response, "x-road-request-hash"));
    }

    [Theory]
    [InlineData("DELETE", false)]
    [InlineData("GET", false)]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    public async Task Body_ByMethod_IsForwardedOrNot(string method, bool forwarded)
    {
        _world.Pair.Provider.Service(SecurityServerPair.RestService).Endpoints.Clear();
        using HttpResponseMessage response = await SendAsync(new HttpMethod(method), Base, "abc"u8.ToArray());
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        _world.Provider.Requests.ShouldHaveSingleItem().Body.Length.ShouldBe(forwarded ? 3 : 0);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task ProviderStatus_AsItIs_WithoutXRoadError(int status)
    {
        _world.Provider.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, Base);
        ((int)response.StatusCode).ShouldBe(status);
        response.Headers.Contains("X-Road-Error").ShouldBeFalse();
    }

    [Theory]
    [InlineData("r1/sandbox/GOV/70009001/registry", "server.clientproxy.internal_error", 500)]
    [InlineData("r1/sandbox/GOV/70009009/registry/persons", "server.clientproxy.unknown_member", 500)]
    [InlineData("r1/sandbox/GOV/70009001/registry/nothing", "server.serverproxy.unknown_service", 500)]
    public async Task Error_ByPath_HasCodeStatusAndHeader(string path, string code, int status)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, path);
        await ShouldBeErrorAsync(response, code, status);
    }

    [Fact]
    public async Task Error_ClientMissingOrUnknown_Is500()
    {
        using HttpResponseMessage missing = await _world.Http.GetAsync(new Uri(_world.Pair.Consumer.Address, Base));
        await ShouldBeErrorAsync(missing, "server.clientproxy.invalid_client_identifier", 500);
        using HttpResponseMessage unknown = await SendAsync(HttpMethod.Get, Base, headers: new() { ["X-Road-Client"] = "sandbox/COM/1/x" });
        await ShouldBeErrorAsync(unknown, "server.clientproxy.unknown_member", 500);
    }

    [Fact]
    public async Task Error_Endpoint_IsDeniedByMethodPathAndTraversal()
    {
        ServiceRegistration service = _world.Pair.Provider.Service(SecurityServerPair.RestService);
        service.Endpoints.Clear();
        service.Endpoints.Add(new RestEndpoint("GET", "/open/**"));
        using HttpResponseMessage allowed = await SendAsync(HttpMethod.Get, Base + "/open/1");
        allowed.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach ((HttpMethod method, string path) in new[] { (HttpMethod.Post, "/open/1"), (HttpMethod.Get, "/closed"), (HttpMethod.Get, "/open/%2e%2e/closed") })
        {
            using HttpResponseMessage denied = await SendAsync(method, Base + path);
            await ShouldBeErrorAsync(denied, "server.serverproxy.access_denied", 500);
        }
    }

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("text/xml", "application/xml")]
    [InlineData("text/*;q=0.1, application/json", "application/xml")]
    [InlineData("application/json, text/xml", "application/json")]
    public async Task Error_Accept_FirstMatchDecidesTheForm(string accept, string form)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Get, "r1/sandbox/GOV/70009001/registry/nothing", headers: new() { ["Accept"] = accept });
        response.Content.Headers.ContentType!.MediaType.ShouldBe(form);
    }

    [Fact]
    public async Task Error_Legacy_IsSpelledTheOldWay()
    {
        _world.Pair.Consumer.Options.FaultSpelling = FaultSpelling.Legacy;
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, "r1/sandbox/GOV/70009001/registry/nothing");
        await ShouldBeErrorAsync(response, "Server.ServerProxy.UnknownService", 500);
    }

    [Fact]
    public async Task Body_OverTheLogLimit_IsRefusedBeforeTheProviderSeesIt()
    {
        _world.Pair.Consumer.Options.MaxLoggableBody = 1000;
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, Base, new byte[1001]);
        await ShouldBeErrorAsync(response, "server.clientproxy.logging_failed", 500);
        _world.Provider.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Body_WithoutLimit_IsStreamedBothWaysAndHashed()
    {
        _world.Pair.Consumer.Options.MaxLoggableBody = 0;
        _world.Pair.Provider.Options.MaxLoggableBody = 0;
        _world.Provider.Answer = static (context, body) => context.Response.Body.WriteAsync(body).AsTask();
        byte[] body = RandomNumberGenerator.GetBytes(3_000_000);
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, Base, body);
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(body);
        One(response, "x-road-request-hash").Length.ShouldBe(88);
    }

    [Theory]
    [InlineData(FaultSpelling.Current, "application/json")]
    [InlineData(FaultSpelling.Current, "text/xml")]
    [InlineData(FaultSpelling.Legacy, "application/json")]
    [InlineData(FaultSpelling.Legacy, "text/xml")]
    internal async Task Code_EveryCode_IsAnsweredInItsSpellingAndForm(FaultSpelling spelling, string accept)
    {
        string[] prefixes = ["client.", "server.clientproxy.", "server.serverproxy.", "server.serverproxy.service_failed.", "signer."];
        _world.Pair.Consumer.Options.FaultSpelling = spelling;
        foreach (string code in FaultTaxonomy.Said(spelling).Select((code, i) => prefixes[i % prefixes.Length] + code))
        {
            _world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.Code) { Code = code, Times = 1 });
            using HttpResponseMessage response = await SendAsync(HttpMethod.Get, Base, headers: new() { ["Accept"] = accept });
            string said = FaultTaxonomy.Spell(code, spelling);
            ((int)response.StatusCode).ShouldBe(code.StartsWith("server.", StringComparison.Ordinal) ? 500 : 400, code);
            One(response, "X-Road-Error").ShouldBe(said);
            string body = await response.Content.ReadAsStringAsync();
            (accept == "text/xml" ? XDocument.Parse(body).Root!.Element("type")!.Value : JsonDocument.Parse(body).RootElement.GetProperty("type").GetString()).ShouldBe(said);
        }

        _world.Provider.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task RequestHash_WrongOrMissingOnDemand_IsThatAndNothingElse()
    {
        using HttpResponseMessage honest = await SendAsync(HttpMethod.Get, Base, headers: new() { ["X-Road-Id"] = "m-4" });
        _world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.WrongHash) { Times = 1 });
        using HttpResponseMessage wrong = await SendAsync(HttpMethod.Get, Base, headers: new() { ["X-Road-Id"] = "m-4" });
        _world.Pair.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.MissingHash) { Times = 1 });
        using HttpResponseMessage missing = await SendAsync(HttpMethod.Get, Base, headers: new() { ["X-Road-Id"] = "m-4" });

        Convert.FromBase64String(One(wrong, "x-road-request-hash")).Length.ShouldBe(SHA512.HashSizeInBytes);
        One(wrong, "x-road-request-hash").ShouldNotBe(One(honest, "x-road-request-hash"));
        missing.Headers.Contains("x-road-request-hash").ShouldBeFalse();
        foreach (HttpResponseMessage answer in new[] { wrong, missing })
        {
            One(answer, "x-road-id").ShouldBe("m-4");
            (await answer.Content.ReadAsStringAsync()).ShouldBe(await honest.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("ForgedResponse")]
    [InlineData("WrongHash")]
    [InlineData("WrongEcho")]
    [InlineData("MissingHash")]
    public async Task FaultOnDemand_Answer_IsTamperedWith(string kind)
    {
        _world.Pair.Consumer.Faults.Add(new SecurityServerFault(Enum.Parse<SecurityServerFaultKind>(kind)));
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, Base, headers: new() { ["X-Road-Id"] = "m-3" });
        bool changed = await response.Content.ReadAsStringAsync() == "{\"n\":13}"
            || One(response, "x-road-id") != "m-3"
            || !response.Headers.Contains("x-road-request-hash")
            || One(response, "x-road-request-hash").StartsWith("AAAA", StringComparison.Ordinal);
        changed.ShouldBeTrue();
    }

    private static string One(HttpResponseMessage response, string name) => response.Headers.NonValidated[name].ToString();

    private static string Hash(string header, byte[] body) => Convert.ToBase64String(
        SHA512.HashData([.. SHA512.HashData(Encoding.UTF8.GetBytes(header)), .. SHA512.HashData(body)]));

    private static IEnumerable<string[]> Permutations(string[] names) => names.Length == 1
        ? [names]
        : names.SelectMany(first => Permutations([.. names.Where(name => name != first)]).Select(rest => (string[])[first, .. rest]));

    private static async Task ShouldBeErrorAsync(HttpResponseMessage response, string code, int status)
    {
        One(response, "X-Road-Error").ShouldBe(code);
        ((int)response.StatusCode).ShouldBe(status);
        using JsonDocument json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        json.RootElement.GetProperty("type").GetString().ShouldBe(code);
        json.RootElement.GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        Guid.TryParse(json.RootElement.GetProperty("detail").GetString(), out _).ShouldBeTrue();
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, byte[]? body = null, Dictionary<string, string>? headers = null)
    {
        var uri = new Uri(_world.Pair.Consumer.Address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, uri);
        if (headers?.ContainsKey("X-Road-Client") != true)
        {
            request.Headers.Add("X-Road-Client", Client);
        }

        foreach ((string name, string value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpMessageInvoker(handler, disposeHandler: false);
        HttpResponseMessage response = await http.SendAsync(request, CancellationToken.None);
        await response.Content.LoadIntoBufferAsync();
        return response;
    }
}

using System.Text;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.DropIn;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>Answers to signed REST requests, changed or signed for another request, before a running consumer adapter: each refused by its code.</summary>
public sealed class RestAnswerAttackTests(RestAnswerAttackTests.Fixture fixture) : IClassFixture<RestAnswerAttackTests.Fixture>
{
    private const string Data = """{"surname":"Invented"}""";

    /// <summary>How the answer differs from an honest one, the code and what the entry says was found, and where.</summary>
    private static readonly Dictionary<string, (Func<Answer, Answer> Change, string Code, string Found, string? Path)> Attacks = new(StringComparer.Ordinal)
    {
        ["of-another-id"] = (answer => answer with { Bound = answer.Bound with { Id = Guid.NewGuid().ToString() } }, "response_not_bound", "rest_request_differs", "\"x-road-id\";req"),
        ["of-another-client"] = (answer => answer with { Bound = answer.Bound with { Client = "sandbox/COM/60009001/other" } }, "response_not_bound", "rest_request_differs", "\"x-road-client\";req"),
        ["of-another-path"] = (answer => answer with { Bound = answer.Bound with { Target = Target("/by-pin/2") } }, "response_not_bound", "rest_request_differs", "\"tunduk-target\";req"),
        ["of-another-service"] = (answer => answer with { Bound = answer.Bound with { Target = Target("/by-pin/1", "sandbox/GOV/70009001/registry/other") } }, "response_not_bound", "rest_request_differs", "\"tunduk-target\";req"),
        ["of-another-signature"] = (answer => answer with { Bound = answer.Bound with { Signature = new byte[256] } }, "response_not_bound", "rest_request_differs", "\"signature\";req;key=\"tunduk-request\""),
        ["of-an-unsigned-request"] = (answer => answer with { Bound = answer.Bound with { Signature = default } }, "response_not_bound", "rest_component_not_covered", "\"signature\";req;key=\"tunduk-request\""),
        ["bound-to-nothing"] = (answer => answer with { Input = text => text.Replace(" \"x-road-id\";req", "", StringComparison.Ordinal) }, "response_not_bound", "rest_component_not_covered", "\"x-road-id\";req"),
        ["of-another-without-saying-which"] = (answer => answer with { Bound = answer.Bound with { Id = "another" }, Drop = "tunduk-answers" }, "signature_invalid", "rest_signature_invalid", "tunduk-response"),
        ["changed-and-said-to-be-of-another"] = (answer => answer with { Status = 404, Bound = answer.Bound with { Id = "another" }, SignedStatus = 200 }, "signature_invalid", "rest_signature_invalid", "tunduk-response"),
        ["listed-header-added"] = (answer => answer with { Agreed = "forged" }, "signature_invalid", "rest_component_not_covered", "\"x-agreed\""),
        ["status-changed"] = (answer => answer with { Status = 404, SignedStatus = 200 }, "signature_invalid", "rest_signature_invalid", "tunduk-response"),
        ["body-changed"] = (answer => answer with { Body = Data.Replace("Invented", "Forged", StringComparison.Ordinal) }, "signature_invalid", "rest_digest_differs", "content-digest"),
        ["stripped"] = (answer => answer with { Drop = "signature" }, "signature_missing", "rest_signature_missing", "signature"),
    };

    public static TheoryData<string> Names => [.. Attacks.Keys];

    [Fact]
    public async Task Rest_HonestAnswer_IsShown()
    {
        fixture.Server.Answer = (_, context) => WriteAsync(context, answer => answer);

        var reply = await AskAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.Text.ShouldBe(Data);
        reply.Headers.Keys.ShouldNotContain(name => name.StartsWith("tunduk-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Rest_Attack_RefusedByItsCode(string name)
    {
        var (change, code, found, path) = Attacks[name];
        fixture.Server.Answer = (_, context) => WriteAsync(context, change);

        var reply = await AskAsync();

        reply.Headers["X-Road-Error"].ShouldBe("adapter." + code, reply.Text);
        reply.Text.ShouldNotContain("Invented");
        var values = await RefusalAsync(reply);
        (values[ExchangeJournal.FoundName], values[ExchangeJournal.PathName]).ShouldBe((found, path));
    }

    [Fact]
    public async Task Rest_WholeAnswerOfAnEarlierRequest_IsOfAnotherRequest()
    {
        IReadOnlyList<HttpHeaderField>? earlier = null;
        fixture.Server.Answer = async (_, context) => earlier = await SignAsync(From(context));
        await AskAsync();
        fixture.Server.Answer = (_, context) => SendAsync(context, From(context), earlier!);

        var reply = await AskAsync();

        reply.Headers["X-Road-Error"].ShouldBe("adapter.response_not_bound", reply.Text);
    }

    private static HttpTarget Target(string path, string service = DropInWorld.Persons)
    {
        HttpTarget.TryCreate(service, path, out var target).ShouldBeTrue();
        return target;
    }

    private static Answer From(HttpContext context)
    {
        var headers = context.Request.Headers;
        HttpTarget.TryParse(headers["tunduk-target"].ToString(), out var target).ShouldBeTrue("the consumer's adapter signs its requests");
        StructuredField.TryParseDictionary(headers["signature"].ToString(), out var signatures, out _).ShouldBeTrue();
        signatures!.TryGet(HttpSignatureNames.RequestLabel, out var signature).ShouldBeTrue();
        var binding = new RestRequestBinding { Id = headers["x-road-id"].ToString(), Client = headers["x-road-client"].ToString(), Target = target, Signature = signature!.Value!.Bytes };
        return new Answer(200, Data, binding);
    }

    private static async Task WriteAsync(HttpContext context, Func<Answer, Answer> change)
    {
        var answer = change(From(context));
        await SendAsync(context, answer, await SignAsync(answer));
    }

    private static async Task<IReadOnlyList<HttpHeaderField>> SignAsync(Answer answer)
    {
        using var key = TestKeys.ToSigner(TestKeys.Provider.Certificate);
        var now = TimeProvider.System.GetUtcNow();
        var response = new RestResponse { Status = answer.SignedStatus ?? answer.Status, Headers = [new("Content-Type", "application/json")], Body = Encoding.UTF8.GetBytes(Data) };
        var input = new HttpSignatureInput { Certificate = key.Certificate, Algorithm = key.Algorithm, Created = now, Expires = now.AddMinutes(5), Nonce = new byte[16] };
        HttpSignature.TryPrepareResponse(response, answer.Bound, input, out var prepared, out var fault).ShouldBeTrue(fault.ToString());
        if (answer.Input is null)
        {
            return prepared!.Complete(await key.SignAsync(prepared.SignatureBase, CancellationToken.None));
        }

        // A signature that holds over less than the profile's, as another implementation could make it.
        var lines = Encoding.ASCII.GetString(prepared!.SignatureBase.Span).Split('\n').Where(line => !line.StartsWith("\"x-road-id\"", StringComparison.Ordinal)).Select(answer.Input);
        var value = await key.SignAsync(Encoding.ASCII.GetBytes(string.Join('\n', lines)), CancellationToken.None);
        return [.. prepared.Complete(value).Select(field => field.Name == HttpSignatureNames.SignatureInput ? field with { Value = answer.Input(field.Value) } : field)];
    }

    private static Task SendAsync(HttpContext context, Answer answer, IReadOnlyList<HttpHeaderField> signed)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        response.ContentType = "application/json";
        foreach (var name in (string[])["x-road-id", "x-road-client"])
        {
            response.Headers[name] = context.Request.Headers[name];
        }

        response.Headers["x-road-service"] = DropInWorld.Persons;
        if (answer.Agreed is not null)
        {
            response.Headers["X-Agreed"] = answer.Agreed;
        }

        foreach (var field in signed.Where(field => answer.Drop is null || !field.Name.StartsWith(answer.Drop, StringComparison.OrdinalIgnoreCase)))
        {
            response.Headers[field.Name] = field.Value;
        }

        return response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer.Body)).AsTask();
    }

    private async Task<Dictionary<string, string>> RefusalAsync(HttpReply reply)
    {
        RecordId.TryParse(System.Text.Json.JsonDocument.Parse(reply.Text).RootElement.GetProperty("detail").GetString(), out var id).ShouldBeTrue(reply.Text);
        var refusal = await fixture.World.Consumer.Archive.GetEndAsync(id, CancellationToken.None);
        return refusal!.Values.ToDictionary(value => value.Path, value => value.AsText(), StringComparer.Ordinal);
    }

    private Task<HttpReply> AskAsync()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(fixture.World.Consumer.IsAddress!, "/r1/" + DropInWorld.Persons + "/by-pin/21502197994378"));
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + fixture.World.Folders.ApiKey);
        request.Headers.TryAddWithoutValidation("X-Road-Client", SandboxNames.Consumer);
        request.Headers.TryAddWithoutValidation("X-Road-UserId", TestPersons.UserId);
        request.Headers.TryAddWithoutValidation("X-Road-Issue", TestPersons.Issue);
        return fixture.World.SendAsync(request);
    }

    /// <param name="Status">HTTP status as sent.</param>
    /// <param name="Body">Content as sent; <see cref="Data"/> is what is signed.</param>
    /// <param name="Bound">The request it is signed for.</param>
    private sealed record Answer(int Status, string Body, RestRequestBinding Bound)
    {
        public int? SignedStatus { get; init; }

        public string? Drop { get; init; }

        public string? Agreed { get; init; }

        public Func<string, string>? Input { get; init; }
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal SecurityServerDouble Server { get; private set; } = null!;

        internal TestWorld World { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Server = await SecurityServerDouble.StartAsync();
            World = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = Server.Address, ConsumerAgreement = DropInWorld.WithAgreedHeader });
        }

        public async Task DisposeAsync()
        {
            await World.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}

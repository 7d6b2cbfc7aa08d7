using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.DropIn;

// Over 300 lines: one face, held against a security server rule by rule.

/// <summary>An existing REST client before the adapter, and the provider's information system behind one: point 3.</summary>
[Collection(DropInWorld.Collection)]
public sealed class RestDropInTests(DropInWorld fixture) : IDisposable
{
    private const string Service = "/r1/sandbox/GOV/70009001/registry/persons";
    private readonly DropInWorld drop = fixture;

    public void Dispose() => drop.Upstream.Reset();

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", """{"pin":"1"}""")]
    public async Task Rest_Method_ReachesTheProviderAndComesBackFiltered(string method, string? body)
    {
        var reply = await drop.RestAsync(method, Service + "/by-pin/21502197994378", body);

        reply.Status.ShouldBe(200, reply.Text);
        reply.ContentType.ShouldBe("application/json; charset=utf-8");
        JsonNode.Parse(reply.Body)!.ToJsonString().ShouldBe($$"""{"surname":"Invented","echo":"{{method}}"}""");
        var call = drop.Upstream.Calls.Last();
        call.Method.ShouldBe(method);
        call.Target.ShouldBe("/api/by-pin/21502197994378");
        call.Headers["X-Road-UserId"].ShouldBe(TestPersons.UserId);
        call.Headers["X-Tunduk-Record"].ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Rest_Exchange_IsSignedVerifiedAndArchivedOnBothSides()
    {
        var reply = await drop.RestAsync("POST", Service + "/by-pin/21502197994378?fields=a", """{"pin":"1"}""");

        reply.Status.ShouldBe(200, reply.Text);
        var id = reply.MessageId.ShouldNotBeNull();
        foreach (var host in new[] { drop.World.Consumer, drop.World.Provider })
        {
            var entries = await TestWorld.FindAsync(host, messageId: id);
            entries.Select(entry => entry.Entry.Kind).ShouldBe([EntryKind.Response, EntryKind.Request], ignoreOrder: true);
            entries.ShouldAllBe(entry => entry.Entry.Signature == SignatureStatus.Verified || entry.Entry.Signature == SignatureStatus.OwnEmbedded);
            entries.Select(entry => entry.Entry.Signature).Distinct().Count().ShouldBe(2);
            var request = await host.Archive.GetAsync(entries.Single(entry => entry.Entry.Kind == EntryKind.Request).Record, CancellationToken.None);
            request!.Values.Select(value => value.Path).Where(path => !path.StartsWith('$')).ShouldBe(["path/1", "path/2", "query/fields[0]", "pin"], ignoreOrder: true);

            // Both are checked again from what is kept; what lost a value says what was found at receipt.
            var verifier = new ArchivedMessageVerifier();
            foreach (var entry in entries)
            {
                (await verifier.VerifyAsync((await host.Archive.GetAsync(entry.Record, CancellationToken.None))!, CancellationToken.None)).ShouldBe(MessageVerdict.Verified, entry.Entry.Kind.ToString());
            }

            var erasure = new ErasureRequest { Records = [request.Record], Paths = ["pin"], Entry = new EntryDraft { Kind = EntryKind.Erasure, Stage = "retention", Code = "erase_fields" } };
            (await host.Archive.EraseAsync(erasure, CancellationToken.None)).Erased.ShouldBe(1);
            (await verifier.VerifyAsync((await host.Archive.GetAsync(request.Record, CancellationToken.None))!, CancellationToken.None)).ShouldBe(MessageVerdict.Attested);
        }
    }

    [Fact]
    public async Task Rest_NoId_OneIsMadeAsASecurityServerWould()
    {
        var reply = await drop.RestAsync("GET", Service + "/a");

        reply.MessageId.ShouldNotBeNull().ShouldStartWith("sandbox-");
        Guid.TryParse(reply.MessageId["sandbox-".Length..], out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Rest_IdGiven_IsKept()
    {
        var id = Guid.NewGuid().ToString();

        (await drop.RestAsync("GET", Service + "/a", headers: new Dictionary<string, string?> { ["X-Road-Id"] = id })).MessageId.ShouldBe(id);
        drop.Upstream.Calls.Last().Headers["X-Road-Id"].ShouldBe(id);
    }

    [Theory]
    [InlineData("/by%20name/%D0%90%D0%B1")]
    [InlineData("/a'b/(c)!")]
    [InlineData("/a/b?fields=x%2Fy&fields=&tag=%C3%A9")]
    [InlineData("/a?fields")]
    public async Task Rest_PathAndQuery_ArriveByteForByte(string rest)
    {
        var reply = await drop.RestAsync("GET", Service + rest);

        reply.Status.ShouldBe(200, reply.Text);
        drop.Upstream.Calls.Last().Target.ShouldBe("/api" + rest);
    }

    [Fact]
    public async Task Rest_UnlistedParameter_IsRemovedOnTheWay()
    {
        var reply = await drop.RestAsync("GET", Service + "/a?secret=21&fields=x&other=3");

        reply.Status.ShouldBe(200, reply.Text);
        drop.Upstream.Calls.Last().Target.ShouldBe("/api/a?fields=x");
    }

    [Fact]
    public async Task Rest_UnlistedStepOfThePath_IsRefused()
    {
        var reply = await drop.RestAsync("GET", Service + "/a/b/c");

        Refused(reply, "field_not_listed", 403);
    }

    [Theory]
    [InlineData("/a/../b")]
    [InlineData("/a/%2e%2e/b")]
    [InlineData("/a/..%2fb")]
    [InlineData("/a//b")]
    [InlineData("/a/%252e%252e/b")]
    [InlineData("/a%2Fb")]
    [InlineData("/a\\b")]
    [InlineData("/./a")]
    [Provokes("address_invalid", Faces.Rest)]
    public async Task Rest_PathTwoReadersMayTakeDifferently_ReachesNoRule(string rest)
    {
        var calls = drop.Upstream.Calls.Count;
        var reply = await drop.RestAsync("GET", Service + rest);

        Refused(reply, "address_invalid", 400);
        drop.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Theory]
    [InlineData("/r1/sandbox/GOV/70009001/registry")]
    [InlineData("/r1/")]
    [InlineData("/r1/sandbox/GOV/7000%2F9001/registry/persons")]
    [InlineData("/r1/sandbox/GOV/70009001/reg%01istry/persons")]
    [InlineData("/r1/sandbox/GOV/70009001/reg%E2%80%8Bistry/persons")]
    public async Task Rest_MalformedServiceIdentifier_IsRefused(string target) =>
        Refused(await drop.RestAsync("GET", target), "address_invalid", 400);

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [Provokes("body_not_forwarded", Faces.Rest)]
    public async Task Rest_BodyThatWouldNotArrive_IsRefusedBeforeSending(string method) =>
        Refused(await drop.RestAsync(method, Service + "/a", """{"pin":"1"}"""), "body_not_forwarded", 400);

    [Theory]
    [InlineData("X-Road-Client", null, "header_missing")]
    [InlineData("X-Road-Client", "sandbox/COM", "header_invalid")]
    [InlineData("X-Road-Client", "sandbox/COM/60009001/desk", "client_not_own")]
    [InlineData("X-Road-Issue", null, "issue_missing")]
    [InlineData("X-Road-UserId", null, "user_id_missing")]
    [Provokes("header_missing", Faces.Rest)]
    public async Task Rest_HeaderMissingOrWrong_IsRefused(string name, string? value, string code)
    {
        var reply = await drop.RestAsync("GET", Service + "/a", headers: new Dictionary<string, string?> { [name] = value });

        reply.Headers["X-Road-Error"].ShouldBe("adapter." + code, reply.Text);
    }

    [Theory]
    [InlineData(null, "application/json; charset=utf-8")]
    [InlineData("text/xml", "text/xml; charset=utf-8")]
    [InlineData("application/json, application/xml;q=0.9", "application/xml; charset=utf-8")]
    public async Task Rest_Refusal_IsJsonOrXmlByAccept(string? accept, string contentType)
    {
        var reply = await drop.RestAsync("GET", Service + "/a", headers: new Dictionary<string, string?> { ["X-Road-Issue"] = null, ["Accept"] = accept });

        reply.ContentType.ShouldBe(contentType);
        var (type, message) = contentType.Contains("xml", StringComparison.Ordinal)
            ? (XDocument.Parse(reply.Text).Root!.Element("type")!.Value, XDocument.Parse(reply.Text).Root!.Element("message")!.Value)
            : (reply.Json.GetProperty("type").GetString()!, reply.Json.GetProperty("message").GetString()!);
        type.ShouldBe("adapter.issue_missing");
        message.ShouldContain("issue");
    }

    [Fact]
    public async Task Rest_ErrorOfTheSecurityServer_KeepsCodeAndStatus()
    {
        var headers = new Dictionary<string, string?> { ["X-Road-Security-Server"] = "sandbox/GOV/70009001/ss9" };
        var reply = await drop.RestAsync("GET", Service + "/a", headers: headers);
        var direct = await drop.RestAsync("GET", Service + "/a", headers: headers, address: drop.SecurityServer);

        reply.Status.ShouldBe(direct.Status);
        reply.Headers["X-Road-Error"].ShouldBe(direct.Headers["X-Road-Error"]);
        reply.Json.GetProperty("type").GetString().ShouldBe(direct.Json.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(201)]
    [InlineData(500)]
    [InlineData(302)]
    public async Task Rest_StatusOfTheProvider_ComesBackWithoutAnErrorHeader(int status)
    {
        drop.Upstream.Rest = UpstreamDouble.Answering("""{"surname":"Invented","reason":"hidden"}""", "application/json", status);
        var reply = await drop.RestAsync("GET", Service + "/a");

        reply.Status.ShouldBe(status, reply.Text);
        reply.Headers.ContainsKey("X-Road-Error").ShouldBeFalse();
        reply.Text.ShouldBe("""{"surname":"Invented"}""");
    }

    [Fact]
    public async Task Rest_HeadersNobodyListed_StayOnTheirSide()
    {
        var reply = await drop.RestAsync("GET", Service + "/a", headers: new Dictionary<string, string?>
        {
            ["Cookie"] = "session=1",
            ["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ["X-Custom"] = "1",
            ["X-Road-Request-Id"] = "mine",
        });

        reply.Status.ShouldBe(200, reply.Text);
        var call = drop.Upstream.Calls.Last();
        foreach (var name in new[] { "Authorization", "Cookie", "X-Custom" })
        {
            call.Headers.ContainsKey(name).ShouldBeFalse(name);
        }

        // The provider's adapter makes a trace of its own for its own information system.
        call.Headers.GetValueOrDefault("traceparent", "").ShouldNotContain("4bf92f3577b34da6a3ce929d0e0e4736");

        reply.Headers.ContainsKey("Set-Cookie").ShouldBeFalse();
        reply.Headers.ContainsKey("X-Internal").ShouldBeFalse();
        reply.Headers["X-Road-Request-Id"].ShouldNotBe("mine");
        reply.Headers.Keys.Where(name => name.StartsWith("tunduk-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Signature", StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rest_UnlistedFieldOfTheRequestBody_DoesNotCross()
    {
        (await drop.RestAsync("POST", Service + "/a", """{"pin":"1","password":"secret-31"}""")).Status.ShouldBe(200);

        drop.Upstream.Calls.Last().Text.ShouldBe("""{"pin":"1"}""");
    }

    [Fact]
    public async Task Rest_BodyOfATypeNobodyListed_IsRefusedAsAnAnswer()
    {
        drop.Upstream.Rest = UpstreamDouble.Answering("a,b", "text/csv");

        var reply = await drop.RestAsync("GET", Service + "/a");

        reply.Status.ShouldBe(502, reply.Text);
        reply.Text.ShouldNotContain("a,b");
    }

    [Fact]
    public async Task Rest_ProvidersAdapterRefuses_TheCodeReachesTheClient()
    {
        var reply = await drop.RestAsync("GET", Service + "/a", headers: new Dictionary<string, string?> { ["X-Road-Issue"] = "curiosity" });

        reply.Headers["X-Road-Error"].ShouldBe("adapter.purpose_not_agreed");
    }

    [Fact]
    public async Task Rest_InformationSystemDown_IsRefusedByTheProvidersAdapterByName()
    {
        drop.Upstream.Rest = (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        };
        var reply = await drop.RestAsync("GET", Service + "/a");

        reply.Status.ShouldBe(502, reply.Text);
        reply.Headers["X-Road-Error"].ShouldBe("adapter.information_system_broken");
    }

    [Fact]
    public async Task Rest_Head_AnswersWithoutABody()
    {
        drop.World.SecurityServers.Provider.Service(DropInWorld.Persons).Endpoints.Clear();
        var reply = await drop.RestAsync("HEAD", Service + "/a");

        reply.Status.ShouldBe(200, reply.Text);
        reply.Body.ShouldBeEmpty();
        drop.Upstream.Calls.Last().Method.ShouldBe("HEAD");
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task Rest_OtherMethodsWithABody_CarryIt(string method)
    {
        drop.World.SecurityServers.Provider.Service(DropInWorld.Persons).Endpoints.Clear();
        (await drop.RestAsync(method, Service + "/a", """{"comment":"x"}""")).Status.ShouldBe(200);

        drop.Upstream.Calls.Last().Text.ShouldBe("""{"comment":"x"}""");
    }

    private static void Refused(HttpReply reply, string code, int status)
    {
        reply.Status.ShouldBe(status, reply.Text);
        reply.Headers["X-Road-Error"].ShouldBe("adapter." + code, reply.Text);
        reply.Json.GetProperty("type").GetString().ShouldBe("adapter." + code);
    }
}

using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>REST bodies that no list looks into: by disk from 1 MiB on, hashed, signed and judged like attachments.</summary>
[Collection(DropInWorld.Collection)]
public sealed class RestBodyTests(DropInWorld fixture) : IDisposable
{
    private const string Service = "/r1/sandbox/GOV/70009001/registry/persons";
    private readonly DropInWorld drop = fixture;

    public void Dispose() => drop.Upstream.Reset();

    [Theory]
    [InlineData(500_000)]
    [InlineData(3_000_000)]
    public async Task Rest_LargeBodiesBothWays_ArriveWholeSignedAndNamedInTheArchive(int size)
    {
        byte[] pdf = [.. "%PDF-1.7 "u8, .. RandomNumberGenerator.GetBytes(size)];
        byte[] jpeg = [0xFF, 0xD8, 0xFF, .. RandomNumberGenerator.GetBytes(size)];
        drop.Upstream.Rest = (context, _) => Answer(context, "image/jpeg", jpeg);

        var reply = await SendAsync("application/pdf", pdf);

        reply.Status.ShouldBe(200, reply.ContentType == "image/jpeg" ? "" : reply.Text);
        reply.Body.AsSpan().SequenceEqual(jpeg).ShouldBeTrue();
        drop.Upstream.Calls.Last().Body.AsSpan().SequenceEqual(pdf).ShouldBeTrue();
        foreach (var host in new[] { drop.World.Consumer, drop.World.Provider })
        {
            var entries = await TestWorld.FindAsync(host, messageId: reply.MessageId);
            entries.Count.ShouldBe(2);
            entries.ShouldAllBe(entry => entry.Entry.Signature == SignatureStatus.Verified || entry.Entry.Signature == SignatureStatus.OwnEmbedded);
            var record = await host.Archive.GetAsync(entries.Single(entry => entry.Entry.Kind == EntryKind.Request).Record, CancellationToken.None);
            entries.ShouldAllBe(entry => entry.Entry.MessageSize > size);
            if (size > 1024 * 1024)
            {
                record!.Values.Single(value => value.Path == "$attachment[0]/sha256").Value.ToArray().ShouldBe(SHA256.HashData(pdf));
            }
        }
    }

    [Fact]
    [Provokes("attachment_not_listed", Faces.Rest)]
    public async Task Rest_LargeBodyOfATypeNobodyListed_DoesNotCross()
    {
        var calls = drop.Upstream.Calls.Count;
        var reply = await SendAsync("application/zip", new byte[3_000_000]);

        reply.Headers["X-Road-Error"].ShouldBe("adapter.attachment_not_listed", reply.Text);
        drop.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Fact]
    public async Task Rest_LargeAnswerOfATypeNobodyListed_IsNotShown()
    {
        drop.Upstream.Rest = (context, _) => Answer(context, "application/zip", new byte[3_000_000]);

        var reply = await SendAsync("application/pdf", [.. "%PDF-"u8]);

        reply.Status.ShouldBe(502, reply.Text);
        reply.Body.Length.ShouldBeLessThan(10_000);
    }

    [Fact]
    public async Task Rest_LargeBodyTheSecurityServerWouldNotLog_IsRefusedBeforeSending()
    {
        var calls = drop.Upstream.Calls.Count;
        var reply = await SendAsync("application/pdf", [.. "%PDF-"u8, .. new byte[10 * 1024 * 1024]]);

        reply.Headers["X-Road-Error"].ShouldBe("adapter.message_too_large", reply.Text);
        reply.Text.ShouldContain("MaxLoggedBody");
        drop.Upstream.Calls.Count.ShouldBe(calls);
    }

    [Fact]
    public async Task Rest_LargeJson_IsBoundByMemoryAndSaysSo()
    {
        var reply = await SendAsync("application/json", new byte[(10 * 1024 * 1024) + 1]);

        reply.Headers["X-Road-Error"].ShouldBe("adapter.message_too_large", reply.Text);
        reply.Text.ShouldContain("Limits:MaxBody");
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("true")]
    [InlineData("\"ok\"")]
    [InlineData("1")]
    [InlineData("null")]
    public async Task Rest_AnswerWithoutFields_PassesOrIsEmptied(string json)
    {
        drop.Upstream.Rest = UpstreamDouble.Answering(json, "application/json");
        var reply = await drop.RestAsync("GET", Service);

        // A value without a name stands in no list; braces say nothing.
        var error = reply.Headers.GetValueOrDefault("X-Road-Error", "");
        error.ShouldNotContain("not_archived");
        error.ShouldNotContain("logging_failed");
        if (json == "{}")
        {
            reply.Status.ShouldBe(200, reply.Text);
            reply.Text.ShouldBe("{}");
        }
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("DELETE", null)]
    [InlineData("POST", "{}")]
    [InlineData("POST", "{\"pin\":\"1\"}")]
    [InlineData("POST", "{\"\":1}")]
    public async Task Rest_AddressWithoutPathAndQuery_IsAnswered(string method, string? body)
    {
        drop.World.SecurityServers.Provider.Service(DropInWorld.Persons).Endpoints.Clear();
        var reply = await drop.RestAsync(method, Service, body);

        reply.Status.ShouldBe(200, reply.Text);
        (await TestWorld.FindAsync(drop.World.Consumer, messageId: reply.MessageId)).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("{x", "application/json")]
    [InlineData("{\"surname\":1,\"surname\":2}", "application/json")]
    [InlineData("{\"surname\":\"\\ud800\"}", "application/json")]
    [InlineData("<html/>", "text/html")]
    public async Task Rest_AnswerThatIsWrong_IsTheProvidersFaultAndNotTheClients(string body, string type)
    {
        drop.Upstream.Rest = UpstreamDouble.Answering(body, type);
        var reply = await drop.RestAsync("GET", Service + "/a");

        reply.Status.ShouldBe(502, reply.Text);
        reply.Headers["X-Road-Error"].ShouldBe("adapter.information_system_broken", reply.Text);
    }

    [Fact]
    public async Task Rest_HalfASurrogatePair_IsRefusedByNameAndNothingSent()
    {
        var reply = await drop.RestAsync("POST", Service + "/a", "{\"pin\":\"\\ud800\"}");

        reply.Headers["X-Road-Error"].ShouldBe("adapter.json_malformed", reply.Text);
        reply.Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("/a?")]
    [InlineData("/a?&&")]
    [InlineData("/a?fields=1&&tag=2&")]
    public async Task Rest_RawQuery_ArrivesByteForByte(string rest)
    {
        (await drop.RestAsync("GET", Service + rest)).Status.ShouldBe(200);

        drop.Upstream.Calls.Last().Target.ShouldBe("/api" + rest);
    }

    private static Task Answer(HttpContext context, string type, byte[] body)
    {
        context.Response.ContentType = type;
        return context.Response.Body.WriteAsync(body).AsTask();
    }

    private Task<HttpReply> SendAsync(string type, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(drop.Adapter, Service + "/a")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.ExpectContinue = body.Length > 1024 * 1024;
        foreach (var (name, value) in new[]
        {
            ("Authorization", "Bearer " + drop.World.Folders.ApiKey), ("X-Road-Client", SandboxNames.Consumer), ("X-Road-UserId", TestPersons.UserId), ("X-Road-Issue", TestPersons.Issue),
        })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return drop.World.SendAsync(request);
    }
}

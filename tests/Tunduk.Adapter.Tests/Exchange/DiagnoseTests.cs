using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary><c>POST /v1/diagnose/{alias}</c>: every stage but Forward, and no signature that anybody could use.</summary>
[Collection(EndToEnd.Collection)]
public sealed class DiagnoseTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    [Fact]
    public async Task Diagnose_AllowedRequest_SaysThatItWouldBeSentAndSendsNothing()
    {
        var calls = world.InformationSystem.Calls.Count;

        var reply = await DiagnoseAsync();

        reply.Status.ShouldBe(200, reply.Text);
        reply.Json.GetProperty("wouldSend").GetBoolean().ShouldBeTrue();
        reply.Json.GetProperty("agreement").GetString().ShouldBe("SLA-2026-014");
        reply.Json.GetProperty("service").GetString().ShouldBe("sandbox/GOV/70009001/registry/getPerson/v1");
        reply.Json.GetProperty("messageBytes").GetInt64().ShouldBeGreaterThan(500);
        Stages(reply).ShouldBe(["authenticate passed", "decode passed", "validate passed", "authorize passed", "filter passed", "sign passed", "append passed", "forward not run"]);
        world.InformationSystem.Calls.Count.ShouldBe(calls);
    }

    [Fact]
    public async Task Diagnose_AllowedRequest_LeavesAnEntryWithoutMessageAndSignature()
    {
        var reply = await DiagnoseAsync();

        RecordId.TryParse(reply.Json.GetProperty("recordId").GetString()!, out var record).ShouldBeTrue();
        var entry = (await world.Consumer.Archive.GetAsync(record, CancellationToken.None)).ShouldNotBeNull();
        entry.Entry.Kind.ShouldBe(EntryKind.Refusal);
        entry.Entry.Code.ShouldBe("dry_run");
        entry.Entry.Subject.ShouldBe("dry-run");
        entry.Parts.ShouldBeEmpty();
        entry.Values.ShouldAllBe(value => value.Path.StartsWith('$'), "headers, and nothing of the body");
        foreach (var trace in new[] { "SignatureValue", "MII" })
        {
            reply.Text.ShouldNotContain(trace);
        }

        world.Consumer.Archive.Status.OpenRequests.ShouldBe(0, "a dry run is no request");
    }

    [Theory]
    [InlineData("X-Road-Issue", "issue_missing", "authorize")]
    [InlineData("X-Road-UserId", "user_id_missing", "authorize")]
    public async Task Diagnose_RefusedRequest_SaysWhereAndWhy(string header, string code, string stage)
    {
        var reply = await DiagnoseAsync(without: header);

        reply.Status.ShouldBe(200, reply.Text);
        reply.Json.GetProperty("wouldSend").GetBoolean().ShouldBeFalse();
        var refusal = reply.Json.GetProperty("refusal");
        refusal.GetProperty("code").GetString().ShouldBe(code);
        refusal.GetProperty("remedy").GetString().ShouldNotBeNullOrEmpty();
        Stages(reply).ShouldContain(stage + " refused");
        Stages(reply).ShouldContain("sign not reached");
        reply.Text.ShouldContain("\n  \"refusal\": {\n    \"type\": ", customMessage: "one writing for people to read");
        RecordId.TryParse(reply.Json.GetProperty("recordId").GetString()!, out var record).ShouldBeTrue();
        (await world.Consumer.Archive.GetAsync(record, CancellationToken.None))!.Entry.Subject.ShouldBe("dry-run");
    }

    [Fact]
    public async Task Diagnose_UnknownCaller_IsRefused() =>
        Refusal.CheckForm(await DiagnoseAsync(without: "Authorization"), "caller_unknown", "authenticate");

    private static List<string> Stages(HttpReply reply) =>
        [.. reply.Json.GetProperty("stages").EnumerateArray().Select(stage => $"{stage.GetProperty("stage").GetString()} {stage.GetProperty("outcome").GetString()}")];

    private Task<HttpReply> DiagnoseAsync(string? without = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Consumer.IsAddress!, "v1/diagnose/getPerson")) { Content = new StringContent(TestPersons.Request, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in new[] { ("Authorization", "Bearer " + world.Folders.ApiKey), ("X-Road-UserId", TestPersons.UserId), ("X-Road-Issue", TestPersons.Issue) }.Where(header => header.Item1 != without))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return world.SendAsync(request);
    }
}

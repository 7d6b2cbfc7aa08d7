using System.Text.Json;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>A refusal on <c>/v1</c>, after the checks that hold for every one of them.</summary>
internal sealed record Refusal(HttpReply Reply, JsonElement Problem)
{
    public string? Path => Text("path");

    public string? Expected => Text("expected");

    public string? Found => Text("found");

    public string Record => Text("recordId").ShouldNotBeNull();

    public bool OutcomeUnknown => Problem.TryGetProperty("outcomeUnknown", out var value) && value.GetBoolean();

    /// <summary>RFC 9457, named completely, without a value, never 200, and in the archive with the same code and stage.</summary>
    public static async Task<Refusal> CheckAsync(TestWorld world, HttpReply reply, string code, string stage, bool archived = true)
    {
        var refusal = CheckForm(reply, code, stage);
        if (!archived)
        {
            return refusal;
        }

        reply.Record.ShouldBe(refusal.Record);
        var entry = await TestWorld.EndOfAsync(world.Consumer, refusal.Record);
        entry.Code.ShouldBe(code);
        entry.Stage.ShouldBe(stage);
        if (reply.MessageId is { } id)
        {
            (await TestWorld.FindAsync(world.Consumer, messageId: id)).ShouldContain(found => found.Entry.Code == code);
        }

        return refusal;
    }

    /// <summary>The checks of the answer alone.</summary>
    public static Refusal CheckForm(HttpReply reply, string code, string stage)
    {
        reply.ContentType.ShouldBe("application/problem+json", reply.Text);
        var problem = reply.Json;
        problem.GetProperty("code").GetString().ShouldBe(code, reply.Text);
        problem.GetProperty("stage").GetString().ShouldBe(stage, reply.Text);
        reply.Status.ShouldBe((int)ExchangeCodes.StatusOf(code));
        reply.Status.ShouldBeGreaterThanOrEqualTo(400);
        problem.GetProperty("status").GetInt32().ShouldBe(reply.Status);
        problem.GetProperty("type").GetString().ShouldBe("/docs/refusals/" + code);
        foreach (var name in new[] { "title", "rule", "path", "expected", "found", "remedy", "traceId" })
        {
            problem.TryGetProperty(name, out var member).ShouldBeTrue($"{name} is missing in {reply.Text}");
            member.GetString().ShouldNotBeNullOrWhiteSpace(name);
        }

        reply.Text.ShouldNotContain("   at Tunduk", Case.Sensitive, "a stack trace");
        reply.Text.ShouldNotContain("Exception");
        reply.Text.ShouldNotContain(TestPersons.Issue);
        reply.Text.ShouldNotContain(TestPersons.UserId);
        TestPersons.ShouldHoldNoValue(reply.Text, "a refusal");
        return new Refusal(reply, problem);
    }

    private string? Text(string name) => Problem.TryGetProperty(name, out var value) ? value.GetString() : null;
}

using System.Text;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Exchange;

/// <summary>Issue "main job", paragraph "Bad input": what an information system may send by mistake or malice.</summary>
[Collection(EndToEnd.Collection)]
public sealed class BadJsonTests(EndToEnd fixture)
{
    private readonly TestWorld world = fixture.World;

    public static TheoryData<string, string, string> Bodies => new()
    {
        { "empty body", "", "json_malformed" },
        { "only blanks", "  \r\n ", "json_malformed" },
        { "no JSON", "pin=1", "json_malformed" },
        { "XML", "<request/>", "json_malformed" },
        { "cut off in a name", """{"request":{"pi""", "json_malformed" },
        { "cut off in a value", """{"request":{"pin":"2""", "json_malformed" },
        { "cut off at the end", """{"request":{"pin":"21203197000012"}""", "json_malformed" },
        { "single quotes", "{'request':{'pin':'21203197000012'}}", "json_malformed" },
        { "a comment", """{"request":{/*x*/"pin":"21203197000012"}}""", "json_malformed" },
        { "a trailing comma", """{"request":{"pin":"21203197000012",}}""", "json_malformed" },
        { "garbage after the end", """{"request":{"pin":"21203197000012"}} x""", "json_malformed" },
        { "two documents", """{"request":{"pin":"21203197000012"}}{"request":{}}""", "json_malformed" },
        { "NaN", """{"request":{"pin":NaN}}""", "json_malformed" },
        { "a raw NUL", "{\"request\":{\"pin\":\"2120319\u00007000012\"}}", "json_malformed" },
        { "a raw line break in a string", "{\"request\":{\"pin\":\"2120319\n7000012\"}}", "json_malformed" },
        { "an escaped NUL", """{"request":{"pin":"2120319\u00007000012"}}""", "contract_violated" },
        { "a lone high surrogate", """{"request":{"pin":"\ud800"}}""", "contract_violated|json_malformed" },
        { "a lone low surrogate in a name", """{"request":{"\udc00":"x"}}""", "contract_violated|json_malformed" },
        { "a duplicate member", """{"request":{"pin":"21203197000012","pin":"21203197000013"}}""", "json_duplicate_name" },
        { "a duplicate member under an escape", """{"request":{"pin":"21203197000012","p\u0069n":"21203197000013"}}""", "json_duplicate_name" },
        { "a duplicate root member", """{"request":{"pin":"21203197000012"},"request":{"pin":"21203197000013"}}""", "json_duplicate_name" },
        { "null", "null", "contract_violated" },
        { "an array", "[]", "contract_violated" },
        { "a number", "7", "contract_violated" },
        { "a string", "\"request\"", "contract_violated" },
        { "an empty object", "{}", "contract_violated" },
        { "no field", """{"request":{}}""", "contract_violated" },
        { "request is null", """{"request":null}""", "contract_violated" },
        { "request is a list", """{"request":[{"pin":"21203197000012"}]}""", "contract_violated" },
        { "request is a text", """{"request":"21203197000012"}""", "contract_violated" },
        { "an unknown field", """{"request":{"pin":"21203197000012","salary":"1"}}""", "contract_violated" },
        { "an unknown root field", """{"request":{"pin":"21203197000012"},"extra":{}}""", "contract_violated" },
        { "another case", """{"Request":{"Pin":"21203197000012"}}""", "contract_violated" },
        { "PIN is a number", """{"request":{"pin":21203197000012}}""", "contract_violated" },
        { "PIN is null", """{"request":{"pin":null}}""", "contract_violated" },
        { "PIN is a list", """{"request":{"pin":["21203197000012"]}}""", "contract_violated" },
        { "PIN is an object", """{"request":{"pin":{"value":"21203197000012"}}}""", "contract_violated" },
        { "PIN is too short", """{"request":{"pin":"2120319700001"}}""", "contract_violated" },
        { "PIN with markup", """{"request":{"pin":"2120<x/>97000012"}}""", "contract_violated" },
        { "PIN of Arabic digits", """{"request":{"pin":"٢١٢٠٣١٩٧٠٠٠٠١٢"}}""", "contract_violated" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Ask_BadBody_IsRefusedByName(string name, string body, string codes)
    {
        var calls = world.InformationSystem.Calls.Count;
        var reply = await world.AskAsync(content: TestWorld.JsonBytes(Encoding.UTF8.GetBytes(body)));

        var code = reply.Json.GetProperty("code").GetString()!;
        codes.Split('|').ShouldContain(code, $"{name}: {reply.Text}");
        await Refusal.CheckAsync(world, reply, code, "validate");
        reply.Text.ShouldNotContain("2120319", Case.Sensitive, name);
        world.InformationSystem.Calls.Count.ShouldBe(calls);
    }

    public static TheoryData<string, byte[]> Bytes => new()
    {
        { "a byte that is no UTF-8", [.. "{\"request\":{\"pin\":\""u8, 0xFF, .. "\"}}"u8] },
        { "an overlong encoding", [.. "{\"request\":{\"pin\":\""u8, 0xC0, 0xB2, .. "\"}}"u8] },
        { "an encoded surrogate", [.. "{\"request\":{\"pin\":\""u8, 0xED, 0xA0, 0x80, .. "\"}}"u8] },
        { "UTF-16", Encoding.Unicode.GetBytes("""{"request":{"pin":"21203197000012"}}""") },
        { "only NUL bytes", new byte[100] },
    };

    [Theory]
    [MemberData(nameof(Bytes))]
    public async Task Ask_BytesThatAreNoText_AreRefused(string name, byte[] body)
    {
        var reply = await world.AskAsync(content: TestWorld.JsonBytes(body));

        reply.Json.GetProperty("code").GetString().ShouldBe("json_malformed", name);
        await Refusal.CheckAsync(world, reply, "json_malformed", "validate");
    }

    [Theory]
    [InlineData("{\"request\":", "}", 2_000)]
    [InlineData("[", "]", 20_000)]
    public async Task Ask_NestedWithoutEnd_IsRefused(string open, string close, int depth)
    {
        var body = string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, depth));
        var reply = await world.AskAsync(content: TestWorld.Json(body));

        var code = reply.Json.GetProperty("code").GetString()!;
        new[] { "json_malformed", "contract_violated" }.ShouldContain(code);
        await Refusal.CheckAsync(world, reply, code, "validate");
    }

    [Fact]
    public async Task Ask_LongerThanTheLimit_IsRefused()
    {
        var refusal = await world.RefusedAsync("message_too_large", "decode", content: TestWorld.Json("{\"request\":{\"pin\":\"" + new string('2', EndToEnd.MaxBody) + "\"}}"));

        refusal.Reply.Status.ShouldBe(413);
        refusal.Expected.ShouldNotBeNull().ShouldContain("Limits:MaxBody");
    }

    [Fact]
    public async Task Ask_LongerThanTheLimitWithoutLength_IsRefused()
    {
        using var content = new StreamContent(new MemoryStream(new byte[EndToEnd.MaxBody + 1]));
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.ContentLength = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Consumer.IsAddress!, "v1/services/getPerson")) { Content = content };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + world.Folders.ApiKey);

        await Refusal.CheckAsync(world, await world.SendAsync(request), "message_too_large", "decode");
    }

    [Fact]
    public async Task Ask_ConnectionEndsInTheBody_IsArchivedAndNothingSent()
    {
        var calls = world.InformationSystem.Calls.Count;
        await RawHttp.BreakOffAsync(world.Consumer.IsAddress!, "/v1/services/getPerson", [$"Authorization: Bearer {world.Folders.ApiKey}", "Content-Type: application/json"], "{\"request\":", 1_000);

        var found = await Wait.ForAsync(async () => (await TestWorld.FindAsync(world.Consumer, code: "request_incomplete")).FirstOrDefault());
        found.Entry.Stage.ShouldBe("decode");
        world.InformationSystem.Calls.Count.ShouldBe(calls);
    }

    [Fact]
    public async Task Ask_RefusedForABadValue_NamesPathAndRuleAndNotTheValue()
    {
        var refusal = await world.RefusedAsync("contract_violated", "validate", content: TestWorld.Json("""{"request":{"pin":"9-secret-value"}}"""));

        refusal.Reply.Status.ShouldBe(422);
        refusal.Path.ShouldBe("$.request.pin");
        refusal.Reply.Text.ShouldNotContain("secret");
        refusal.Expected.ShouldNotBeNull().ShouldContain("[012]");
    }
}

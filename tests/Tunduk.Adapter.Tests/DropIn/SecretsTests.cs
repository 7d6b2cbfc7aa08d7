using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>
/// Credentials that an agreement lets pass, in every place a message has: they reach the other side and stand nowhere else, neither in
/// logs at the most talkative level, nor in traces, metrics, status, refusals, or the archive's values.
/// </summary>
public sealed class SecretsTests
{
    private const string Secret = "s3cr3t-Kq7zQ";
    private const string Rest = "/r1/sandbox/GOV/70009001/registry/persons";

    [Fact]
    public async Task Credentials_InEveryPlaceOfAMessage_AreSeenByTheReceiverAlone()
    {
        var traces = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => traces.Enqueue(activity.DisplayName + " " + string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")) + string.Join(' ', activity.Events.SelectMany(one => one.Tags).Select(tag => $"{tag.Key}={tag.Value}"))),
        };
        ActivitySource.AddActivityListener(listener);
        var drop = new SecretsWorld();
        await drop.InitializeAsync();
        try
        {
            await ExchangeAsync(drop);
            foreach (var host in new[] { drop.World.Consumer, drop.World.Provider })
            {
                await NowhereAsync(drop, host);
            }
        }
        finally
        {
            var log = await drop.World.StopAndReadLogsAsync();
            await drop.DisposeAsync();
            log.ShouldContain("Ready. Log", Case.Sensitive, "the log was written");
            log.ShouldNotContain(Secret);
        }

        traces.ShouldNotBeEmpty();

        // The framework's own activity of the client of a test names its address, which only the test knows.
        traces.Where(trace => trace.Contains("tunduk", StringComparison.OrdinalIgnoreCase)).ShouldAllBe(trace => !trace.Contains(Secret, StringComparison.Ordinal));
    }

    private static async Task ExchangeAsync(DropInWorld drop)
    {
        drop.Upstream.Soap = UpstreamDouble.Answering(UpstreamDouble.Response($"<l:request><l:clientid>{Secret}</l:clientid></l:request><l:response><l:surname>A</l:surname><l:accessToken>{Secret}</l:accessToken></l:response>"));
        var soap = Lookup($"<l:request><l:pin>1</l:pin><l:clientid>{Secret}</l:clientid><l:secret kind=\"{Secret}\"><l:value>{Secret}</l:value></l:secret></l:request>")
            .Replace("</xrd:protocolVersion>", $"</xrd:protocolVersion><t:clientid xmlns:t=\"urn:t\">{Secret}</t:clientid><t:password xmlns:t=\"urn:t\">{Secret}</t:password>", StringComparison.Ordinal);
        var reply = await drop.PostAsync(soap);
        reply.Fault.ShouldBeNull(reply.Text);
        reply.Reply!.Text.ShouldContain($"accessToken>{Secret}<");
        (reply.Reply.Text.Split(Secret).Length - 1).ShouldBe(1, "a credential does not come back in the echo");
        drop.Upstream.Calls.Last().Text.ShouldContain($"clientid>{Secret}<");

        drop.Upstream.Rest = UpstreamDouble.Answering($$"""{"surname":"A","sessionToken":"{{Secret}}"}""", "application/json");
        var headers = new Dictionary<string, string?> { ["X-Api-Key"] = Secret, ["X-Other-Token"] = Secret };
        (await drop.RestAsync("POST", $"{Rest}/a?token={Secret}", $$"""{"password":"{{Secret}}","tokens":["{{Secret}}"]}""", headers)).Text.ShouldContain(Secret);
        var call = drop.Upstream.Calls.Last();
        (call.Target.Contains(Secret, StringComparison.Ordinal), call.Text.Contains(Secret, StringComparison.Ordinal), call.Headers["X-Api-Key"]).ShouldBe((true, true, Secret));
        call.Headers.ContainsKey("X-Other-Token").ShouldBeFalse();
        (await drop.RestAsync("POST", Rest + "/a", $"password={Secret}", contentType: "application/x-www-form-urlencoded")).Status.ShouldBe(200);

        // What is refused says nothing of it either, whoever refuses it and wherever it stands.
        foreach (var refused in new[]
        {
            await drop.RestAsync("POST", $"{Rest}/a/b/{Secret}", "{}", headers),
            await drop.RestAsync("POST", $"{Rest}/a?token={Secret};x", "{}", headers),
            await drop.RestAsync("POST", Rest + "/a", $$"""{"password":"{{Secret}}","password":"{{Secret}}"}""", headers),
            await drop.RestAsync("POST", Rest + "/a", $$"""{"password":"{{Secret}}" """, headers),
            await drop.RestAsync("POST", Rest + "/a", "{}", new Dictionary<string, string?> { ["Authorization"] = "Bearer " + Secret }),
            (await drop.PostAsync(soap.Replace("<l:pin>1</l:pin>", $"<l:{Secret}/>", StringComparison.Ordinal).Replace("lookup/", "", StringComparison.Ordinal).Replace("</l:lookup>", $"&{Secret};</l:lookup>", StringComparison.Ordinal))).Reply!,
            await drop.World.AskAsync(content: TestWorld.Json($$$"""{"request":{"pin":"{{{Secret}}}","secret":"{{{Secret}}}"}}""")),
        })
        {
            refused.Text.ShouldNotContain(Secret);
            string.Join(' ', refused.Headers.Values).ShouldNotContain(Secret);
        }

        drop.Upstream.Rest = UpstreamDouble.Answering($$"""{"type":"Server.X","message":"{{Secret}}","password":"{{Secret}}"}""", "application/json", 500);
        (await drop.RestAsync("GET", Rest + "/a")).Text.ShouldNotContain(Secret);
    }

    private static async Task NowhereAsync(DropInWorld drop, AdapterHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.AdminAddress!, "v1/agreements/status")) { Content = TestWorld.Json("{}") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", drop.World.Folders.AuditorKey);
        (await drop.World.SendAsync(request)).Text.ShouldNotContain(Secret);
        using HttpClient http = new();
        (await http.GetStringAsync(new Uri(host.AdminAddress!, "metrics"))).ShouldNotContain(Secret);

        var entries = await TestWorld.FindAsync(host);
        entries.Count.ShouldBeGreaterThan(6);
        var masked = 0;
        foreach (var entry in entries)
        {
            var record = (await host.Archive.GetAsync(entry.Record, CancellationToken.None))!;
            string.Join('\n', record.Values.Select(value => $"{value.Path}={(value.Presence == ValuePresence.Present ? value.AsText() : "")}")).ShouldNotContain(Secret);
            Encoding.UTF8.GetString(record.Leaf.Span).ShouldNotContain(Secret);
            masked += record.Values.Count(value => value.Presence == ValuePresence.Present && value.AsText() == "***");
        }

        masked.ShouldBeGreaterThanOrEqualTo(6, "that a credential was there is seen");
    }

    private static string Lookup(string content) => Envelopes.UnsignedText(
        Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) }, $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\">{content}</l:lookup>");

    private sealed class SecretsWorld : DropInWorld
    {
        internal override TestWorldOptions Change(TestWorldOptions options) => options with
        {
            ProviderAgreement = text => Listed(options.ProviderAgreement(text)),
            ConsumerAgreement = text => Listed(options.ConsumerAgreement(text)),
            Provider = json =>
            {
                options.Provider!(json);
                Talkative(json);
            },
            Consumer = json =>
            {
                options.Consumer!(json);
                Talkative(json);
            },
        };

        private static void Talkative(JsonObject json) => ((JsonObject)json["Telemetry"]!)["LogLevel"] = "Verbose";

        private static string Listed(string text) => text
            .Replace("request: { allow: [pin, note] }", "request: { allow: [pin, clientid, secret/value] }", StringComparison.Ordinal)
            .Replace("[surname, items/item, photo]", "[surname, accessToken]", StringComparison.Ordinal)
            .Replace("request: [trail, soapaction, x-own]", "request: [clientid]", StringComparison.Ordinal)
            .Replace("query/fields, query/tag, pin, comment]", "query/token, password, tokens]", StringComparison.Ordinal)
            .Replace("response: { allow: [surname, name, echo] }", "response: { allow: [surname, sessionToken] }\n    headers: { request: [x-api-key] }", StringComparison.Ordinal);
    }
}

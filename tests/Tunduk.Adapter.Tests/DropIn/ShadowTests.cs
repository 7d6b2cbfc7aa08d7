using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Sandbox;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.DropIn;

/// <summary>A shadow version beside the one in force, on both running adapters: what it would do otherwise is counted, and nothing of it is done.</summary>
public sealed class ShadowTests(ShadowTests.ShadowWorld fixture) : IClassFixture<ShadowTests.ShadowWorld>, IDisposable
{
    private const string Rest = "/r1/sandbox/GOV/70009001/registry/persons";
    private static readonly byte[] Pdf = [.. "%PDF-1.7 "u8, .. new byte[500]];
    private readonly ShadowWorld drop = fixture;

    public void Dispose() => drop.Upstream.Reset();

    [Fact]
    public async Task Soap_AttachmentsActionAndHeaders_AreCountedOnBothSidesAndPassAsAgreed()
    {
        var before = await CountsAsync();
        var reply = await SendAsync(Part("scan.pdf", "X-Own: kept"), Part("photo", "X-New: 1"));

        reply.Status.ShouldBe(200, reply.Text);
        var call = drop.Upstream.Calls.Last();
        call.Headers["SOAPAction"].ShouldBe("\"urn:own-action\"");
        call.Text.ShouldContain("X-Own: kept");
        call.Text.ShouldContain("%PDF");
        call.Text.ShouldNotContain("X-New");
        (await NewAsync(before, "lookup/v1")).ShouldBe(
            [
                "consumer 1 × attachment/photo: would pass",
                "consumer 1 × attachment/scan.pdf: would be removed",
                "consumer 1 × header/audit: would pass",
                "consumer 1 × header/soapaction: would be removed",
                "consumer 1 × header/trail: would be removed",
                "consumer 1 × header/x-own: would be removed",
                "provider 1 × attachment/scan.pdf: would be removed",
                "provider 1 × header/soapaction: would be removed",
                "provider 1 × header/x-own: would be removed",
            ]);
        await InMetricsAsync(drop.World.Consumer, "attachment/scan.pdf: would be removed");
        await InMetricsAsync(drop.World.Provider, "header/soapaction: would be removed");
    }

    [Fact]
    public async Task Soap_AttachmentRefusedNowAndTakenThen_IsCountedAsAMessageThatWouldPass()
    {
        var before = await CountsAsync();
        var calls = drop.Upstream.Calls.Count;
        var reply = await SendAsync(Part("large.pdf"));

        reply.Text.ShouldContain("agreement_volume_exceeded");
        drop.Upstream.Calls.Count.ShouldBe(calls);
        (await NewAsync(before, "lookup/v1")).ShouldContain("consumer 1 × request: would pass");
    }

    [Fact]
    public async Task Rest_HeadersQueryAndBodies_AreCountedOnBothSidesAndPassAsAgreed()
    {
        drop.Upstream.Rest = (context, request) =>
        {
            context.Response.Headers["X-Case"] = "7";
            return UpstreamDouble.HonestRest(context, request);
        };
        var before = await CountsAsync();
        var reply = await drop.RestAsync("GET", Rest + "/a?fields=x", headers: new Dictionary<string, string?> { ["X-Case"] = "7", ["X-Lang"] = "ky" });

        reply.Status.ShouldBe(200, reply.Text);
        drop.Upstream.Calls.Last().Headers["X-Case"].ShouldBe("7");
        drop.Upstream.Calls.Last().Headers.ContainsKey("X-Lang").ShouldBeFalse();
        reply.Headers["X-Case"].ShouldBe("7");
        (await NewAsync(before, "persons")).ShouldBe(
            [
                "consumer 1 × echo: would be removed",
                "consumer 1 × header/x-lang: would pass",
                "consumer 2 × header/x-case: would be removed",
                "consumer 1 × query/fields: would be removed",
                "provider 1 × echo: would be removed",
                "provider 1 × salary: would pass",
                "provider 2 × header/x-case: would be removed",
                "provider 1 × query/fields: would be removed",
            ],
            ignoreOrder: true);

        before = await CountsAsync();
        (await drop.RestAsync("POST", Rest + "/a", "%PDF-1.7 one", contentType: "application/pdf")).Status.ShouldBe(200);
        (await NewAsync(before, "persons")).ShouldContain("provider 1 × request: would be refused as attachment_not_listed for body");
    }

    private static async Task InMetricsAsync(AdapterHost host, string difference)
    {
        using HttpClient http = new();
        var metrics = await http.GetStringAsync(new Uri(host.AdminAddress!, "metrics"));
        metrics.Split('\n').ShouldContain(line => line.StartsWith("tunduk_shadow_differences", StringComparison.Ordinal) && line.Contains(difference, StringComparison.Ordinal));
    }

    private static string Part(string name, string more = "X-Other: 1") =>
        $"Content-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{name}>\r\n{more}\r\n";

    private async Task<HttpReply> SendAsync(params string[] parts)
    {
        var soap = Envelopes.UnsignedText(Envelopes.Headers() with { Service = ServiceId.Parse(DropInWorld.Lookup) }, $"<l:lookup xmlns:l=\"{DropInWorld.LookupNamespace}\"><l:pin>1</l:pin></l:lookup>")
            .Replace("</xrd:protocolVersion>", "</xrd:protocolVersion><t:trail xmlns:t=\"urn:t\">1</t:trail><t:audit xmlns:t=\"urn:t\">1</t:audit>", StringComparison.Ordinal);
        soap.ShouldContain("t:trail");
        using var all = new MemoryStream();
        all.Write(Encoding.UTF8.GetBytes("--b1\r\nContent-Type: text/xml; charset=UTF-8\r\nContent-ID: <root>\r\n\r\n" + soap));
        foreach (var part in parts)
        {
            all.Write(Encoding.ASCII.GetBytes($"\r\n--b1\r\n{part}\r\n"));
            all.Write(Pdf);
        }

        all.Write("\r\n--b1--\r\n"u8);
        var request = new HttpRequestMessage(HttpMethod.Post, drop.Adapter) { Content = new ByteArrayContent(all.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=b1");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", drop.World.Folders.ApiKey);
        request.Headers.TryAddWithoutValidation("SOAPAction", "\"urn:own-action\"");
        return await drop.World.SendAsync(request);
    }

    // Both adapters' counts by side, service and name.
    private async Task<Dictionary<(string Side, string Service, string Name), long>> CountsAsync()
    {
        var all = new Dictionary<(string, string, string), long>();
        foreach (var (side, host) in new[] { ("consumer", drop.World.Consumer), ("provider", drop.World.Provider) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host.AdminAddress!, "v1/agreements/status")) { Content = TestWorld.Json("{}") };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", drop.World.Folders.AuditorKey);
            var row = (await drop.World.SendAsync(request)).Json.GetProperty("agreements").EnumerateArray().Single();
            row.GetProperty("version").GetInt32().ShouldBe(1);
            foreach (var count in row.GetProperty("shadow").EnumerateArray())
            {
                all.Add((side, count.GetProperty("service").GetString()!, count.GetProperty("name").GetString()!), count.GetProperty("count").GetInt64());
            }
        }

        return all;
    }

    private async Task<IEnumerable<string>> NewAsync(Dictionary<(string Side, string Service, string Name), long> before, string service) =>
        (await CountsAsync()).Where(now => now.Key.Service == service && now.Value != before.GetValueOrDefault(now.Key))
            .Select(now => $"{now.Key.Side} {now.Value - before.GetValueOrDefault(now.Key)} × {now.Key.Name}").Order(StringComparer.Ordinal);

    /// <summary>The drop-in world with another version of both agreements in the folder of shadows.</summary>
    public sealed class ShadowWorld : DropInWorld
    {
        internal override TestWorldOptions Change(TestWorldOptions options) => options with
        {
            ProviderAgreement = text => InForce(options.ProviderAgreement(text)),
            ConsumerAgreement = text => InForce(options.ConsumerAgreement(text)),
            ProviderFiles = (_, folder) => Shadow(folder),
            ConsumerFiles = (_, folder) => Shadow(folder),
        };

        private static string InForce(string text) => text
            .Replace("headers: { request: [trail, soapaction, x-own] }", "headers: { request: [trail, soapaction, x-own] } # soap", StringComparison.Ordinal)
            .Replace("attachments: [ { side: request, name: \"scan.pdf\",", "attachments: [ { side: request, name: \"large.pdf\", types: [application/pdf], maxBytes: 100 }, { side: request, name: \"scan.pdf\",", StringComparison.Ordinal)
            .Replace("response: { allow: [surname, name, echo] }", "response: { allow: [surname, name, echo] }\n    headers: { request: [x-case], response: [x-case] }", StringComparison.Ordinal);

        private static void Shadow(string folder)
        {
            var agreements = Path.Combine(folder, "agreements");
            var text = File.ReadAllText(Path.Combine(agreements, SandboxAgreements.FileName))
                .Replace("version: 1", "version: 2", StringComparison.Ordinal)
                .Replace("headers: { request: [trail, soapaction, x-own] } # soap", "headers: { request: [audit] }", StringComparison.Ordinal)
                .Replace("maxBytes: 100 }", "maxBytes: 100000 }", StringComparison.Ordinal)
                .Replace("name: \"scan.pdf\"", "name: \"photo\"", StringComparison.Ordinal)
                .Replace("path/2, query/fields, query/tag", "path/2, query/tag", StringComparison.Ordinal)
                .Replace("response: { allow: [surname, name, echo] }\n    headers: { request: [x-case], response: [x-case] }", "response: { allow: [surname, name, salary] }\n    headers: { request: [x-lang] }", StringComparison.Ordinal)
                .Replace("name: \"body\", types: [application/pdf]", "name: \"body\", types: [application/zip]", StringComparison.Ordinal);
            Directory.CreateDirectory(Path.Combine(agreements, "shadow"));
            File.WriteAllText(Path.Combine(agreements, "shadow", "v2.yaml"), text);
        }
    }
}

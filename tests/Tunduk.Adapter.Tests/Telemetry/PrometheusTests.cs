using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Processes;
using Tunduk.Adapter.Tests.Sandbox;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Tests.Telemetry;

/// <summary><c>/metrics</c> as a real Prometheus reads it.</summary>
public sealed class PrometheusTests
{
    [Fact]
    public async Task Metrics_ScrapedByPrometheus_HoldWhatHappenedAndNothingPersonal()
    {
        await using var world = await TestWorld.StartAsync(new TestWorldOptions { Consumer = json => json["Doctor"] = new JsonObject { ["Interval"] = "01:00:00" }, ProviderAgreement = text => text.Replace("patronymic, gender", "patronymic, maritalStatus, gender", StringComparison.Ordinal) });
        (await world.AskAsync()).Status.ShouldBe(200);
        await world.RefusedAsync("issue_missing", "authorize", headers: new Dictionary<string, string?> { ["X-Road-Issue"] = null });
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "prometheus.yml"), $$"""
            global: { scrape_interval: 2s, scrape_timeout: 2s }
            scrape_configs:
              - job_name: adapter
                static_configs: [ { targets: [ "{{world.Consumer.AdminAddress!.Authority}}" ] } ]
            """);
        var address = new Uri($"http://127.0.0.1:{FreePort.Choose()}/");
        using var prometheus = Start(folder.Path, address);
        try
        {
            using var http = new HttpClient { BaseAddress = address };
            (await QueryAsync(http, """tunduk_exchanges_total{direction="consumer",code="ok"}""")).ShouldBe(1);
            (await QueryAsync(http, """tunduk_exchanges_total{direction="consumer",stage="authorize",code="issue_missing"}""")).ShouldBe(1);
            (await QueryAsync(http, """tunduk_stage_seconds_count{direction="consumer",stage="verify"}""")).ShouldBeGreaterThanOrEqualTo(1);
            (await QueryAsync(http, "sum(tunduk_archive_entries)")).ShouldBeGreaterThanOrEqualTo(3);

            // The metrics of the field, each: a sandbox's provider sends more than is listed, its keys wait in no queue, its documents end.
            (await QueryAsync(http, """tunduk_exchange_seconds_count{direction="consumer"}""")).ShouldBeGreaterThanOrEqualTo(1);
            (await QueryAsync(http, "count(count by (stage) (tunduk_stage_seconds_count))")).ShouldBeGreaterThanOrEqualTo(9);
            (await QueryAsync(http, "sum(tunduk_fields_removed_total)")).ShouldBeGreaterThan(0);
            (await QueryAsync(http, """sum(tunduk_agreement_refusals_total{code="issue_missing"})""")).ShouldBe(1);
            foreach (var lag in new[] { "head_lag", "checkpoint_lag", "anchor_lag", "open_requests", "free_bytes" })
            {
                (await QueryAsync(http, "tunduk_archive_" + lag)).ShouldBeGreaterThanOrEqualTo(0, lag);
            }

            (await QueryAsync(http, """min({__name__=~"tunduk_certificate_days_left.*"})""")).ShouldBeGreaterThan(0);
            (await QueryAsync(http, """min({__name__=~"tunduk_days_left.*",subject=~".*(SLA|agreement).*"})""")).ShouldBeGreaterThan(0);
            (await QueryAsync(http, "tunduk_archive_refusing")).ShouldBe(0);

            // What it cannot read it never can: a scrape that found no time is followed by one that does.
            await Wait.ForAsync(async () => await QueryAsync(http, "up") > 0 && await LastErrorAsync(http) == "" ? "up" : null);
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync();
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.AdminAddress!, "metrics"));
        var text = (await world.SendAsync(request)).Text;
        text.ShouldNotContain(TestPersons.UserId);
        text.ShouldNotContain(TestPersons.Issue);
        TestPersons.ShouldHoldNoValue(text, "metrics");

        // Of the framework what no own metric says, and nothing it measures of each request.
        text.ShouldContain("http_client_open_connections");
        text.ShouldContain("dotnet_gc_collections_total");
        text.ShouldNotContain("http_client_request_duration");
        text.ShouldNotContain("http_client_active_requests");
    }

    [Fact]
    public async Task Metrics_ServicesThatNobodyKnows_AreToldByNoName()
    {
        await using var world = await TestWorld.StartAsync();
        foreach (var made in new[] { "sandbox/GOV/70009001/registry/askMadeUp/v1", "sandbox/GOV/70009999/madeUp/getPerson/v1" })
        {
            (await Faces.AskAsync(world, Faces.Soap, new Faces.Question { Service = made })).Code.ShouldNotBeNull();
            await world.PostSoapAsync(await Envelopes.SignedAsync(Envelopes.Headers() with { Service = ServiceId.Parse(made) }));
        }

        (await world.AskAsync()).Status.ShouldBe(200);
        foreach (var adapter in new[] { world.Consumer, world.Provider })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(adapter.AdminAddress!, "metrics"));
            var text = (await world.SendAsync(request)).Text;
            text.ShouldNotContain("madeUp", Case.Insensitive);
            text.ShouldContain("service=\"(unlisted)\"");
            text.ShouldContain("service=\"sandbox/GOV/70009001/registry/getPerson/v1\"");
        }
    }

    private static async Task<string?> LastErrorAsync(HttpClient http) =>
        JsonDocument.Parse(await http.GetStringAsync("api/v1/targets")).RootElement.GetProperty("data").GetProperty("activeTargets")[0].GetProperty("lastError").GetString();

    private static Process Start(string folder, Uri address)
    {
        var start = new ProcessStartInfo("prometheus", [$"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address={address.Authority}", "--log.level=error"])
        {
            UseShellExecute = false,
        };
        return Process.Start(start)!;
    }

    private static async Task<double> QueryAsync(HttpClient http, string query)
    {
        var found = await Wait.ForAsync(async () =>
        {
            try
            {
                var result = JsonDocument.Parse(await http.GetStringAsync("api/v1/query?query=" + Uri.EscapeDataString(query))).RootElement.GetProperty("data").GetProperty("result");
                return result.GetArrayLength() == 0 ? null : result[0].GetProperty("value")[1].GetString();
            }
            catch (HttpRequestException)
            {
                return null; // It is still starting.
            }
        });
        return double.Parse(found, System.Globalization.CultureInfo.InvariantCulture);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tunduk.Adapter.Cli;
using Tunduk.Adapter.Sandbox.SecurityServers;
using Tunduk.Adapter.Telemetry;

namespace Tunduk.Adapter.Sandbox;

/// <summary>
/// <c>sandbox --once</c>: real exchanges through the real listeners, each judged here by what came back; then the
/// archives, offline. Every line says what was expected and exits 1 when it is not so.
/// </summary>
internal sealed class SandboxDemonstration : IDisposable
{
    private readonly SandboxWorld world;
    private readonly HttpClient http = new();
    private readonly List<(string Adapter, string Stage, double Milliseconds)> stages = [];
    private readonly ActivityListener listener;
    private bool ok = true;

    private SandboxDemonstration(SandboxWorld world)
    {
        this.world = world;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", world.Folders.ApiKey);
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == AdapterMetrics.Name,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (stages)
                {
                    stages.Add(((string?)activity.GetTagItem("tunduk.direction") ?? "", activity.OperationName, activity.Duration.TotalMilliseconds));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    public static async Task<int> RunAsync(SandboxWorld world, CancellationToken cancellationToken)
    {
        using var demonstration = new SandboxDemonstration(world);
        await using (world)
        {
            await demonstration.ExchangesAsync(cancellationToken);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await world.Consumer.StopAsync(deadline.Token);
            await world.Provider.StopAsync(deadline.Token);
        }

        await demonstration.ArchivesAsync(cancellationToken);
        Output.Line();
        Output.Line(demonstration.ok ? Phrases.Of("Sandbox.AllShould") : Phrases.Of("Sandbox.NotShouldSeeLines"));
        return demonstration.ok ? Output.Ok : Output.NotOk;
    }

    public void Dispose()
    {
        listener.Dispose();
        http.Dispose();
    }

    private async Task ExchangesAsync(CancellationToken cancellationToken)
    {
        var person = world.Register.Persons.First(person => person.MaritalStatus is not null);
        Output.Line(Phrases.Of("Sandbox.1AllowedExchange"));
        var (status, body) = await AskAsync("getPerson", person.Pin, cancellationToken);
        PrintStages();
        using (var answer = JsonDocument.Parse(body))
        {
            var response = status == 200 ? answer.RootElement.GetProperty("response") : default;
            Judge(Phrases.Of("Sandbox.PersonAnswered"), status == 200 && response.GetProperty("pin").GetString() == person.Pin && response.GetProperty("surname").GetString() == person.Surname, Phrases.Of("Sandbox.Http", status));
            Output.Line();
            Output.Line(Phrases.Of("Sandbox.2FieldOutsideList"));
            Judge(Phrases.Of("Sandbox.MaritalStatusNationalityPhotoGone"), status == 200 && !response.TryGetProperty("maritalStatus", out _) && !response.TryGetProperty("nationality", out _) && !response.TryGetProperty("photo", out _), Phrases.Of("Sandbox.ProviderAdapterRemovedThem"));
            Judge(Phrases.Of("Sandbox.ListedFieldsListsLists"), status == 200 && response.GetProperty("document").GetArrayLength() == person.Documents.Count && response.GetProperty("address").GetProperty("locality").ValueKind == JsonValueKind.String, Phrases.Of("Sandbox.Documents", person.Documents.Count));
        }

        Output.Line();
        Output.Line(Phrases.Of("Sandbox.3ServiceWithoutAgreement"));
        await RefusedAsync("getVehicles", person.Pin, "no_agreement", "service_not_listed", cancellationToken);

        Output.Line();
        Output.Line(Phrases.Of("Sandbox.4ForgedResponseProvider"));
        world.SecurityServers.Consumer.Faults.Add(new SecurityServerFault(SecurityServerFaultKind.ForgedResponse) { Times = 1 });
        var problem = await RefusedAsync("getPerson", person.Pin, "signature_invalid", "signature_invalid", cancellationToken);
        var place = problem.TryGetProperty("details", out var details) ? details.EnumerateArray().Select(detail => detail.GetString()!).Where(detail => detail.StartsWith("first difference", StringComparison.Ordinal)).ToList() : [];
        Judge(Phrases.Of("Sandbox.SaysWhereSinceSandbox"), place.Count == 2, string.Join(", ", place));
        world.SecurityServers.Consumer.Faults.Clear();
        await RestAsync(person.Pin, cancellationToken);
    }

    private async Task RestAsync(string pin, CancellationToken cancellationToken)
    {
        if (!world.Folders.WithPersons)
        {
            return;
        }

        Output.Line();
        Output.Line(Phrases.Of("Sandbox.5SamePersonRest"));
        lock (stages)
        {
            stages.Clear();
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.Consumer.IsAddress!, $"r1/{SandboxNames.Persons}/{pin}"));
        request.Headers.Add("X-Road-Client", SandboxNames.Consumer);
        request.Headers.Add("X-Road-UserId", "KG20000000000001");
        request.Headers.Add("X-Road-Issue", "loan-scoring application 2026-00017");
        using var response = await http.SendAsync(request, cancellationToken);
        PrintStages();
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        using var answer = JsonDocument.Parse(body);
        var answered = response.IsSuccessStatusCode && !response.Headers.Contains("X-Road-Error");
        Judge(Phrases.Of("Sandbox.PersonAnswered"), answered && answer.RootElement.GetProperty("pin").GetString() == pin, Phrases.Of("Sandbox.Http", (int)response.StatusCode));
        Judge(Phrases.Of("Sandbox.WhatNotListedGone"), answered && !answer.RootElement.TryGetProperty("maritalStatus", out _) && !answer.RootElement.TryGetProperty("photo", out _), Phrases.Of("Sandbox.SignedFilteredArchivedBoth"));
    }

    private async Task ArchivesAsync(CancellationToken cancellationToken)
    {
        Output.Line();
        Output.Line(Phrases.Of("Sandbox.6ArchivesOffline"));
        foreach (var configuration in new[] { world.Folders.ConsumerConfiguration, world.Folders.ProviderConfiguration })
        {
            var name = Path.GetFileName(Path.GetDirectoryName(configuration)!);
            var result = await ArchiveVerification.RunAsync(configuration, archiveFolder: null, against: [], progress: null, cancellationToken);
            Judge(Phrases.Of("Sandbox.Verifies", name), result.Ok, result.Summary);
        }

        Output.Line();
        Output.Line(Phrases.Of("Sandbox.7ChangedByteCopy"));
        var copy = Path.Combine(world.Data, "copy-" + Guid.NewGuid().ToString("N")[..8]);
        try
        {
            var changed = CopyWithOneByteChanged(Path.Combine(Path.GetDirectoryName(world.Folders.ProviderConfiguration)!, "archive"), copy);
            var result = await ArchiveVerification.RunAsync(world.Folders.ProviderConfiguration, copy, against: [], progress: null, cancellationToken);
            Judge(Phrases.Of("Sandbox.ByteChangedFound", changed.ToString(CultureInfo.InvariantCulture)), !result.Ok, result.Failures.Count > 0 ? result.Failures[0] : result.Summary);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    private async Task<JsonElement> RefusedAsync(string alias, string pin, string code, string otherCode, CancellationToken cancellationToken)
    {
        var (status, body) = await AskAsync(alias, pin, cancellationToken);
        PrintStages();
        using var problem = JsonDocument.Parse(body);
        var found = problem.RootElement.TryGetProperty("code", out var value) ? value.GetString() : null;
        var stage = problem.RootElement.TryGetProperty("stage", out value) ? value.GetString() : null;
        Judge(Phrases.Of("Sandbox.RefusedName"), status >= 400 && (found == code || found == otherCode), Phrases.Of("Sandbox.HttpStageCode", status, stage, found));
        Judge(Phrases.Of("Sandbox.RefusalArchived"), problem.RootElement.TryGetProperty("recordId", out value), value.ValueKind == JsonValueKind.String ? Phrases.Of("Sandbox.Record", value.GetString()) : Phrases.Of("Sandbox.NoRecord"));
        return problem.RootElement.Clone();
    }

    private async Task<(int Status, byte[] Body)> AskAsync(string alias, string pin, CancellationToken cancellationToken)
    {
        lock (stages)
        {
            stages.Clear();
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Consumer.IsAddress!, "v1/services/" + alias));
        request.Headers.Add("X-Road-UserId", "KG20000000000001");
        request.Headers.Add("X-Road-Issue", "loan-scoring application 2026-00017");
        request.Content = new StringContent($"{{\"request\":{{\"pin\":\"{pin}\"}}}}", Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request, cancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    private void PrintStages()
    {
        lock (stages)
        {
            foreach (var (adapter, stage, milliseconds) in stages.Where(stage => stage.Stage != "exchange"))
            {
                Output.Line(string.Create(CultureInfo.InvariantCulture, $"   {adapter,-9} {stage,-13} {milliseconds,8:0.00} ms"));
            }
        }
    }

    private void Judge(string what, bool isSo, string detail)
    {
        ok &= isSo;
        Output.Line($"   {(isSo ? Phrases.Of("Sandbox.Ok") : "FAILED")} {what}: {detail}");
    }

    // Somebody with the database in hand changes one byte of one leaf, as UPDATE does: the file itself stays in order.
    private static long ChangeOneByteOfAnEntry(string database)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, Pooling = false }.ToString());
        connection.Open();
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT seq, leaf FROM entry ORDER BY seq LIMIT 1 OFFSET 1";
        using var row = read.ExecuteReader();
        row.Read();
        var seq = row.GetInt64(0);
        var leaf = (byte[])row.GetValue(1);
        var at = leaf.Length - 1;
        leaf[at] ^= 1;
        using var write = connection.CreateCommand();
        write.CommandText = "UPDATE entry SET leaf = $leaf WHERE seq = $seq";
        write.Parameters.AddWithValue("$leaf", leaf);
        write.Parameters.AddWithValue("$seq", seq);
        write.ExecuteNonQuery();
        return at;
    }

    private static long CopyWithOneByteChanged(string archive, string copy)
    {
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(archive))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return ChangeOneByteOfAnEntry(Path.Combine(copy, "archive.db"));
    }
}

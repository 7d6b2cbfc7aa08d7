using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tunduk.Archive;
using Tunduk.Archive.Tests.Postgres;
using Tunduk.Evidence.Log;

namespace Tunduk.Benchmarks.Archive;

/// <summary>
/// Search over an archive of <c>--entries N</c> (default 100,000) entries, newest 50: persons, and every pair of filters with a frequent, a rare and
/// an absent value each. Each in three cases that a reader of a running adapter can meet: <c>First</c>, the archive was just opened, has searched ahead as
/// an adapter lets it, and the files were taken out of the system's cache since, once; <c>Cold</c>, the same before every search; <c>Warm</c>, the same searches
/// again. <c>ahead</c> is what the searches ahead took. Then a bundle of <c>--bundle N</c> (default 10,000) records made and verified. Options: --store sqlite|postgresql|both, --folder, --kept FOLDER (the archive
/// there, which the first use fills), --pairs (prints each).
/// </summary>
internal static class SearchBenchmark
{
    private const int Looks = 100;

    public static async Task<int> RunAsync(string[] args)
    {
        string stores = Text(args, "--store") ?? "both";
        Dictionary<string, object> result = new(StringComparer.Ordinal);
        if (stores is "sqlite" or "both")
        {
            await MeasureAsync(args, "sqlite", null, result);
        }

        if (stores is "postgresql" or "both")
        {
            using PostgresServer server = Text(args, "--kept") is { } folder ? PostgresServer.Kept(KeptArchive.ServerFolder(folder)) : PostgresServer.Large();
            await MeasureAsync(args, "postgres", server, result);
        }

        foreach (string key in new[] { "personMs", "worstPairMs" })
        {
            result[key] = result.Where(r => r.Key.EndsWith(key, StringComparison.OrdinalIgnoreCase)).Max(static r => (double)r.Value);
        }

        result["bundlePerSecond"] = result.Where(static r => r.Key.EndsWith("BundlePerSecond", StringComparison.Ordinal)).Min(static r => (double)r.Value);
        await Console.Out.WriteLineAsync(args.Contains("--json", StringComparer.Ordinal) ? JsonSerializer.Serialize(result) : string.Join('\n', result.Select(static r => $"{r.Key,-28} {r.Value}")));
        return 0;
    }

    private static async Task MeasureAsync(string[] args, string name, PostgresServer? server, Dictionary<string, object> result)
    {
        int entries = Option(args, "--entries", 100_000);
        string root = Directory.CreateDirectory(Path.Combine(Text(args, "--folder") ?? Path.GetTempPath(), "tunduk-bench-search-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture))).FullName;
        try
        {
            KeptArchive? kept = Text(args, "--kept") is { } folder ? new KeptArchive(folder, server) : null;
            using ArchivePlaces places = new(root, server, prefill: kept is null ? 0 : entries, kept);
            await places.FillAsync();
            ArchivePlaces.Place place = places.Next();
            if (kept is null)
            {
                await SearchFill.FillAsync(places, place, entries);
                server?.Sql(new Npgsql.NpgsqlConnectionStringBuilder(place.Database!.ConnectionString).Database!, "VACUUM ANALYZE"); // as the server does by itself in the field
            }

            using BundleSigner signer = new(kept?.KeyFile);
            IArchive archive = await places.OpenAsync(place, by: new CheckpointSigner(signer));
            try
            {
                Action forget = () => SystemCache.Forget(server?.Folder ?? place.Folder);
                Func<double> cpu = () => Environment.CpuUsage.TotalTime.TotalMilliseconds + (server?.CpuMilliseconds() ?? 0);
                result[name + "AheadMs"] = await AheadAsync(archive);
                bool print = args.Contains("--pairs", StringComparer.Ordinal);
                foreach ((string pass, bool once, bool each) in new[] { ("First", true, false), ("Cold", false, true), ("Warm", false, false) })
                {
                    if (once)
                    {
                        forget();
                    }

                    string at = name + pass;
                    (result[at + "PersonMs"], result[at + "PersonCpuMs"]) = await PersonsAsync(archive, entries, each ? forget : null, cpu);
                    (result[at + "WorstPairMs"], result[at + "WorstPair"], result[at + "WorstPairCpuMs"], result[at + "WorstPairCpu"]) = await WorstPairAsync(archive, each ? forget : null, cpu, print ? pass : null);
                }

                (double made, double verified) = await BundleRun.MeasureAsync(archive, signer, root, Option(args, "--bundle", 10_000));
                result[name + "BundlePerSecond"] = Math.Round(made);
                result[name + "BundleVerifyPerSecond"] = Math.Round(verified);
                result[name + "Entries"] = archive.Status.Size;
            }
            finally
            {
                await archive.DisposeAsync();
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    // As an adapter does once its listeners are open.
    private static async Task<double> AheadAsync(IArchive archive)
    {
        long begin = Stopwatch.GetTimestamp();
        return await archive.WarmSearchesAsync(default) is { } fault ? throw new InvalidOperationException(fault.Detail) : Math.Round(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
    }

    // 95 of a hundred persons are found faster.
    private static async Task<(double Ms, double CpuMs)> PersonsAsync(IArchive archive, long entries, Action? forget, Func<double> cpu)
    {
        List<(double Ms, double CpuMs)> times = [];
        for (int i = 0; i < Looks; i++)
        {
            forget?.Invoke();
            times.Add(await TimeAsync(archive, new SearchQuery { Terms = [SearchFill.Person(i * 37 % SearchFill.Persons(entries))] }, cpu));
        }

        return (Math.Round(times.Select(static t => t.Ms).Order().ElementAt(times.Count * 95 / 100), 2), Math.Round(times.Select(static t => t.CpuMs).Order().ElementAt(times.Count * 95 / 100), 2));
    }

    private static async Task<(double Ms, string Pair, double CpuMs, string CpuPair)> WorstPairAsync(IArchive archive, Action? forget, Func<double> cpu, string? print)
    {
        (string Name, Func<SearchQuery, SearchQuery> Set)[] filters =
        [
            .. Each("counterparty", static (q, v) => q with { Counterparty = v }, SearchFill.Counterparty(1), SearchFill.Counterparty(4)),
            .. Each("own", static (q, v) => q with { OwnSubsystem = v }, "sandbox/COM/60009001/loans"),
            .. Each("service", static (q, v) => q with { Service = v }, SearchFill.Service(1, 3)),
            .. Each("agreement", static (q, v) => q with { Agreement = v }, SearchFill.Agreement(1)),
            .. Each("stage", static (q, v) => q with { Stage = v }, "Append", "Filter"),
            .. Each("outcome", static (q, v) => q with { Code = v }, "ok", "refused_7"),
            .. Each("user", static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.UserId, v)] }, SearchFill.User(7)),
            .. Each("basis", static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.Basis, v)] }, "loan-scoring", "loan-scoring 1"),
            .. Each("message", static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.MessageId, v)] }, "1-1"),
            .. Each("person", static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.Pin, v)] }, SearchFill.Person(7).Value),
            .. Each("removed", static (q, v) => q with { Terms = [.. q.Terms, new IndexTerm(IndexKind.Removed, v)] }, "response/photo"),
            ("role consumer", static q => q with { Role = ExchangeRole.Consumer }), ("role provider", static q => q with { Role = ExchangeRole.Provider }),
            ("signature verified", static q => q with { Signature = SignatureStatus.Verified }), ("signature failed", static q => q with { Signature = SignatureStatus.Failed }),
            ("signature echo", static q => q with { Signature = SignatureStatus.UnsignedEcho }),
            ("kind request", static q => q with { Kinds = [EntryKind.Request] }), ("kind refusal", static q => q with { Kinds = [EntryKind.Refusal] }),
            ("kind hold", static q => q with { Kinds = [EntryKind.Hold] }),
            ("time recent", static q => q with { From = TimeProvider.System.GetUtcNow().AddDays(-1) }), ("time old", static q => q with { Until = TimeProvider.System.GetUtcNow().AddDays(-300) }),
            ("time none", static q => q with { Until = DateTimeOffset.UnixEpoch }),
        ];
        (double Ms, string Pair, double CpuMs, string CpuPair) worst = (0, "", 0, "");
        for (int i = 0; i < filters.Length; i++)
        {
            for (int j = i; j < filters.Length; j++)
            {
                forget?.Invoke();
                (double ms, double used) = await TimeAsync(archive, filters[j].Set(filters[i].Set(new SearchQuery())), cpu);
                string pair = $"{filters[i].Name} and {filters[j].Name}";
                worst = ms > worst.Ms ? worst with { Ms = ms, Pair = pair } : worst;
                worst = used > worst.CpuMs ? worst with { CpuMs = used, CpuPair = pair } : worst;
                if (print is not null)
                {
                    await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{ms,9:F2} {used,9:F2} {print} {pair}"));
                }
            }
        }

        return worst with { Ms = Math.Round(worst.Ms, 2), CpuMs = Math.Round(worst.CpuMs, 2) };

        static (string, Func<SearchQuery, SearchQuery>)[] Each(string name, Func<SearchQuery, string, SearchQuery> set, params string[] values) =>
            [.. values.Append("nobody/has/this/name").Select<string, (string, Func<SearchQuery, SearchQuery>)>(value => ($"{name} {value}", q => set(q, value)))];
    }

    // On a machine that others use too the processor time says more than the clock.
    private static async Task<(double Ms, double CpuMs)> TimeAsync(IArchive archive, SearchQuery query, Func<double> cpu)
    {
        double before = cpu();
        long begin = Stopwatch.GetTimestamp();
        await archive.SearchAsync(query, default);
        double ms = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        return (ms, cpu() - before);
    }

    private static int Option(string[] args, string name, int otherwise) => Text(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}

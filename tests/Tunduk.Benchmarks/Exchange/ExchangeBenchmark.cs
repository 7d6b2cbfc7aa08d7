using System.Globalization;
using System.Text.Json;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Processes;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>
/// What an exchange costs: closed-loop load through consumer adapter, simulated security servers, provider adapter and
/// register, each a process of its own, against the costs nobody can avoid (<see cref="UnavoidableCosts"/> and the plain
/// hops of <see cref="HopPair"/>), measured in the same run, window by window in turn.
/// </summary>
/// <remarks>
/// Options: <c>--concurrency 1,16,64</c>, <c>--seconds 4</c> (a window), <c>--rounds 3</c>, <c>--gc</c> (instead: the four
/// modes of the collector at concurrency 16), <c>--data DIR</c> (on the volume to be measured), <c>--json</c>.
/// </remarks>
internal static class ExchangeBenchmark
{
    private const double Settled = 0.05;
    private const int MostWarmUps = 12;

    // The runtime compiles hot methods anew for a while after their 30th call: too few exchanges measure the compiler.
    private const int FirstExchanges = 4_000;
    private const int GcConcurrency = 16;

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = double.Parse(Option(args, "--seconds") ?? "4", CultureInfo.InvariantCulture);
        var rounds = int.Parse(Option(args, "--rounds") ?? "3", CultureInfo.InvariantCulture);
        var concurrencies = (Option(args, "--concurrency") ?? "1,16,64").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var data = Option(args, "--data") is { } given ? Directory.CreateDirectory(given).FullName : Directory.CreateTempSubdirectory("tunduk-benchmark-").FullName;
        try
        {
            object result = Array.IndexOf(args, "--gc") >= 0
                ? await CompareGcAsync(data, TimeSpan.FromSeconds(seconds), rounds)
                : await MeasureAsync(data, concurrencies, TimeSpan.FromSeconds(seconds), rounds);
            Console.WriteLine(JsonSerializer.Serialize(result, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = Array.IndexOf(args, "--json") < 0 }));
            return 0;
        }
        finally
        {
            if (Option(args, "--data") is null)
            {
                Directory.Delete(data, recursive: true);
            }
        }
    }

    private static async Task<object> MeasureAsync(string data, int[] concurrencies, TimeSpan window, int rounds)
    {
        var gc = GcMode.OfAdapter();
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = data });
        var pins = InventedPopulation.Invent(DemonstrationRegister.Population).Select(person => person.Pin).ToArray();
        using var client = new PersonClient(world.GetPerson, world.Folders.ApiKey, pins);
        await WarmUpAsync(() => client.RunAsync(GcConcurrency, window / 2), FirstExchanges);

        var sizes = await MessageSizes.ReadAsync(world, client);
        await using var consumerHops = await HopPair.StartAsync(gc, sizes.Consumer);
        await using var providerHops = await HopPair.StartAsync(gc, sizes.Provider);
        using var costs = new UnavoidableCosts();
        costs.WarmUp();

        var levels = new List<object>();
        foreach (var concurrency in concurrencies)
        {
            levels.Add(await LevelAsync(world, client, consumerHops, providerHops, costs, concurrency, window, rounds));
        }

        return new
        {
            benchmark = "exchange",
            machine = Machine.Describe(),
            gc,
            bytes = sizes,
            windowSeconds = window.TotalSeconds,
            rounds,
            levels,
        };
    }

    // One concurrency: the sides take turns, so that what the machine does beside falls on all of them.
    private static async Task<object> LevelAsync(ProcessWorld world, PersonClient client, HopPair consumerHops, HopPair providerHops, UnavoidableCosts costs, int concurrency, TimeSpan window, int rounds)
    {
        var warmUps = await WarmUpAsync(() => client.RunAsync(concurrency, window / 2));
        await WarmUpAsync(() => consumerHops.RunAsync(concurrency, window / 4));
        await WarmUpAsync(() => providerHops.RunAsync(concurrency, window / 4));
        List<Window> exchanges = [];
        List<double> consumer = [], provider = [], consumerHop = [], providerHop = [], sign = [], verify = [], insertConsumer = [], insertProvider = [], batchConsumer = [], batchProvider = [];
        for (var round = 0; round < rounds; round++)
        {
            var (consumerBefore, providerBefore) = (world.Consumer.Cpu, world.Provider.Cpu);
            var consumerLog = ArchiveRows.Newest(world.ConfigurationOf(ProcessWorld.ConsumerSide));
            var providerLog = ArchiveRows.Newest(world.ConfigurationOf(ProcessWorld.ProviderSide));
            var measured = await client.RunAsync(concurrency, window);
            exchanges.Add(measured);
            consumer.Add((world.Consumer.Cpu - consumerBefore).TotalMicroseconds / measured.Count);
            provider.Add((world.Provider.Cpu - providerBefore).TotalMicroseconds / measured.Count);
            batchConsumer.Add(ArchiveRows.BatchSize(world.ConfigurationOf(ProcessWorld.ConsumerSide), consumerLog));
            batchProvider.Add(ArchiveRows.BatchSize(world.ConfigurationOf(ProcessWorld.ProviderSide), providerLog));

            consumerHop.Add((await consumerHops.RunAsync(concurrency, window / 2)).RelayMicroseconds);
            providerHop.Add((await providerHops.RunAsync(concurrency, window / 2)).RelayMicroseconds);
            sign.Add(costs.SignMicroseconds());
            verify.Add(costs.VerifyMicroseconds());
            insertConsumer.Add(BareInserts.Microseconds(world.ConfigurationOf(ProcessWorld.ConsumerSide), batchConsumer[^1]));
            insertProvider.Add(BareInserts.Microseconds(world.ConfigurationOf(ProcessWorld.ProviderSide), batchProvider[^1]));
        }

        var consumerFloor = Median(sign) + Median(verify) + Median(consumerHop) + (2 * Median(insertConsumer));
        var providerFloor = Median(sign) + Median(verify) + Median(providerHop) + (2 * Median(insertProvider));
        return new
        {
            concurrency,
            warmUps,
            exchanges = exchanges.Sum(one => one.Count),
            failed = exchanges.Sum(one => one.Failed),
            exchangesPerSecond = Round(Median([.. exchanges.Select(one => one.PerSecond)])),
            p50Milliseconds = Round(Median([.. exchanges.Select(one => one.Percentile(0.50))])),
            p99Milliseconds = Round(Median([.. exchanges.Select(one => one.Percentile(0.99))])),
            consumerCpuMicroseconds = Round(Median(consumer)),
            providerCpuMicroseconds = Round(Median(provider)),
            unavoidable = new
            {
                signMicroseconds = Round(Median(sign)),
                verifyMicroseconds = Round(Median(verify)),
                consumerHopMicroseconds = Round(Median(consumerHop)),
                providerHopMicroseconds = Round(Median(providerHop)),
                consumerInsertMicroseconds = Round(Median(insertConsumer)),
                providerInsertMicroseconds = Round(Median(insertProvider)),
                consumerBatch = Round(Median(batchConsumer)),
                providerBatch = Round(Median(batchProvider)),
            },
            consumerFloorMicroseconds = Round(consumerFloor),
            providerFloorMicroseconds = Round(providerFloor),
            floorMicroseconds = Round(consumerFloor),
            consumerCpuToFloor = Round(Median(consumer) / consumerFloor),
            providerCpuToFloor = Round(Median(provider) / providerFloor),
        };
    }

    // The same load under the four modes; the adapters start anew for each, and the modes take turns.
    private static async Task<object> CompareGcAsync(string data, TimeSpan window, int rounds)
    {
        var pins = InventedPopulation.Invent(DemonstrationRegister.Population).Select(person => person.Pin).ToArray();
        GcMode[] modes = [new(Server: false, Concurrent: true), new(Server: false, Concurrent: false), new(Server: true, Concurrent: true), new(Server: true, Concurrent: false)];
        var worlds = new List<(GcMode Mode, ProcessWorld World, PersonClient Client)>();
        var measured = modes.ToDictionary(mode => mode, _ => new List<(Window Window, double Consumer, double Provider)>());
        try
        {
            foreach (var mode in modes)
            {
                var folder = Directory.CreateDirectory(Path.Combine(data, $"{(mode.Server ? "server" : "workstation")}-{(mode.Concurrent ? "concurrent" : "blocking")}")).FullName;
                var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder, Environment = mode.Environment });
                var client = new PersonClient(world.GetPerson, world.Folders.ApiKey, pins);
                worlds.Add((mode, world, client));
                await WarmUpAsync(() => client.RunAsync(GcConcurrency, window / 2), FirstExchanges);
            }

            for (var round = 0; round < rounds; round++)
            {
                foreach (var (mode, world, client) in worlds)
                {
                    var (consumer, provider) = (world.Consumer.Cpu, world.Provider.Cpu);
                    var one = await client.RunAsync(GcConcurrency, window);
                    measured[mode].Add((one, (world.Consumer.Cpu - consumer).TotalMicroseconds / one.Count, (world.Provider.Cpu - provider).TotalMicroseconds / one.Count));
                }
            }

            return new
            {
                benchmark = "exchange --gc",
                machine = Machine.Describe(),
                concurrency = GcConcurrency,
                modes = worlds.Select(entry => new
                {
                    entry.Mode.Server,
                    entry.Mode.Concurrent,
                    exchangesPerSecond = Round(Median([.. measured[entry.Mode].Select(one => one.Window.PerSecond)])),
                    p50Milliseconds = Round(Median([.. measured[entry.Mode].Select(one => one.Window.Percentile(0.50))])),
                    p99Milliseconds = Round(Median([.. measured[entry.Mode].Select(one => one.Window.Percentile(0.99))])),
                    consumerCpuMicroseconds = Round(Median([.. measured[entry.Mode].Select(one => one.Consumer)])),
                    providerCpuMicroseconds = Round(Median([.. measured[entry.Mode].Select(one => one.Provider)])),
                    consumerMegabytes = Round(Machine.ResidentMegabytes(entry.World.Consumer.Id)),
                    providerMegabytes = Round(Machine.ResidentMegabytes(entry.World.Provider.Id)),
                }).ToArray(),
            };
        }
        finally
        {
            foreach (var (_, world, client) in worlds)
            {
                client.Dispose();
                await world.DisposeAsync();
            }
        }
    }

    /// <summary>Until two successive windows differ by less than 5 %, but not for ever.</summary>
    private static async Task<int> WarmUpAsync(Func<Task<Window>> run, int atLeast = 0)
    {
        var before = 0.0;
        var done = 0;
        for (var windows = 1; ; windows++)
        {
            var window = await run();
            done += window.Count;
            var settled = Math.Abs(window.PerSecond - before) < Settled * before;
            before = window.PerSecond;
            if (done >= atLeast && (settled || windows >= MostWarmUps))
            {
                return windows;
            }
        }
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    private static double Round(double value) => Math.Round(value, 2);

    private static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}

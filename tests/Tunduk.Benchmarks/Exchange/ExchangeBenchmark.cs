using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Processes;

namespace Tunduk.Benchmarks.Exchange;

// Over 300 lines: the turns of one measurement, whose order is its meaning.

/// <summary>
/// What an exchange costs: closed-loop load through consumer adapter, simulated security servers, provider adapter and
/// register, each a process of its own, against the costs nobody can avoid (<see cref="UnavoidableCosts"/> and the plain
/// hops of <see cref="HopPair"/>), measured in the same run, window by window in turn; then the latency that the adapters add at half
/// the load (requests at a fixed rate, to the same through a chain of plain hops), and what asking by gRPC costs.
/// </summary>
/// <remarks>
/// Options: <c>--concurrency 1,16,64</c>, <c>--seconds 4</c> (a window), <c>--rounds 3</c>, <c>--gc</c> (instead: the four
/// modes of the collector at concurrency 16), <c>--compare "A=1,B=2;C=3"</c> (instead: so many sets of variables of the adapters,
/// an empty one being as built), <c>--rate 250</c> (with these two: latency at so many requests a second, and the mean time of each stage),
/// <c>--data DIR</c> (on the volume to be measured), <c>--json</c>.
/// </remarks>
internal static class ExchangeBenchmark
{
    private const double Settled = 0.05;
    private const int MostWarmUps = 12;

    // The runtime compiles hot methods anew for a while after their 30th call: too few exchanges measure the compiler.
    private const int FirstExchanges = 12_000;
    private const int GcConcurrency = 16;

    // Consumer's adapter, two security servers, provider's adapter; the register is the sink.
    private const int RelaysOfAnExchange = 4;

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = double.Parse(Option(args, "--seconds") ?? "4", CultureInfo.InvariantCulture);
        var rounds = int.Parse(Option(args, "--rounds") ?? "3", CultureInfo.InvariantCulture);
        var concurrencies = (Option(args, "--concurrency") ?? "1,16,64").Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        var data = Option(args, "--data") is { } given ? Directory.CreateDirectory(given).FullName : Directory.CreateTempSubdirectory("tunduk-benchmark-").FullName;
        try
        {
            var rate = double.Parse(Option(args, "--rate") ?? "0", CultureInfo.InvariantCulture);
            object result = Array.IndexOf(args, "--gc") >= 0 ? await CompareAsync(data, "exchange --gc", GcModes(), TimeSpan.FromSeconds(seconds), rounds, rate)
                : Option(args, "--compare") is { } sets ? await CompareAsync(data, "exchange --compare", [.. sets.Split(';').Select(Variables)], TimeSpan.FromSeconds(seconds), rounds, rate)
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
        await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = data, Consumer = static root => root["Listen"]!["Grpc"] = new JsonObject { ["Address"] = "http://127.0.0.1:0" } });
        var pins = InventedPopulation.Invent(DemonstrationRegister.Population).Select(person => person.Pin).ToArray();
        using var client = new PersonClient(world.GetPerson, world.Folders.ApiKey, pins);
        using var rpc = new PersonRpcClient(world.Consumer["grpc"], world.Folders.ApiKey, pins);
        await WarmUpAsync(() => client.RunAsync(GcConcurrency, window / 2), FirstExchanges);

        var sizes = await MessageSizes.ReadAsync(world, client);
        await using var consumerHops = await HopPair.StartAsync(gc, sizes.Consumer);
        await using var providerHops = await HopPair.StartAsync(gc, sizes.Provider);
        using var costs = new UnavoidableCosts();
        costs.WarmUp();

        var levels = new List<Level>();
        foreach (var concurrency in concurrencies)
        {
            levels.Add(await LevelAsync(world, client, consumerHops, providerHops, costs, concurrency, window, rounds));
        }

        var usual = levels.Find(level => level.Concurrency == GcConcurrency) ?? levels[^1];
        var half = await AddedAsync(client, gc, sizes.Consumer, usual.ExchangesPerSecond / 2, window, rounds);
        return new
        {
            benchmark = "exchange",
            machine = Machine.Describe(),
            gc,
            bytes = sizes,
            windowSeconds = window.TotalSeconds,
            rounds,
            ofConcurrency = usual.Concurrency,
            usual.ConsumerCpuToFloor,
            usual.ProviderCpuToFloor,
            usual.ExchangesPerSecond,
            p99Ms = half.Added,
            grpcToRest = await RpcToRestAsync(world, client, rpc, window, rounds),
            halfLoad = half,
            levels = levels.Select(level => level.Shown).ToArray(),
        };
    }

    // What the adapters add to a chain of plain hops at half the load: the difference of the two p99, window by window in turn.
    private static async Task<HalfLoad> AddedAsync(PersonClient client, GcMode gc, HopSizes sizes, double perSecond, TimeSpan window, int rounds)
    {
        await using var chain = await HopPair.StartAsync(gc, sizes, RelaysOfAnExchange);
        await chain.RunAsync(GcConcurrency, window);
        List<double> exchange = [], plain = [], median = [];
        var failed = 0;
        for (var round = 0; round < rounds; round++)
        {
            var whole = await OpenLoop.RunAsync(perSecond, window, async () => (await client.AskAsync()).Ok);
            failed += whole.Failed;
            exchange.Add(whole.Percentile(0.99));
            median.Add(whole.Percentile(0.50));
            plain.Add((await OpenLoop.RunAsync(perSecond, window, chain.AskAsync)).Percentile(0.99));
        }

        return new HalfLoad(Round(perSecond), failed, Round(Median(median)), Round(Median(exchange)), Round(Median(plain)), Round(Median(exchange) - Median(plain)));
    }

    private static async Task<double> RpcToRestAsync(ProcessWorld world, PersonClient rest, PersonRpcClient rpc, TimeSpan window, int rounds)
    {
        await WarmUpAsync(() => rpc.RunAsync(GcConcurrency, window / 2), FirstExchanges / 4);
        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var before = world.Consumer.Cpu;
            var byRest = await rest.RunAsync(GcConcurrency, window);
            var between = world.Consumer.Cpu;
            var byRpc = await rpc.RunAsync(GcConcurrency, window);
            ratios.Add((world.Consumer.Cpu - between).TotalMicroseconds / byRpc.Count / ((between - before).TotalMicroseconds / byRest.Count));
        }

        return Math.Round(Median(ratios), 3);
    }

    // One concurrency: the sides take turns, so that what the machine does beside falls on all of them.
    private static async Task<Level> LevelAsync(ProcessWorld world, PersonClient client, HopPair consumerHops, HopPair providerHops, UnavoidableCosts costs, int concurrency, TimeSpan window, int rounds)
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
        var shown = new
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
        return new Level(concurrency, shown.exchangesPerSecond, shown.consumerCpuToFloor, shown.providerCpuToFloor, shown);
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, string>> GcModes() =>
    [
        new GcMode(Server: false, Concurrent: true).Environment, new GcMode(Server: false, Concurrent: false).Environment,
        new GcMode(Server: true, Concurrent: true).Environment, new GcMode(Server: true, Concurrent: false).Environment,
    ];

    private static IReadOnlyDictionary<string, string> Variables(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

    // The same load under several settings of the runtime; each has adapters of its own, and they take turns.
    private static async Task<object> CompareAsync(string data, string name, IReadOnlyList<IReadOnlyDictionary<string, string>> sets, TimeSpan window, int rounds, double rate)
    {
        var pins = InventedPopulation.Invent(DemonstrationRegister.Population).Select(person => person.Pin).ToArray();
        var worlds = new List<(string Set, ProcessWorld World, PersonClient Client, List<(Window Window, double Consumer, double Provider)> Measured, List<Window> AtRate, StageTimes Stages)>();
        try
        {
            foreach (var set in sets)
            {
                var folder = Directory.CreateDirectory(Path.Combine(data, worlds.Count.ToString(CultureInfo.InvariantCulture))).FullName;
                var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = folder, Environment = set });
                var client = new PersonClient(world.GetPerson, world.Folders.ApiKey, pins);
                worlds.Add((string.Join(',', set.Select(pair => $"{pair.Key}={pair.Value}")), world, client, [], [], new StageTimes()));
                await WarmUpAsync(() => client.RunAsync(GcConcurrency, window / 2), FirstExchanges);
            }

            for (var round = 0; round < rounds; round++)
            {
                foreach (var (_, world, client, measured, atRate, stages) in worlds)
                {
                    var (consumer, provider) = (world.Consumer.Cpu, world.Provider.Cpu);
                    var one = await client.RunAsync(GcConcurrency, window);
                    measured.Add((one, (world.Consumer.Cpu - consumer).TotalMicroseconds / one.Count, (world.Provider.Cpu - provider).TotalMicroseconds / one.Count));
                    if (rate > 0)
                    {
                        await stages.AddAsync(world, -1);
                        atRate.Add(await OpenLoop.RunAsync(rate, window, async () => (await client.AskAsync()).Ok));
                        await stages.AddAsync(world, 1);
                    }
                }
            }

            return new
            {
                benchmark = name,
                machine = Machine.Describe(),
                concurrency = GcConcurrency,
                sets = worlds.Select(entry => new
                {
                    entry.Set,
                    exchangesPerSecond = Round(Median([.. entry.Measured.Select(one => one.Window.PerSecond)])),
                    p50Milliseconds = Round(Median([.. entry.Measured.Select(one => one.Window.Percentile(0.50))])),
                    p99Milliseconds = Round(Median([.. entry.Measured.Select(one => one.Window.Percentile(0.99))])),
                    consumerCpuMicroseconds = Round(Median([.. entry.Measured.Select(one => one.Consumer)])),
                    providerCpuMicroseconds = Round(Median([.. entry.Measured.Select(one => one.Provider)])),
                    consumerMegabytes = Round(Machine.ResidentMegabytes(entry.World.Consumer.Id)),
                    providerMegabytes = Round(Machine.ResidentMegabytes(entry.World.Provider.Id)),
                    ratePerSecond = rate,
                    rateP50Milliseconds = rate > 0 ? Round(Median([.. entry.AtRate.Select(one => one.Percentile(0.50))])) : 0,
                    rateP99Milliseconds = rate > 0 ? Round(Median([.. entry.AtRate.Select(one => one.Percentile(0.99))])) : 0,
                    stageMilliseconds = entry.Stages.Means,
                    stageSlowOfThousand = entry.Stages.Slow,
                }).ToArray(),
            };
        }
        finally
        {
            foreach (var (_, world, client, _, _, _) in worlds)
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

    private sealed record Level(int Concurrency, double ExchangesPerSecond, double ConsumerCpuToFloor, double ProviderCpuToFloor, object Shown);

    /// <param name="PerSecond">Rate of the requests.</param>
    /// <param name="Failed">Requests without an answer.</param>
    /// <param name="P50Milliseconds">Median of whole exchanges.</param>
    /// <param name="P99Milliseconds">p99 of whole exchanges.</param>
    /// <param name="PlainP99Milliseconds">p99 of the same rate through a chain of plain hops.</param>
    /// <param name="Added">The difference of the two.</param>
    private sealed record HalfLoad(double PerSecond, int Failed, double P50Milliseconds, double P99Milliseconds, double PlainP99Milliseconds, double Added);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Tunduk.Adapter.Sandbox.Register;
using Tunduk.Adapter.Tests.Processes;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>What the consumer's adapter spends on an exchange asked by gRPC, to the same asked by REST: windows of both take turns in one run.</summary>
/// <remarks>Options: <c>--concurrency 16</c>, <c>--seconds 4</c>, <c>--rounds 5</c>, <c>--json</c>.</remarks>
internal static class GrpcBenchmark
{
    public static async Task<int> RunAsync(string[] args)
    {
        var concurrency = BenchmarkOptions.Int(args, "--concurrency", 16);
        var window = TimeSpan.FromSeconds(BenchmarkOptions.Int(args, "--seconds", 4));
        var rounds = BenchmarkOptions.Int(args, "--rounds", 5);
        var data = Directory.CreateTempSubdirectory("tunduk-benchmark-").FullName;
        try
        {
            await using var world = await ProcessWorld.StartAsync(new ProcessWorldOptions { Data = data, Consumer = static root => root["Listen"]!["Grpc"] = new JsonObject { ["Address"] = "http://127.0.0.1:0" } });
            var pins = InventedPopulation.Invent(DemonstrationRegister.Population).Select(person => person.Pin).ToArray();
            using var rest = new PersonClient(world.GetPerson, world.Folders.ApiKey, pins);
            using var grpc = new PersonRpcClient(world.Consumer["grpc"], world.Folders.ApiKey, pins);
            for (var i = 0; i < 3; i++)
            {
                await rest.RunAsync(concurrency, window / 2);
                await grpc.RunAsync(concurrency, window / 2);
            }

            List<double> byRest = [], byGrpc = [], ratios = [];
            var failed = 0;
            for (var round = 0; round < rounds; round++)
            {
                byRest.Add(await CostAsync(world, () => rest.RunAsync(concurrency, window)));
                byGrpc.Add(await CostAsync(world, () => grpc.RunAsync(concurrency, window)));
                ratios.Add(byGrpc[^1] / byRest[^1]);
            }

            Console.WriteLine(JsonSerializer.Serialize(new
            {
                benchmark = "grpc",
                machine = Machine.Describe(),
                concurrency,
                rounds,
                failed,
                restCpuMicroseconds = Median(byRest),
                grpcCpuMicroseconds = Median(byGrpc),
                grpcToRest = Median(ratios),
            }));
            return failed == 0 ? 0 : 1;

            async Task<double> CostAsync(ProcessWorld of, Func<Task<Window>> run)
            {
                var before = of.Consumer.Cpu;
                var measured = await run();
                failed += measured.Failed;
                return (of.Consumer.Cpu - before).TotalMicroseconds / measured.Count;
            }
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return Math.Round(values[values.Count / 2], 3);
    }
}

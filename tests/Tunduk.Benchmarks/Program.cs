using Tunduk.Benchmarks.Archive;
using Tunduk.Benchmarks.Contract;
using Tunduk.Benchmarks.Exchange;
using Tunduk.Benchmarks.Filter;
using Tunduk.Benchmarks.Load;
using Tunduk.Benchmarks.Protocol;
using Tunduk.Benchmarks.Signature;

// dotnet run -c Release --project tests/Tunduk.Benchmarks -- NAME [options] [--json]
Dictionary<string, Func<string[], Task<int>>> benchmarks = new(StringComparer.Ordinal)
{
    ["archive"] = ArchiveBenchmark.RunAsync,
    ["connections"] = ConnectionsBenchmark.RunAsync,
    ["contract"] = options => Task.FromResult(ContractBenchmark.Run(options)),
    ["exchange"] = ExchangeBenchmark.RunAsync,
    ["grpc"] = GrpcBenchmark.RunAsync,
    [HopProcess.Name] = HopProcess.RunAsync,
    ["filter"] = options => Task.FromResult(FilterBenchmark.Run(options)),
    ["protocol"] = ProtocolBenchmark.RunAsync,
    ["replay"] = ReplayBenchmark.RunAsync,
    ["search"] = SearchBenchmark.RunAsync,
    ["signature"] = options => Task.FromResult(SignatureBenchmark.Run(options)),
    ["start"] = StartBenchmark.RunAsync,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out Func<string[], Task<int>>? run))
{
    await Console.Error.WriteLineAsync($"Usage: NAME [options] [--json], where NAME is one of: {string.Join(", ", benchmarks.Keys.Where(name => name != HopProcess.Name))}");
    return 2;
}

return await run(args[1..]);

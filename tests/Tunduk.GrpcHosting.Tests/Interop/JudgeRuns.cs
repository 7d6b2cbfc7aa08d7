using System.Diagnostics;

namespace Tunduk.GrpcHosting.Tests.Interop;

/// <summary>Runs each foreign client once, all its cases, against a server that compresses; keeps what it says of each case.</summary>
public sealed class JudgeRuns : IAsyncLifetime
{
    private GrpcTestServer? _server;

    public IReadOnlyDictionary<string, string> Python { get; private set; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Node { get; private set; } = new Dictionary<string, string>();

    public async Task InitializeAsync()
    {
        _server = await GrpcTestServer.StartAsync(options => options.ResponseCompressionAlgorithm = "gzip");
        string judges = Path.Combine(Repository.Root, "tests", "judges", "grpc");
        Task<IReadOnlyDictionary<string, string>> python = RunAsync("/usr/bin/python3", Path.Combine(judges, "judge.py"));
        Task<IReadOnlyDictionary<string, string>> node = RunAsync("/usr/bin/env", "node", Path.Combine(judges, "judge.js"));
        Python = await python;
        Node = await node;
    }

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    private async Task<IReadOnlyDictionary<string, string>> RunAsync(string command, params string[] arguments)
    {
        ProcessStartInfo start = new(command) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[.. arguments, _server!.Address.Port.ToString(), Path.Combine(Repository.Root, "proto")])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["NODE_PATH"] = Path.Combine(Repository.Root, "tests", ".tools", "grpc", "node_modules");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Dictionary<string, string> results = new(StringComparer.Ordinal) { ["stderr"] = await errors };
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split([' ', ':'], 3, StringSplitOptions.RemoveEmptyEntries);
            results[words[1]] = line;
        }

        return results;
    }
}

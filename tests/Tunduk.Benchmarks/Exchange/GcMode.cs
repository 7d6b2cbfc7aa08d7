using System.Text.Json;
using Tunduk.Adapter.Tests.Processes;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>How a process collects garbage.</summary>
/// <param name="Server">Server mode; otherwise workstation.</param>
/// <param name="Concurrent">Collects the oldest generation beside the work.</param>
internal sealed record GcMode(bool Server, bool Concurrent)
{
    /// <summary>As variables, which go before a program's own settings.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["DOTNET_gcServer"] = Server ? "1" : "0",
        ["DOTNET_gcConcurrent"] = Concurrent ? "1" : "0",
    };

    /// <summary>What the adapter is built with.</summary>
    public static GcMode OfAdapter()
    {
        using var settings = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(AdapterProcess.Program, ".runtimeconfig.json")));
        var properties = settings.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        return new GcMode(
            properties.TryGetProperty("System.GC.Server", out var server) && server.GetBoolean(),
            !properties.TryGetProperty("System.GC.Concurrent", out var concurrent) || concurrent.GetBoolean());
    }
}

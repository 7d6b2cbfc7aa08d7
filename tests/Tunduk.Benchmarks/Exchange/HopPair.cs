using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>
/// A plain hop of the same bytes as it falls on an adapter: a relay that takes a request with Kestrel and sends one on
/// with HttpClient, and a sink behind it, each a process with the adapter's mode of the collector. Only the relay's CPU
/// counts: one server's side and one client's side. A longer chain of relays is the way of an exchange without the adapters' work.
/// </summary>
internal sealed class HopPair : IAsyncDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });
    private readonly byte[] request;
    private readonly List<Process> processes;
    private readonly Uri address;

    private HopPair(List<Process> processes, Uri address, int requestBytes)
    {
        this.processes = processes;
        this.address = address;
        request = new byte[requestBytes];
    }

    private Process Relay => processes[^1];

    public static async Task<HopPair> StartAsync(GcMode gc, HopSizes sizes, int relays = 1)
    {
        var (sink, next) = await StartAsync(gc, "sink", "-", 0, sizes.IsAnswered);
        List<Process> processes = [sink];
        for (var i = 0; i < relays; i++)
        {
            (var relay, next) = await StartAsync(gc, "relay", next, sizes.Sends, sizes.Answers);
            processes.Add(relay);
        }

        return new HopPair(processes, new Uri(next), sizes.Takes);
    }

    /// <summary>One request and its answer.</summary>
    public async Task<bool> AskAsync()
    {
        using var content = new ByteArrayContent(request);
        using var response = await http.PostAsync(address, content);
        await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode;
    }

    public async Task<Window> RunAsync(int concurrency, TimeSpan length)
    {
        var before = Cpu();
        var window = await ClosedLoop.RunAsync(concurrency, length, AskAsync);
        return window with { RelayMicroseconds = (Cpu() - before).TotalMicroseconds / window.Count };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        foreach (var process in Enumerable.Reverse(processes))
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private static async Task<(Process Process, string Address)> StartAsync(GcMode gc, string role, string to, int sends, int answers)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Assembly.GetExecutingAssembly().Location, HopProcess.Name, role, to, sends.ToString(CultureInfo.InvariantCulture), answers.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in gc.Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        return (process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The hop's process ended."));
    }

    private TimeSpan Cpu()
    {
        Relay.Refresh();
        return Relay.TotalProcessorTime;
    }
}

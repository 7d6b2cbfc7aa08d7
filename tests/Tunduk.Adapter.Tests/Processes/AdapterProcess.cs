using System.Diagnostics;
using System.Text.Json;

namespace Tunduk.Adapter.Tests.Processes;

/// <summary>
/// The adapter's own program as a process: an adapter or a part of the sandbox. It is ready when it has written one line
/// of JSON with its addresses.
/// </summary>
internal sealed class AdapterProcess : IAsyncDisposable
{
    private const int KeptErrorLines = 200;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(3);
    private readonly Process process;
    private readonly Queue<string> errors = new();
    private bool disposed;

    private AdapterProcess(Process process) => this.process = process;

    /// <summary>The program beside the tests: the build they were built with.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "tunduk-adapter.dll");

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>CPU time of the process so far, user and system.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>What the process wrote when it was ready.</summary>
    public IReadOnlyDictionary<string, string?> Ready { get; private set; } = new Dictionary<string, string?>();

    /// <summary>Its last log lines.</summary>
    public string Errors
    {
        get
        {
            lock (errors)
            {
                return string.Join('\n', errors);
            }
        }
    }

    public Uri this[string address] => new(Ready[address] ?? throw new InvalidOperationException($"There is no address {address}."));

    /// <summary>Starts a process and waits until it is ready.</summary>
    /// <param name="arguments">Its command line.</param>
    /// <param name="environment">Variables beside those of the tests.</param>
    /// <param name="program">Another build than the one beside the tests.</param>
    /// <param name="openFiles">How many files and sockets it may have open; null: as many as the tests may.</param>
    public static async Task<AdapterProcess> StartAsync(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? program = null, int? openFiles = null)
    {
        var started = Start(arguments, environment, program ?? Program, openFiles);
        try
        {
            using var deadline = new CancellationTokenSource(StartDeadline);
            var line = await started.process.StandardOutput.ReadLineAsync(deadline.Token);
            if (line is null)
            {
                await started.process.WaitForExitAsync(deadline.Token);
                throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {started.process.ExitCode} before it was ready:\n{started.Errors}");
            }

            started.Ready = JsonSerializer.Deserialize<Dictionary<string, string?>>(line)!;
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins a command whose output nobody reads.</summary>
    public static AdapterProcess Begin(params string[] arguments) => Start(arguments, environment: null, Program);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        await using var run = Start(arguments, environment: null, Program);
        var output = await run.process.StandardOutput.ReadToEndAsync();
        await run.process.WaitForExitAsync();
        return (run.process.ExitCode, output + run.Errors);
    }

    /// <summary>Starts a process and sends it SIGTERM or SIGINT once it has used so much CPU time: somewhere in its start. Its exit code and what it wrote.</summary>
    public static async Task<(int Code, string Errors)> StopDuringStartAsync(string signal, TimeSpan after, params string[] arguments)
    {
        await using var started = Start(arguments, environment: null, Program);
        var ready = started.process.StandardOutput.ReadLineAsync();
        using var deadline = new CancellationTokenSource(StartDeadline);
        while (!ready.IsCompleted && started.Cpu < after)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        }

        await started.SignalAsync(signal);
        return (started.ExitCode, started.Errors);
    }

    /// <summary>SIGKILL: nothing is flushed, no handler runs.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>SIGHUP, and nothing more.</summary>
    public async Task HangUpAsync()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -HUP {process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGQUIT, and waits for the end.</summary>
    public Task QuitAsync() => SignalAsync("QUIT");

    /// <summary>SIGTERM, and waits for the end.</summary>
    public Task StopAsync() => SignalAsync("TERM");

    private async Task SignalAsync(string signal)
    {
        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        using var deadline = new CancellationTokenSource(StartDeadline);
        await process.WaitForExitAsync(deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    // A script that starts the tests in the background leaves them with SIGINT ignored, and a child inherits that. A service has no terminal.
    private static AdapterProcess Start(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment, string program, int? openFiles = null)
    {
        IEnumerable<string> bounded = openFiles is { } most ? ["prlimit", $"--nofile={most}"] : [];
        var start = new ProcessStartInfo("env", ["--default-signal=INT,TERM,HUP,QUIT", .. bounded, "dotnet", "exec", program, .. arguments]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var started = new AdapterProcess(new Process { StartInfo = start });
        started.process.ErrorDataReceived += (_, line) => started.Keep(line.Data);
        started.process.Start();
        started.process.BeginErrorReadLine();
        return started;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (errors)
            {
                errors.Enqueue(line);
                if (errors.Count > KeptErrorLines)
                {
                    errors.Dequeue();
                }
            }
        }
    }
}

using System.CommandLine;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Telemetry;

namespace Tunduk.Adapter.Cli;

/// <summary><c>run</c>: the adapter, until SIGTERM, SIGINT or SIGQUIT.</summary>
internal static class RunCommand
{
    public const string Name = "run";

    /// <summary>How long SIGTERM or SIGINT may take in all: the drain, the last checkpoint with its time-stamp. Under the unit's TimeoutStopSec.</summary>
    public static readonly TimeSpan Termination = TimeSpan.FromSeconds(145);

    // SecurityServer:TotalTimeout as it is by default: an exchange that may take longer is cut off, and the next start gives it its end.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(125);

    public static Command Create()
    {
        var config = Commands.ConfigOption();
        var ready = new Option<bool>("--print-addresses") { Description = Phrases.Of("Cli.PrintLineJsonBound") };
        var command = new Command(Name, Phrases.Of("Cli.RunAdapter")) { config, ready };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config)!, parsed.GetValue(ready), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string config, bool printAddresses, CancellationToken cancellationToken)
    {
        var faults = AdapterConfiguration.Load(config, out var configuration);
        if (configuration is null)
        {
            Report(faults);
            return Output.NotOk;
        }

        using var logs = AdapterLogging.Create(configuration.Options.Telemetry, configuration.Resolve);
        using var stop = new StopSignals(cancellationToken);
        AdapterHost? host;
        IReadOnlyList<SettingFault> startFaults;
        try
        {
            (host, startFaults) = await AdapterHost.StartAsync(configuration, logs, TimeProvider.System, copies: null, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine(Phrases.Of("Cli.AdapterStoppedBeforeReady"));
            return Output.Ok;
        }

        if (host is null)
        {
            Report(startFaults);
            return Output.NotOk;
        }

        await using (host)
        {
            if (printAddresses)
            {
                Output.Line(host.AddressesAsJson());
            }

            var stopped = new TaskCompletionSource();
            await using (stop.Token.Register(stopped.SetResult))
            {
                await stopped.Task;
            }

            using var deadline = new CancellationTokenSource(Drain);
            await host.StopAsync(deadline.Token);
        }

        return Output.Ok;
    }

    private static void Report(IReadOnlyList<SettingFault> faults)
    {
        Console.Error.WriteLine(faults.Count == 1 ? Phrases.Of("Cli.AdapterDoesNotStart") : Phrases.Of("Cli.AdapterDoesNotStartFaults", faults.Count));
        foreach (var fault in faults)
        {
            Console.Error.WriteLine($"  {fault}");
        }
    }
}

using System.CommandLine;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Cli;

/// <summary>
/// <c>archive succeed</c>: the way out when the newest database is lost (<c>archive_rolled_back</c>). The old log is closed
/// for ever; the new one begins with an entry that names its last checkpoint, the lost range and the reason.
/// </summary>
internal static class ArchiveSucceedCommand
{
    public static Command Create()
    {
        var config = Commands.ConfigOption();
        var reason = new Option<string>("--reason") { Description = "Why the log is closed; it stands in the new log for ever and must name no person.", Required = true };
        var json = Commands.JsonOption();
        var command = new Command("succeed", "Close a log whose newest database is lost, and begin a new one. The adapter must not run.") { config, reason, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config)!, parsed.GetValue(reason)!, parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string file, string reason, bool json, CancellationToken cancellationToken)
    {
        var faults = new List<SettingFault>(AdapterConfiguration.Load(file, out var configuration));
        using var keys = configuration is null ? null : SigningKeys.Load(configuration.Options, configuration.Resolve, faults);
        if (configuration is null || keys is null)
        {
            faults.ForEach(fault => Console.Error.WriteLine(fault));
            return Output.WrongUse;
        }

        var opening = await ArchiveSetup.SucceedAsync(configuration, keys, TimeProvider.System, reason, cancellationToken);
        if (!opening.Ok)
        {
            Console.Error.WriteLine($"{opening.Fault.Name}: {opening.Fault.Detail} {opening.Fault.Remedy}");
            return Output.NotOk;
        }

        await using (opening.Archive)
        {
            if (json)
            {
                Output.Json(new { log = opening.Archive.Log.ToString(), size = opening.Archive.Status.Size });
            }
            else
            {
                Output.Line($"The old log is closed. The new log {opening.Archive.Log} begins with the entry that says so.");
            }
        }

        return Output.Ok;
    }
}

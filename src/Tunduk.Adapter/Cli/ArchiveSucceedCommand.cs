using System.CommandLine;
using Tunduk.Adapter.Hosting;

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
        var reason = new Option<string>("--reason") { Description = Phrases.Of("Cli.WhyLogClosedStands"), Required = true };
        var json = Commands.JsonOption();
        var command = new Command("succeed", Phrases.Of("Cli.CloseLogWhoseNewest")) { config, reason, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config)!, parsed.GetValue(reason)!, parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(string file, string reason, bool json, CancellationToken cancellationToken) => StoppedArchive.ChangeAsync(
        file,
        (configuration, keys) => ArchiveSetup.SucceedAsync(configuration, keys, TimeProvider.System, reason, cancellationToken),
        archive =>
        {
            if (json)
            {
                Output.Json(new { log = archive.Log.ToString(), size = archive.Status.Size });
            }
            else
            {
                Output.Line(Phrases.Of("Cli.OldLogClosedNew", archive.Log));
            }

            return Task.FromResult<Tunduk.Archive.ArchiveFault?>(null);
        });
}

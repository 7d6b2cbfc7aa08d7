using System.CommandLine;
using Tunduk.Adapter.Hosting;

namespace Tunduk.Adapter.Cli;

/// <summary>
/// <c>archive seal</c>: wraps the keys of everything that is left of an epoch anew and destroys the old epoch key, so that what was erased
/// cannot be opened from an older backup either.
/// </summary>
internal static class ArchiveSealCommand
{
    public static Command Create()
    {
        var config = Commands.ConfigOption();
        var epoch = new Option<int>("--epoch") { Description = "Number of the epoch, as in the names of the key files.", Required = true };
        var json = Commands.JsonOption();
        var command = new Command("seal", "Destroy an epoch's key after wrapping what is left of the epoch anew. The adapter must not run.") { config, epoch, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config)!, parsed.GetValue(epoch), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static Task<int> RunAsync(string file, int epoch, bool json, CancellationToken cancellationToken) => StoppedArchive.ChangeAsync(
        file,
        (configuration, keys) => ArchiveSetup.OpenAsync(configuration, keys, TimeProvider.System, cancellationToken),
        async archive =>
        {
            var result = await archive.SealEpochAsync(epoch, cancellationToken);
            if (result.Fault is not null)
            {
                return result.Fault;
            }

            if (json)
            {
                Output.Json(new { epoch, survivors = result.Survivors, destroyedAt = result.DestroyedAt, entry = result.Entry?.ToString() });
            }
            else
            {
                Output.Line($"Epoch {epoch} is sealed: {result.Survivors} records were kept. No copy of the database from before {result.DestroyedAt:u} can be opened with today's keys; a copy of the key folder from before still can.");
            }

            return null;
        });
}

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
        var epoch = new Option<int>("--epoch") { Description = Phrases.Of("Cli.NumberEpochNamesKey"), Required = true };
        var json = Commands.JsonOption();
        var command = new Command("seal", Phrases.Of("Cli.DestroyEpochKeyAfter")) { config, epoch, json };
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
                Output.Line(Phrases.Of("Cli.EpochSealedRecordsKept", epoch, result.Survivors, result.DestroyedAt));
            }

            return null;
        });
}

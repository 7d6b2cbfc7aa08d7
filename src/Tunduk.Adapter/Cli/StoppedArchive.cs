using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;

namespace Tunduk.Adapter.Cli;

/// <summary>What a command changes in the archive of an adapter that does not run.</summary>
internal static class StoppedArchive
{
    /// <summary>Opens the archive, lets the command work and says what stood in the way; the exit code.</summary>
    /// <param name="file">The configuration.</param>
    /// <param name="open">How it is opened.</param>
    /// <param name="work">The command's own part; a fault of the archive, or null.</param>
    public static async Task<int> ChangeAsync(string file, Func<AdapterConfiguration, SigningKeys, Task<ArchiveOpening>> open, Func<IArchive, Task<ArchiveFault?>> work)
    {
        var faults = new List<SettingFault>(AdapterConfiguration.Load(file, out var configuration));
        using var keys = configuration is null ? null : SigningKeys.Load(configuration.Options, configuration.Resolve, faults);
        if (configuration is null || keys is null)
        {
            faults.ForEach(fault => Console.Error.WriteLine(fault));
            return Output.WrongUse;
        }

        var opening = await open(configuration, keys);
        if (!opening.Ok)
        {
            return Tell(opening.Fault);
        }

        await using var archive = opening.Archive;
        return await work(archive) is { } fault ? Tell(fault) : Output.Ok;
    }

    private static int Tell(ArchiveFault fault)
    {
        Console.Error.WriteLine($"{fault.Name}: {fault.Detail} {fault.Remedy}");
        return Output.NotOk;
    }
}

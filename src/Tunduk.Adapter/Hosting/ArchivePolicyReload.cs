using Tunduk.Adapter.Configuration;
using Tunduk.Archive;

namespace Tunduk.Adapter.Hosting;

/// <summary>
/// What of the archive's settings follows the configuration while it is open: checkpoints, time-stamps, anchors, the clock's bounds, the room and the standby.
/// </summary>
/// <remarks>
/// Not where it lies, by which keys and under which name: that names another archive, and one has to be closed, with a last checkpoint, before
/// another is opened.
/// </remarks>
internal sealed class ArchivePolicyReload(IArchive archive) : IReloadable
{
    private static readonly string[] Taken =
    [
        nameof(Configuration.ArchiveOptions.CheckpointInterval), nameof(Configuration.ArchiveOptions.CheckpointEntries), nameof(Configuration.ArchiveOptions.ClockAlarm),
        nameof(Configuration.ArchiveOptions.ClockRefusal), nameof(Configuration.ArchiveOptions.Capacity), nameof(Configuration.ArchiveOptions.RequireStandby), nameof(Configuration.ArchiveOptions.AnchorFile), nameof(Configuration.ArchiveOptions.Anchors),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings { get; } = [.. Taken.Select(name => $"{nameof(AdapterOptions.Archive)}:{name}")];

    /// <inheritdoc/>
    public bool IsBroken => false;

    /// <inheritdoc/>
    public IEnumerable<string> Files(AdapterConfiguration configuration) =>
        configuration.Options.Archive.Anchors.SelectMany(anchor => anchor.Authorities.Append(anchor.TokenFile)).OfType<string>().Select(configuration.Resolve);

    /// <inheritdoc/>
    public Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults)
    {
        if (ArchiveSetup.Policy(changed, faults) is not { } policy)
        {
            return null;
        }

        if (policy.Validate() is { } fault)
        {
            faults.Add(new SettingFault(nameof(AdapterOptions.Archive), fault.Detail, fault.Remedy));
            return null;
        }

        return new Reload(() => archive.Take(policy), static () => { });
    }
}

using Tunduk.Archive.Publishing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>Checks all settings and reports every fault at once.</summary>
internal static class ArchiveOptionsValidator
{
    public static ArchiveFault? Validate(ArchiveOptions options, bool needsFolder)
    {
        List<string> faults = [];
        string folder = needsFolder ? Full(options.Folder, nameof(options.Folder), faults) : "";
        string head = Full(options.HeadFolder, nameof(options.HeadFolder), faults);
        string keys = Full(options.KeyFolder, nameof(options.KeyFolder), faults);
        if (folder.Length > 0 && (Inside(head, folder) || Inside(keys, folder)))
        {
            faults.Add(Phrases.Of("Archive.HeadFolderKeyFolderMustNot"));
        }

        if (string.IsNullOrWhiteSpace(options.MasterKeyFile))
        {
            faults.Add(Phrases.Of("Archive.MasterKeyFileNotSet"));
        }

        if (!CheckpointNote.IsOrigin(options.OriginPrefix) || options.OriginPrefix.Length > 400)
        {
            faults.Add(Phrases.Of("Archive.OriginPrefixMust1400"));
        }

        Check(LogArchive.PolicyOf(options), faults);
        Range(options.IdleCheckpointInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), nameof(options.IdleCheckpointInterval), faults);
        Range(options.HeadInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(options.HeadInterval), faults);
        Range(options.HeadLag, options.HeadInterval, TimeSpan.FromHours(1), nameof(options.HeadLag), faults);
        Range(options.EpochLength, TimeSpan.FromDays(1), TimeSpan.FromDays(366), nameof(options.EpochLength), faults);
        Range(options.MaxClockStepBack, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(options.MaxClockStepBack), faults);
        Range(options.ReopenDelay, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(options.ReopenDelay), faults);
        Range(options.MaxBatch, 1, 10_000, nameof(options.MaxBatch), faults);
        Range(options.MaxQueue, 1, 1_000_000, nameof(options.MaxQueue), faults);
        Range(options.AnswerReserve, 0, long.MaxValue, nameof(options.AnswerReserve), faults);
        return Fault(faults);
    }

    /// <summary>What is wrong with settings that are to be taken by an open archive.</summary>
    public static ArchiveFault? Validate(ArchivePolicy policy)
    {
        List<string> faults = [];
        Check(policy, faults);
        return Fault(faults);
    }

    private static void Check(ArchivePolicy policy, List<string> faults)
    {
        Range(policy.CheckpointInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(policy.CheckpointInterval), faults);
        Range(policy.CheckpointEntries, 1, 1_000_000, nameof(policy.CheckpointEntries), faults);
        Range(policy.TimestampInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), nameof(policy.TimestampInterval), faults);
        Range(policy.ClockAlarm, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(policy.ClockAlarm), faults);
        Range(policy.ClockRefusal, policy.ClockAlarm, TimeSpan.FromDays(1), nameof(policy.ClockRefusal), faults);
        faults.AddRange(policy.Anchors.SelectMany(Anchors.Faults));
    }

    private static ArchiveFault? Fault(List<string> faults) =>
        faults.Count == 0 ? null : new ArchiveFault(ArchiveFaultCode.ArchiveSettings, string.Join("; ", faults), Phrases.Of("Archive.CorrectSettingsArchive"));

    private static string Full(string path, string name, List<string> faults)
    {
        if (!string.IsNullOrWhiteSpace(path))
        {
            return Path.GetFullPath(path);
        }

        faults.Add(Phrases.Of("Archive.NotSet", name));
        return "";
    }

    private static bool Inside(string path, string folder) =>
        path.Length > 0 && (path + Path.DirectorySeparatorChar).StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void Range<T>(T value, T min, T max, string name, List<string> faults)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0)
        {
            faults.Add(Phrases.Of("Archive.Must", name, value, min, max));
        }
    }
}

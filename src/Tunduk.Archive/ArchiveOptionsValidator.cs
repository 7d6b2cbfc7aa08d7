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

        Range(options.CheckpointInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), nameof(options.CheckpointInterval), faults);
        Range(options.IdleCheckpointInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), nameof(options.IdleCheckpointInterval), faults);
        Range(options.TimestampInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), nameof(options.TimestampInterval), faults);
        Range(options.ClockAlarm, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(options.ClockAlarm), faults);
        Range(options.ClockRefusal, options.ClockAlarm, TimeSpan.FromDays(1), nameof(options.ClockRefusal), faults);
        Range(options.HeadInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(options.HeadInterval), faults);
        Range(options.EpochLength, TimeSpan.FromDays(1), TimeSpan.FromDays(366), nameof(options.EpochLength), faults);
        Range(options.MaxClockStepBack, TimeSpan.Zero, TimeSpan.FromDays(1), nameof(options.MaxClockStepBack), faults);
        Range(options.ReopenDelay, TimeSpan.Zero, TimeSpan.FromMinutes(10), nameof(options.ReopenDelay), faults);
        Range(options.CheckpointEntries, 1, 1_000_000, nameof(options.CheckpointEntries), faults);
        Range(options.MaxBatch, 1, 10_000, nameof(options.MaxBatch), faults);
        Range(options.MaxQueue, 1, 1_000_000, nameof(options.MaxQueue), faults);
        Range(options.AnswerReserve, 0, long.MaxValue, nameof(options.AnswerReserve), faults);
        faults.AddRange(options.Anchors.SelectMany(Anchors.Faults));
        return faults.Count == 0 ? null : new ArchiveFault(ArchiveFaultCode.ArchiveSettings, string.Join("; ", faults), Phrases.Of("Archive.CorrectSettingsArchive"));
    }

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

using System.Globalization;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>Entries that a log lost and that the first entry of its successor names (proto/ENTRY-FORMAT.md §2).</summary>
/// <param name="Log">The log that lost them.</param>
/// <param name="First">First lost index.</param>
/// <param name="Last">Last lost index.</param>
/// <param name="Said">The entry that says so.</param>
/// <param name="Reason">Why, in the words of who closed the log.</param>
internal sealed record LostRange(LogId Log, long First, long Last, RecordId Said, string Reason)
{
    /// <summary>Whether a checkpoint of this size needs an entry that is lost.</summary>
    public bool Covers(long size) => size > First && size <= Last + 1;

    /// <summary>Null when the first entry of a log names no lost entries.</summary>
    public static LostRange? Parse(byte[]? firstLeaf)
    {
        if (firstLeaf is null || !EntryDecoder.TryDecode(firstLeaf, out LogEntry? entry, out _) || entry!.Index != 0 || entry.Code != "log_begun" || entry.Subject is not { } subject)
        {
            return null;
        }

        string[] lines = subject.Split('\n');
        string? range = Value("lost ");
        int dash = range?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        return dash > 0 && LogId.TryParse(Value("succeeds "), out LogId log)
            && long.TryParse(range.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            && long.TryParse(range.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long last)
            ? new LostRange(log, first, last, new RecordId(entry.Log, 0), Value("reason ") ?? "")
            : null;

        string? Value(string name) => Array.Find(lines, l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
    }

    public override string ToString() => Phrases.Of("Verification.EntriesLogLostSays", First, Last, Log, Said, Reason);
}

using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>An entry as it stands in the log.</summary>
/// <param name="Record">Its id.</param>
/// <param name="Entry">The decoded leaf.</param>
/// <param name="End">For a request: the entry that ended it, if it has one.</param>
public sealed record ArchiveEntry(RecordId Record, LogEntry Entry, RecordId? End);

using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>Who has a claimed name already.</summary>
/// <param name="Kind">The claim's kind.</param>
/// <param name="Record">The entry that holds it.</param>
/// <param name="End">The entry that ended that request; null while it is in progress.</param>
/// <param name="EndKind">Kind of that end.</param>
public sealed record ClaimState(string Kind, RecordId Record, RecordId? End, EntryKind? EndKind);

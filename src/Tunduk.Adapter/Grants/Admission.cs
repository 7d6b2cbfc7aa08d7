using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Grants;

/// <summary>A look that was admitted and is in the log.</summary>
/// <param name="Grant">The one grant it is under; null for operations, who see codes and names only.</param>
/// <param name="Depth">How deep it goes.</param>
/// <param name="Access">Its entry.</param>
/// <param name="Approver">The second person, where one was needed.</param>
internal sealed record Admission(Grant? Grant, GrantDepth Depth, RecordId Access, string? Approver)
{
    /// <summary>Whether an entry may be shown.</summary>
    public bool Covers(LogEntry entry) => Grant is null || Grant.Covers(entry);
}

namespace Tunduk.Evidence.Log;

/// <summary>Codes of the entries that the archive writes about itself, by kind (proto/ENTRY-FORMAT.md §2). Entries of exchanges carry outcomes and refusals instead.</summary>
public static class EntryCodes
{
    /// <summary>Nobody answered for a request that a crash left without an end.</summary>
    public const string OutcomeUnknown = "outcome_unknown";

    /// <summary>An answer was given once more to a repeated request.</summary>
    public const string Repeated = "repeated";

    /// <summary>The security server's operational data were asked for.</summary>
    public const string OperationalData = "operational-data";

    public const string Purge = "purge";
    public const string HoldPlaced = "hold_placed";
    public const string HoldReleased = "hold_released";
    public const string Erase = "erase";
    public const string EraseFields = "erase_fields";

    /// <summary>Looks for a person lost the value that was searched for.</summary>
    public const string EraseSearched = "erase_searched";

    /// <summary>A restored copy still held what had been erased, or a crash cut an erasure off.</summary>
    public const string ErasureReplayed = "erasure_replayed";

    public const string CheckpointKey = "checkpoint_key";
    public const string EpochSealed = "epoch_sealed";
    public const string LogBegun = "log_begun";

    /// <summary>Settings changed while the adapter ran and were taken.</summary>
    public const string Taken = "taken";

    public const string TimeStamp = "time_stamp";

    private static readonly string[] Acts = ["search", "show", "explain", "export", "hold", "erase", "purge"];

    /// <summary>Every code of a kind that no exchange has; a look that was denied has the code of the denial, a request that was left without an end that of why.</summary>
    public static IReadOnlyDictionary<EntryKind, IReadOnlyList<string>> Own { get; } = new Dictionary<EntryKind, IReadOnlyList<string>>
    {
        [EntryKind.OutcomeUnknown] = [OutcomeUnknown],
        [EntryKind.ArchiveAccess] = [.. Acts, OperationalData, Repeated],
        [EntryKind.Approval] = Acts,
        [EntryKind.RetentionRun] = [Purge],
        [EntryKind.Hold] = [HoldPlaced, HoldReleased],
        [EntryKind.Erasure] = [Erase, EraseFields, EraseSearched, ErasureReplayed],
        [EntryKind.KeyChange] = [CheckpointKey, EpochSealed],
        [EntryKind.ConfigurationChange] = [LogBegun, Taken, "PutInForce", "Withdrawn", "KeptLastGood", "Blocked", "Suspended", "Resumed"],
        [EntryKind.CheckpointEvidence] = [TimeStamp],
    };
}

namespace Tunduk.Adapter.Retention;

/// <summary>What a purge did, or would do.</summary>
internal sealed record PurgeReport
{
    /// <summary>False: nothing was erased, this is what would be.</summary>
    public required bool Executed { get; init; }

    /// <summary>Version of the archiving list the terms come from, who confirmed it and on what basis.</summary>
    public required string List { get; init; }

    public required string ConfirmedBy { get; init; }

    public required string Basis { get; init; }

    /// <summary>For each rule: records whose term is over.</summary>
    public required IReadOnlyDictionary<string, long> Due { get; init; }

    /// <summary>Of these, under a legal hold: they stay.</summary>
    public long Held { get; init; }

    /// <summary>Old records that no rule names: they stay.</summary>
    public long WithoutRule { get; init; }

    /// <summary>Records that lost their sealed part.</summary>
    public long Erased { get; init; }

    /// <summary>The entries that say so.</summary>
    public IReadOnlyList<string> Entries { get; init; } = [];

    /// <summary>Whether the store's own files hold no trace of what was erased any more, and the room is the volume's again; null where nothing was erased.</summary>
    public bool? FilesClean { get; init; }

    /// <summary>Why it stopped before the end; what was erased stays erased, and the purge can be run again.</summary>
    public string? Stopped { get; init; }
}

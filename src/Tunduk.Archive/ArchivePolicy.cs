namespace Tunduk.Archive;

/// <summary>What of an archive's settings may change while it is open (<see cref="IArchive.Take"/>): when checkpoints are made, where they go, how far the clock may be off, how much room there is.</summary>
public sealed record ArchivePolicy
{
    /// <summary><see cref="ArchiveOptions.CheckpointInterval"/>.</summary>
    public required TimeSpan CheckpointInterval { get; init; }

    /// <summary><see cref="ArchiveOptions.CheckpointEntries"/>.</summary>
    public required int CheckpointEntries { get; init; }

    /// <summary><see cref="ArchiveOptions.TimestampInterval"/>.</summary>
    public required TimeSpan TimestampInterval { get; init; }

    /// <summary><see cref="ArchiveOptions.ClockAlarm"/>.</summary>
    public required TimeSpan ClockAlarm { get; init; }

    /// <summary><see cref="ArchiveOptions.ClockRefusal"/>.</summary>
    public required TimeSpan ClockRefusal { get; init; }

    /// <summary><see cref="ArchiveOptions.AnchorFiles"/>.</summary>
    public IReadOnlyList<string> AnchorFiles { get; init; } = [];

    /// <summary><see cref="ArchiveOptions.Anchors"/>.</summary>
    public IReadOnlyList<AnchorOptions> Anchors { get; init; } = [];

    /// <summary><see cref="PostgresOptions.Capacity"/>; the embedded store has none.</summary>
    public long? Capacity { get; init; }

    /// <summary><see cref="PostgresOptions.RequireStandby"/>; the embedded store has none.</summary>
    public bool RequireStandby { get; init; }

    /// <summary>What is wrong with the settings; null when nothing is.</summary>
    public ArchiveFault? Validate() => ArchiveOptionsValidator.Validate(this);
}

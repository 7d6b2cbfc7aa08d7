using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>The answer to an append. Only <see cref="AppendOutcome.Appended"/> means that the entry is durable.</summary>
public sealed record AppendResult
{
    public required AppendOutcome Outcome { get; init; }

    /// <summary>The entry; with <see cref="AppendOutcome.AlreadyEnded"/> the end that exists.</summary>
    public RecordId? Record { get; init; }

    /// <summary>The entry's time as the log wrote it.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The holder of a claimed name: with <see cref="AppendOutcome.Claimed"/>, and with <see cref="AppendOutcome.Appended"/> where the claim was not exclusive.</summary>
    public ClaimState? Existing { get; init; }

    /// <summary>Why it failed.</summary>
    public ArchiveFault? Fault { get; init; }

    public bool IsDurable => Outcome == AppendOutcome.Appended;
}

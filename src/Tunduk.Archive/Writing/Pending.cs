using Tunduk.Archive.Sealing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

/// <summary>One append (or one checkpoint to store) that waits for the writer.</summary>
internal sealed class Pending
{
    public PreparedDraft? Prepared { get; init; }
    public SignedCheckpoint? Checkpoint { get; init; }
    public TaskCompletionSource<AppendResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What to answer once the batch is durable.</summary>
    public AppendResult? Result { get; set; }

    /// <summary>An end: it has room when everything else is refused, and is tried again after the volume was full.</summary>
    public bool IsEnd => Prepared is { Draft: { Link: not null, Kind: EntryKind.Response or EntryKind.Refusal or EntryKind.OutcomeUnknown } };

    public void Fail(ArchiveFault fault) => Done.TrySetResult(new AppendResult { Outcome = AppendOutcome.Failed, Fault = fault });
}

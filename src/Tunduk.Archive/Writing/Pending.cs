using Tunduk.Archive.Sealing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Writing;

/// <summary>One append, or other work on the store, that waits for the writer.</summary>
internal sealed class Pending
{
    private readonly TaskCompletionSource<AppendResult> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PreparedDraft? Prepared { get; init; }
    public SignedCheckpoint? Checkpoint { get; init; }

    /// <summary>Committed together with the entry that says so.</summary>
    public IReadOnlyList<StoreErasure> Erasures { get; init; } = [];
    public JournalMark? Journal { get; init; }

    /// <summary>Record keys to store anew; an item without an entry. Empty: the item is done when everything before it is.</summary>
    public IReadOnlyList<StoreRewrap>? Rewraps { get; init; }

    /// <summary>Clean the store's files once the batch is durable; true: thoroughly.</summary>
    public bool? ScrubDeep { get; init; }

    /// <summary>Whether the cleaning was complete.</summary>
    public ScrubState Scrubbed { get; set; }

    /// <summary>What it was answered.</summary>
    public Task<AppendResult> Answered => answered.Task;

    /// <summary>What to answer once the batch is durable.</summary>
    public AppendResult? Result { get; set; }

    /// <summary>An end: it has room when everything else is refused, and is tried again after the volume was full.</summary>
    public bool IsEnd => Prepared is { Template: { Link: not null, Kind: EntryKind.Response or EntryKind.Refusal or EntryKind.OutcomeUnknown } };

    /// <summary>Stored, or not and never: whoever waits is told, and the sealed bytes are done with. Only the first answer counts.</summary>
    public void Answer(AppendResult result)
    {
        if (answered.TrySetResult(result))
        {
            Prepared?.Seal?.Release();
        }
    }

    /// <summary>Answers that it is not stored.</summary>
    public void Fail(ArchiveFault fault) => Answer(new AppendResult { Outcome = AppendOutcome.Failed, Fault = fault });
}

using Tunduk.Archive.Stores;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>
/// The checkpoint keys a log names one after the other, and which of them count: those given from outside, and those that such a one
/// vouches for, because it signed the change to its successor or accepted the change from its predecessor.
/// </summary>
internal sealed class NamedKeys
{
    private readonly List<(long Index, LogKey Key, bool Linked)> keys = [];
    private readonly bool[] counts;
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> trusted;

    public NamedKeys(IStoreReader reader, LogRow log, VerifyOptions options, VerifyTally tally)
    {
        trusted = options.TrustedKeys;
        foreach (byte[] leaf in reader.KeyLeaves(log))
        {
            if (EntryDecoder.TryDecode(leaf, out LogEntry? entry, out _) && LogKey.NamedBy(entry!) is { } key)
            {
                keys.Add((entry!.Index, key, Judge(log, entry, tally)));
            }
        }

        counts = [.. keys.Select(named => trusted.Count == 0 || trusted.Any(key => key.Span.SequenceEqual(named.Key.PublicKey.Span)))];
        for (int i = 1; i < counts.Length; i++)
        {
            counts[i] |= counts[i - 1] && keys[i].Linked;
        }

        for (int i = counts.Length - 1; i > 0; i--)
        {
            counts[i - 1] |= counts[i] && keys[i].Linked;
        }
    }

    /// <summary>Whether a key signed the checkpoint that counts: one given from outside, or the one in force for its size.</summary>
    public bool Signed(SignedCheckpoint note)
    {
        int inForce = keys.FindLastIndex(named => named.Index < note.Size);
        return (inForce >= 0 && counts[inForce] && CheckpointNote.Verify(note, keys[inForce].Key.PublicKey.Span)) || trusted.Any(key => CheckpointNote.Verify(note, key.Span));
    }

    private bool Judge(LogRow log, LogEntry entry, VerifyTally tally)
    {
        if (KeyChange.Of(entry) is not { } change)
        {
            return false;
        }

        KeyChangeVerdict verdict = change.Verify(log.Origin, keys.Count == 0 ? null : keys[^1].Key);
        RecordId record = new(entry.Log, entry.Index);
        if (verdict == KeyChangeVerdict.Wrong)
        {
            tally.Fail(record, "key_change_signature", Phrases.Of("Verification.ChangeCheckpointKeyCarries"));
        }
        else if (verdict == KeyChangeVerdict.Unsigned)
        {
            tally.Notices.Enqueue(Phrases.Of("Verification.FromEntryAnotherKey", entry.Index, record));
        }

        return verdict == KeyChangeVerdict.Signed;
    }
}

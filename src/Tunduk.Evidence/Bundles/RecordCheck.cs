using System.Security.Cryptography;
using System.Text;
using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>Checks one record against its log's checkpoint and its shown values against its entry. Writer and verifier use the same.</summary>
internal sealed class RecordCheck(Action<BundleFinding> fail)
{
    /// <summary>Values shown that fit.</summary>
    public long Values { get; private set; }

    /// <summary>Leaves that are not shown.</summary>
    public long Withheld { get; private set; }

    /// <summary>Decodes the leaf and leads it to the checkpoint's root; null when the leaf itself is none.</summary>
    public LogEntry? Entry(BundledRecord record, RecordId id, SignedCheckpoint checkpoint)
    {
        if (!EntryDecoder.TryDecode(record.Leaf, out LogEntry? entry, out string? error))
        {
            fail(new BundleFinding("leaf_malformed", Phrases.Of("Bundles.EntryDoesNotDecode", error), record.Record));
            return null;
        }

        if (entry!.Log != id.Log || entry.Index != id.Index)
        {
            fail(new BundleFinding("leaf_moved", Phrases.Of("Bundles.EntrySays", new RecordId(entry.Log, entry.Index)), record.Record));
        }

        LogHash[] path = new LogHash[record.Proof.Count];
        for (int i = 0; i < path.Length; i++)
        {
            if (record.Proof[i].Length != LogHash.Size)
            {
                fail(new BundleFinding("proof_malformed", Phrases.Of("Bundles.HashProofNot32"), record.Record));
                return entry;
            }

            path[i] = new LogHash(record.Proof[i]);
        }

        if (!MerkleProof.VerifyInclusion(MerkleHash.Leaf(record.Leaf), id.Index, checkpoint.Size, path, checkpoint.Root))
        {
            fail(new BundleFinding("proof_wrong", Phrases.Of("Bundles.ProofDoesNotLead", checkpoint.Size), record.Record));
        }

        return entry;
    }

    /// <summary>Recomputes every shown leaf and the root. <paramref name="payload"/> feeds a part's bytes to the hash and says whether all came.</summary>
    public void Leaves(BundledRecord record, LogEntry entry, IReadOnlyList<BundledLeaf> leaves, Func<BundledLeaf, IncrementalHash, bool> payload)
    {
        if (entry.Commitment is not { } root || leaves.Count != 1 << entry.CommitmentDepth)
        {
            fail(new BundleFinding("commitment_shape", Phrases.Of("Bundles.NumberLeavesNotEntry"), record.Record));
            SkipParts(leaves, payload);
            return;
        }

        LogHash[] hashes = new LogHash[leaves.Count];
        for (int i = 0; i < hashes.Length; i++)
        {
            BundledLeaf leaf = leaves[i];
            hashes[i] = new LogHash(leaf.Hash);
            if (!leaf.IsShown)
            {
                Withheld++;
            }
            else if (Encoding.UTF8.GetByteCount(leaf.Path) > EntryFormat.MaxPathBytes || Computed(leaf, payload) != hashes[i])
            {
                fail(new BundleFinding("field_changed", Phrases.Of("Bundles.ValueDoesNotFit"), record.Record, leaf.Path));
            }
            else
            {
                Values++;
            }
        }

        if (Commitment.RootInPlace(hashes) != root)
        {
            fail(new BundleFinding("commitment_wrong", Phrases.Of("Bundles.LeavesDoNotLead"), record.Record));
        }
    }

    private static LogHash? Computed(BundledLeaf leaf, Func<BundledLeaf, IncrementalHash, bool> payload)
    {
        byte[] path = Encoding.UTF8.GetBytes(leaf.Path);
        if (leaf.Payload is not { } length)
        {
            return Commitment.Leaf(leaf.Salt, path, leaf.Type, leaf.Presence, leaf.Value);
        }

        using IncrementalHash hash = Commitment.BeginLeaf(leaf.Salt, path, leaf.Type, leaf.Presence, length);
        return payload(leaf, hash) ? Commitment.EndLeaf(hash) : null;
    }

    // The payloads of the records after this one stand behind its own.
    private static void SkipParts(IReadOnlyList<BundledLeaf> leaves, Func<BundledLeaf, IncrementalHash, bool> payload)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (BundledLeaf leaf in leaves.Where(static l => l.Payload is not null))
        {
            payload(leaf, hash);
        }
    }
}

namespace Tunduk.Evidence.Log;

/// <summary>Proof that an entry is in the tree of a checkpoint (RFC 6962 §2.1.1).</summary>
/// <param name="Record">The entry.</param>
/// <param name="LeafHash">SHA-256(0x00 ‖ leaf).</param>
/// <param name="Path">Sibling hashes from the leaf upwards.</param>
/// <param name="Checkpoint">The signed tree the proof leads to.</param>
public sealed record InclusionProof(RecordId Record, LogHash LeafHash, IReadOnlyList<LogHash> Path, SignedCheckpoint Checkpoint)
{
    /// <summary>Whether the path leads from the leaf to the checkpoint's root. The checkpoint's signature is another question.</summary>
    public bool Holds() => MerkleProof.VerifyInclusion(LeafHash, Record.Index, Checkpoint.Size, [.. Path], Checkpoint.Root);
}

namespace Tunduk.Adapter.Reading;

/// <summary>What proves an entry: its leaf and the path to a checkpoint (RFC 6962 §2.1.1).</summary>
/// <param name="Leaf">The leaf's exact bytes, base64.</param>
/// <param name="Path">Hashes from the leaf upwards, base64.</param>
/// <param name="CheckpointSize">Size of the checkpoint the path leads to.</param>
internal sealed record ProofView(byte[] Leaf, IReadOnlyList<byte[]> Path, long CheckpointSize);

namespace Tunduk.Adapter.Reading;

/// <summary>The proof that one entry is in the log.</summary>
/// <param name="Record">The entry.</param>
/// <param name="Proof">Leaf and path; null while no checkpoint covers it.</param>
/// <param name="Checkpoint">The signed checkpoint the path leads to.</param>
/// <param name="Grant">The grant it was answered under.</param>
internal sealed record InclusionAnswer(string Record, ProofView? Proof, string? Checkpoint, string? Grant);

namespace Tunduk.Adapter.Reading;

/// <summary>One page of what was found, newest first.</summary>
/// <param name="Entries">The entries, each with its proof.</param>
/// <param name="Next">Pass as <c>after</c> for the next page; null on the last.</param>
/// <param name="Checkpoints">The signed checkpoints the proofs lead to.</param>
/// <param name="Grant">The grant it was answered under; the answer holds nothing beyond it.</param>
internal sealed record ArchiveSearchAnswer(IReadOnlyList<EntryView> Entries, string? Next, IReadOnlyList<string> Checkpoints, string? Grant);

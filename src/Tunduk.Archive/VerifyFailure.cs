using Tunduk.Evidence.Log;

namespace Tunduk.Archive;

/// <summary>One thing that is wrong.</summary>
/// <param name="Record">The entry it is about; null when it is about the log as a whole.</param>
/// <param name="Code">Stable token, e.g. <c>leaf_changed</c>, <c>entry_missing</c>, <c>checkpoint_root</c>, <c>commitment</c>.</param>
/// <param name="Detail">In words, without any value.</param>
public sealed record VerifyFailure(RecordId? Record, string Code, string Detail);

using Tunduk.Evidence.Timestamps;

namespace Tunduk.Adapter.Trust;

/// <summary>A time-stamp, or why no authority gave one.</summary>
/// <param name="Verified">The verified stamp; null where no authority gave one.</param>
/// <param name="Authority">Address of the authority that gave it.</param>
/// <param name="Attempts">Who was asked in vain, and why.</param>
internal sealed record TimestampStamp(TimestampVerification? Verified, string? Authority, IReadOnlyList<string> Attempts);

namespace Tunduk.Evidence.Bundles;

/// <summary>A consistency proof (RFC 6962 §2.1.2) from an earlier size to the log's size in the bundle.</summary>
/// <param name="Size">The earlier size.</param>
/// <param name="Path">Hashes of 32 bytes.</param>
public sealed record BundledConsistency(long Size, IReadOnlyList<byte[]> Path);

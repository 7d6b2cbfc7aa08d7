namespace Tunduk.Evidence.Trust;

/// <summary>A certificate named by its digest, and when the pin is in force.</summary>
/// <param name="Sha256">SHA-256 of the DER form, 32 bytes.</param>
/// <param name="From">First moment; none by default.</param>
/// <param name="Until">Last moment; none by default.</param>
public sealed record PinnedCertificate(ReadOnlyMemory<byte> Sha256, DateTimeOffset? From = null, DateTimeOffset? Until = null);

namespace Tunduk.Archive;

/// <summary>A time-stamp and its evidence.</summary>
/// <param name="Token">The token alone, DER.</param>
/// <param name="Time">The authority's time.</param>
/// <param name="Evidence">OCSP answers, revocation lists and certificate chains of the authority and of the checkpoint's signer, as they were then.</param>
public sealed record CheckpointTimestamp(ReadOnlyMemory<byte> Token, DateTimeOffset Time, IReadOnlyList<PayloadPart> Evidence);

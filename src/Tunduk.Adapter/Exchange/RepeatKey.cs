namespace Tunduk.Adapter.Exchange;

/// <summary>What a request and its repeats have in common, where repeats are answered by the first answer.</summary>
/// <param name="MessageId">The UUID they all carry.</param>
/// <param name="Sha256">Digest of caller, own subsystem, service, id and body.</param>
/// <param name="Until">When the first answer is given no more.</param>
internal sealed record RepeatKey(string MessageId, ReadOnlyMemory<byte> Sha256, DateTimeOffset Until);

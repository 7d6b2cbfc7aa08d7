namespace Tunduk.Adapter.Exchange;

/// <summary>A body that was read whole, within its bound.</summary>
/// <param name="Bytes">The bytes as received.</param>
internal sealed record ReceivedBody(ReadOnlyMemory<byte> Bytes);

namespace Tunduk.Adapter.Exchange;

/// <summary>What goes back to the security server.</summary>
/// <param name="Envelope">A SOAP envelope.</param>
/// <param name="IsFault">True when its body is a fault.</param>
internal sealed record SoapAnswer(ReadOnlyMemory<byte> Envelope, bool IsFault);

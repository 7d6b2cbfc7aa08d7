using System.Net;

namespace Tunduk.Adapter.Exchange;

/// <summary>What the security server handed over, unread.</summary>
/// <param name="Body">The envelope's bytes.</param>
/// <param name="ContentType">Value of <c>Content-Type</c>, or null.</param>
/// <param name="Peer">Who connected; nobody else is known while the envelope cannot be read.</param>
internal sealed record ProviderRequest(ReadOnlyMemory<byte> Body, string? ContentType, IPAddress? Peer);

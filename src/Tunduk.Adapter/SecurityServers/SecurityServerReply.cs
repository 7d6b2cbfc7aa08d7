namespace Tunduk.Adapter.SecurityServers;

/// <summary>What the security server answered, whole and unread.</summary>
/// <param name="Body">The body as received.</param>
/// <param name="ContentType">Value of <c>Content-Type</c>, or null.</param>
/// <param name="Status">HTTP status.</param>
public sealed record SecurityServerReply(ReadOnlyMemory<byte> Body, string? ContentType, int Status)
{
    /// <summary>Every header as received, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
}

using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>What the security server answered, whole and unread.</summary>
/// <param name="Body">The body as received; of a message with attachments the SOAP part.</param>
/// <param name="ContentType">Value of <c>Content-Type</c>, or null.</param>
/// <param name="Status">HTTP status.</param>
internal sealed record SecurityServerReply(ReadOnlyMemory<byte> Body, string? ContentType, int Status) : IDisposable
{
    /// <summary>Every header as received, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The message with its attachments, where it has any.</summary>
    public MultipartMessage? Multipart { get; init; }

    /// <summary>A REST body on disk; null where it is in <see cref="Body"/>.</summary>
    public SpooledBody? Spooled { get; init; }

    /// <summary>A REST body, wherever it is.</summary>
    public RestBody Content => Spooled is { } spooled ? spooled : Body;

    /// <summary>The only value of a header; null without one or with several.</summary>
    public string? Header(string name)
    {
        string? found = null;
        foreach (var (key, value) in Headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                if (found is not null)
                {
                    return null;
                }

                found = value;
            }
        }

        return found;
    }

    public void Dispose()
    {
        Multipart?.Dispose();
        Spooled?.Dispose();
    }
}

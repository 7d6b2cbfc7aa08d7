using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.Exchange;

/// <summary>What goes back to the security server.</summary>
/// <param name="Status">HTTP status; for SOAP 200 or 500 and nothing else.</param>
/// <param name="ContentType">Content-Type; null for an answer without a body.</param>
/// <param name="Body">The body; of a message with attachments its SOAP part.</param>
internal sealed record ProviderAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body) : IDisposable
{
    /// <summary>Headers of a REST answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The answer's attachments.</summary>
    public MultipartMessage? Multipart { get; init; }

    /// <summary>A REST body on disk instead of <see cref="Body"/>.</summary>
    public SpooledBody? Spooled { get; init; }

    public void Dispose()
    {
        Multipart?.Dispose();
        Spooled?.Dispose();
    }
}

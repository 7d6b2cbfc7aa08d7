using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.Exchange;

/// <summary>A SOAP message as it arrived, unread: in memory what is XML, on disk what is not.</summary>
/// <param name="Soap">The bytes of the SOAP part.</param>
/// <param name="Charset">Its charset; null where none was named.</param>
/// <param name="Multipart">The message with its attachments; null for one without.</param>
internal sealed record ReceivedSoap(ReadOnlyMemory<byte> Soap, string? Charset, MultipartMessage? Multipart) : IDisposable
{
    /// <summary>SOAPAction as it came; null without one.</summary>
    public string? SoapAction { get; init; }

    /// <summary>Counts what the neighbour answers; null where nobody does.</summary>
    public BodyBudget.Share? AnswerShare { get; init; }

    public void Dispose() => Multipart?.Dispose();
}

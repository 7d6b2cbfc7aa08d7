using System.Text;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>A SOAP request on its way from the consumer's server to the provider's: the bytes are the client's own.</summary>
internal sealed record SoapRequest(ReadOnlyMemory<byte> Soap, SoapHead Head, string? SoapAction, string RequestHash)
{
    /// <summary>The other parts of a multipart request.</summary>
    public MimeMessage? Mime { get; init; }

    /// <summary>The charset of its Content-Type.</summary>
    public required Encoding Charset { get; init; }
}

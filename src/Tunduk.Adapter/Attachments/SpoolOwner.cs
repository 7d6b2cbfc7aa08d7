using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// Whose share of the spool a message of a counterparty takes: the member's that its X-Road header names, so that one
/// counterparty's transfers never keep out another's. The header is a security server's word, which has checked its client,
/// and only a security server reaches the listener; who lies there takes another's share, never more than the whole.
/// </summary>
internal static class SpoolOwner
{
    /// <summary>By the client of a REST request.</summary>
    public static string Of(ClientId client) => $"member {client.Instance}/{client.MemberClass}/{client.MemberCode}";

    /// <summary>By the SOAP part of a message; the security server's own share where it cannot be read.</summary>
    public static string Of(MultipartSoapPart part)
    {
        if (!SoapMessage.TryRead(part.Content, new SoapReaderOptions { Charset = part.Headers?.ContentType["charset"] }, out var message, out _))
        {
            return AttachmentSpool.SecurityServerOwner;
        }

        using (message)
        {
            return message.Headers is { } headers ? Of(headers.Client) : AttachmentSpool.SecurityServerOwner;
        }
    }

    /// <summary>By an X-Road-Client header as it came.</summary>
    public static string Of(string? encodedClient) =>
        ClientId.TryParseEncoded(encodedClient ?? "", IdentifierRules.AsSecurityServer, out var client, out _) ? Of(client) : AttachmentSpool.SecurityServerOwner;
}

using Tunduk.Evidence.Canonicalization;

namespace Tunduk.Evidence.Soap;

/// <summary>Writes <c>ta:Exchange</c> in canonical form.</summary>
internal static class SoapExchangeWriter
{
    public static ReadOnlySpan<byte> KindName(SoapMessageKind kind) => kind switch
    {
        SoapMessageKind.Request => "request"u8,
        SoapMessageKind.Response => "response"u8,
        _ => "fault"u8,
    };

    public static void Write(SoapExchange exchange, ReadOnlySpan<byte> id, CanonicalBuffer buffer)
    {
        var xml = new CanonicalXml(buffer);
        xml.Start("ta:Exchange"u8);
        xml.Namespace("ta"u8, SoapNames.ExchangeUri);
        xml.Namespace("wsu"u8, SoapNames.UtilityUri);
        xml.Attribute("kind"u8, KindName(exchange.Kind));
        xml.Attribute("wsu:Id"u8, id);
        xml.EndStart();
        for (int i = 0; i < exchange.Headers.Count; i++)
        {
            SoapHeaderValue header = exchange.Headers[i];
            xml.Start("ta:Header"u8);
            xml.Attribute("name"u8, header.Name);
            xml.EndStart();
            xml.Text(header.Value);
            xml.End("ta:Header"u8);
        }

        for (int i = 0; i < exchange.Attachments.Count; i++)
        {
            SoapAttachmentDigest attachment = exchange.Attachments[i];
            xml.Start("ta:Attachment"u8);
            xml.Attribute("algorithm"u8, SoapNames.Sha256Name);
            xml.Attribute("id"u8, attachment.ContentId);
            if (attachment.Type is { } type)
            {
                if (attachment.FileName is { } name)
                {
                    xml.Attribute("name"u8, name);
                }

                xml.Attribute("type"u8, type);
            }

            xml.EndStart();
            xml.Base64(attachment.Sha256.Span);
            xml.End("ta:Attachment"u8);
        }

        if (!exchange.Checkpoint.IsEmpty)
        {
            Digest(ref xml, "ta:Checkpoint"u8, SoapNames.Sha256Name, exchange.Checkpoint.Span);
        }

        if (!exchange.RequestHash.IsEmpty)
        {
            Digest(ref xml, "ta:RequestHash"u8, SoapNames.Sha512Name, exchange.RequestHash.Span);
        }

        if (!exchange.SignatureConfirmation.IsEmpty)
        {
            xml.Start("wsse11:SignatureConfirmation"u8);
            xml.Namespace("wsse11"u8, SoapNames.Security11Uri);
            xml.Base64Attribute("Value"u8, exchange.SignatureConfirmation.Span);
            xml.EndStart();
            xml.End("wsse11:SignatureConfirmation"u8);
        }

        xml.End("ta:Exchange"u8);
        xml.Flush();
    }

    private static void Digest(ref CanonicalXml xml, ReadOnlySpan<byte> name, ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> digest)
    {
        xml.Start(name);
        xml.Attribute("algorithm"u8, algorithm);
        xml.EndStart();
        xml.Base64(digest);
        xml.End(name);
    }
}

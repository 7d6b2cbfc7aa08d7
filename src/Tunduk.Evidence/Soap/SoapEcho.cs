using System.Buffers;
using System.Security.Cryptography;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>
/// Sets copies of our own header blocks aside: providers often copy the request's headers into the response, our Security and
/// Exchange included. A copy is no signature, and it does not count against the one-header rules.
/// </summary>
internal static class SoapEcho
{
    private const int MaxCertificateBytes = 16 * 1024;

    /// <summary>Removes the copies from the lists; returns how many Security headers were copies.</summary>
    public static int SetAside(List<XmlElement> securities, List<XmlElement> exchanges, SoapVerificationInput input)
    {
        int echoed = 0;
        for (int i = securities.Count - 1; i >= 0; i--)
        {
            SecurityHeader header = SecurityHeader.Peek(securities[i]);
            if (IsOwn(header, input))
            {
                echoed++;
                securities.RemoveAt(i);
                exchanges.RemoveAll(exchange => IsReferenced(header, exchange));
            }
        }

        // A provider may copy the Exchange block alone: in a response it still says that it is a request's.
        if (input.Direction == SoapDirection.Response)
        {
            exchanges.RemoveAll(exchange =>
                SoapExchangeReader.ClaimedKind(exchange).Span.SequenceEqual(SoapExchangeWriter.KindName(SoapMessageKind.Request))
                && !securities.Exists(security => IsReferenced(SecurityHeader.Peek(security), exchange)));
        }

        return echoed;
    }

    private static bool IsOwn(SecurityHeader header, SoapVerificationInput input)
    {
        if (input.Request is { SignatureValue.IsEmpty: false } request && header.SignatureValue.Exists
            && TryDecode(header.SignatureValue, out byte[] value) && value.AsSpan().SequenceEqual(request.SignatureValue.Span))
        {
            return true;
        }

        if (input.OwnCertificates.Count == 0 || !header.Token.Exists || !TryDecode(header.Token, out byte[] certificate))
        {
            return false;
        }

        Span<byte> sha256 = stackalloc byte[32];
        SHA256.HashData(certificate, sha256);
        foreach (ReadOnlyMemory<byte> own in input.OwnCertificates)
        {
            // Both sides may share one certificate; then only the copied value tells.
            if (own.Span.SequenceEqual(sha256) && !input.Trust.IsPinned(sha256))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsReferenced(SecurityHeader header, XmlElement exchange)
    {
        ReadOnlyMemory<byte> id = SoapIds.Of(exchange);
        if (id.IsEmpty || !header.SignedInfo.Exists)
        {
            return false;
        }

        foreach (XmlElement reference in header.SignedInfo.Children)
        {
            if (reference.TryGetAttribute("", "URI", out XmlAttribute uri) && uri.ValueUtf8.Length == id.Length + 1
                && uri.ValueUtf8.Span[1..].SequenceEqual(id.Span))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryDecode(XmlElement element, out byte[] value)
    {
        ReadOnlyMemory<byte> text = element.TextUtf8;
        value = [];
        if (text.Length > MaxCertificateBytes * 4 / 3)
        {
            return false;
        }

        byte[] decoded = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            if (!SoapShape.TryDecode(text.Span, decoded, out int written))
            {
                return false;
            }

            value = decoded[..written];
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }
}

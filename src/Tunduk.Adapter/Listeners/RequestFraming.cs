using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Listeners;

/// <summary>
/// How long a body is, said in one way only (RFC 9112 §6): what Kestrel takes and another reader on the way may take otherwise is
/// refused, and the connection ends. Whoever reads two lengths can be made to see a request in the body of another.
/// </summary>
internal static class RequestFraming
{
    // Kestrel's name for the Content-Length that it passed over.
    private const string PassedOver = "X-Content-Length";

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    /// <summary>
    /// Has Kestrel read a Content-Length as digits and nothing else, where it would take a sign too, and end lines by CRLF alone
    /// (RFC 9112 §2.2 lets it take LF, which others take for a part of the line).
    /// </summary>
    public static void Harden(KestrelServerOptions kestrel)
    {
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", isEnabled: true);
        kestrel.RequestHeaderEncodingSelector = static name => name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ? DigitsEncoding.Instance : null;
    }

    /// <summary>Why a request is not read; null when it may be. Only HTTP/1.1 has such framing.</summary>
    public static ExchangeError? Check(HttpRequest request)
    {
        if (HttpProtocol.IsHttp2(request.Protocol) || HttpProtocol.IsHttp3(request.Protocol))
        {
            return null;
        }

        var codings = request.Headers.TransferEncoding;
        if (codings.Count > 0)
        {
            if (codings is not [{ } coding] || !coding.Trim(' ', '\t').Equals("chunked", StringComparison.OrdinalIgnoreCase))
            {
                return Malformed("Transfer-Encoding", RefusalPhrases.Of("chunked_once_and_alone"), RefusalPhrases.Of("another_coding_or_several"));
            }

            if (request.Headers.ContentLength is not null || request.Headers.ContainsKey(PassedOver))
            {
                return Malformed("Content-Length", RefusalPhrases.Of("one_length_of_body_content_length_or"), RefusalPhrases.Of("both"));
            }

            // RFC 9112 §6.1.
            if (!HttpProtocol.IsHttp11(request.Protocol))
            {
                return Malformed("Transfer-Encoding", "HTTP/1.1", RefusalPhrases.Of("older_version"));
            }
        }

        // RFC 9110 §9.1: methods are case-sensitive. Routes here are not.
        var known = Array.Find(Methods, method => method.Equals(request.Method, StringComparison.OrdinalIgnoreCase));
        return known is null || known == request.Method
            ? null
            : new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MethodUnsupported) { Path = "method", Expected = RefusalPhrases.Of("in_capital_letters", known), Found = RefusalPhrases.Of("another_writing_of_it") };
    }

    private static ExchangeError Malformed(string path, string expected, string found) =>
        new(ExchangeStage.Decode, ExchangeCodes.HttpMalformed) { Path = path, Expected = expected, Found = found };

    // Whatever is no digit becomes a letter, which no number has.
    private sealed class DigitsEncoding : Encoding
    {
        public static readonly DigitsEncoding Instance = new();

        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            // Longer than any length: what is left of it is refused as too long.
            var count = Math.Min(bytes.Length, chars.Length);
            for (var i = 0; i < count; i++)
            {
                chars[i] = char.IsAsciiDigit((char)bytes[i]) ? (char)bytes[i] : 'x';
            }

            return count;
        }

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) => GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

        public override int GetByteCount(char[] chars, int index, int count) => count;

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => ASCII.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

        public override int GetCharCount(byte[] bytes, int index, int count) => count;

        public override int GetMaxByteCount(int charCount) => charCount;

        public override int GetMaxCharCount(int byteCount) => byteCount;
    }
}

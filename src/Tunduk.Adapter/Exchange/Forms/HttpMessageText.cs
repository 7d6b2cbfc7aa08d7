using System.Buffers;
using System.Globalization;
using System.Text;
using Tunduk.Adapter.Attachments;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>A REST message as the archive keeps it: start line, headers, empty line, body (RFC 9112 §2.1).</summary>
internal static class HttpMessageText
{
    /// <summary>Media type of the archived part.</summary>
    public const string MediaType = "application/http";

    // LIMIT: of a body on disk (over 1 MiB and of a type no list looks into) the archive keeps type, size and digest.
    public static ReadOnlyMemory<byte> Request(string method, string rawTarget, IEnumerable<KeyValuePair<string, string>> headers, RestBody body) =>
        Write($"{method} {rawTarget} HTTP/1.1", headers, body.Bytes);

    public static ReadOnlyMemory<byte> Response(int status, IEnumerable<KeyValuePair<string, string>> headers, RestBody body) =>
        Write(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}"), headers, body.Bytes);

    private static ReadOnlyMemory<byte> Write(string start, IEnumerable<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        var output = new ArrayBufferWriter<byte>(body.Length + 1024);
        Line(output, start);
        foreach (var (name, value) in headers)
        {
            Line(output, $"{name}: {value}");
        }

        Line(output, "");
        output.Write(body.Span);
        return output.WrittenMemory;
    }

    private static void Line(ArrayBufferWriter<byte> output, string text)
    {
        Encoding.UTF8.GetBytes(text, output);
        output.Write("\r\n"u8);
    }
}

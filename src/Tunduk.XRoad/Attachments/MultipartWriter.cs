using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Tunduk.XRoad.Attachments;

/// <summary>
/// Writes a multipart message part by part to a stream. A message that is handed on keeps its boundary and its parts' headers;
/// contents pass through without being held.
/// </summary>
public sealed class MultipartWriter
{
    private readonly Stream _target;
    private readonly byte[] _boundary;
    private bool _started;

    /// <summary>A writer before its first part.</summary>
    /// <param name="target">Not disposed.</param>
    /// <param name="boundary">The one of the Content-Type under which the message is sent.</param>
    public MultipartWriter(Stream target, string boundary)
    {
        _target = target;
        _boundary = Encoding.ASCII.GetBytes(boundary);
    }

    /// <summary>A boundary that cannot be guessed, so no content can hold it.</summary>
    public static string NewBoundary() => "xroad-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    /// <summary>The Content-Type of a message with attachments (SOAP Messages with Attachments) or of an MTOM message.</summary>
    public static string ContentType(bool mtom, string boundary, string rootContentId) => mtom
        ? $"multipart/related; type=\"application/xop+xml\"; start=\"<{rootContentId}>\"; start-info=\"text/xml\"; boundary=\"{boundary}\""
        : $"multipart/related; type=\"text/xml\"; start=\"<{rootContentId}>\"; boundary=\"{boundary}\"";

    /// <summary>The headers of a SOAP part as this project writes it: UTF-8, 8bit.</summary>
    public static byte[] SoapPartHeaders(bool mtom, string? contentId)
    {
        ArrayBufferWriter<byte> headers = new(256);
        headers.Write(mtom
            ? "Content-Type: application/xop+xml; charset=UTF-8; type=\"text/xml\"\r\n"u8
            : "Content-Type: text/xml; charset=UTF-8\r\n"u8);
        headers.Write("Content-Transfer-Encoding: 8bit\r\n"u8);
        if (contentId is not null)
        {
            WriteContentId(headers, contentId);
        }

        return headers.WrittenSpan.ToArray();
    }

    /// <summary>The headers of a binary attachment made here.</summary>
    public static byte[] AttachmentHeaders(Soap.MediaType contentType, string contentId)
    {
        ArrayBufferWriter<byte> headers = new(256);
        headers.Write("Content-Type: "u8);
        Encoding.ASCII.GetBytes(contentType.ToString(), headers);
        headers.Write("\r\nContent-Transfer-Encoding: binary\r\n"u8);
        WriteContentId(headers, contentId);
        return headers.WrittenSpan.ToArray();
    }

    /// <summary>Begins a part.</summary>
    /// <param name="rawHeaders">Lines with their CRLFs, such as <see cref="PartHeaders.Raw"/>.</param>
    /// <param name="cancellationToken">Ends the wait for the stream.</param>
    public async ValueTask StartPartAsync(ReadOnlyMemory<byte> rawHeaders, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> head = new(rawHeaders.Length + _boundary.Length + 8);
        head.Write(_started ? "\r\n--"u8 : "--"u8);
        head.Write(_boundary);
        head.Write("\r\n"u8);
        head.Write(rawHeaders.Span);
        head.Write("\r\n"u8);
        _started = true;
        await _target.WriteAsync(head.WrittenMemory, cancellationToken);
    }

    /// <summary>Content of the part that was begun.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        _target.WriteAsync(content, cancellationToken);

    /// <summary>The closing boundary; nothing may follow.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        byte[] end = [.. "\r\n--"u8, .. _boundary, .. "--\r\n"u8];
        await _target.WriteAsync(_started ? end : end.AsMemory(2), cancellationToken);
    }

    private static void WriteContentId(ArrayBufferWriter<byte> headers, string contentId)
    {
        if (contentId.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 || contentId.AsSpan().IndexOfAny('<', '>') >= 0)
        {
            throw new ArgumentException("A Content-ID has no white space, brackets or characters outside ASCII.", nameof(contentId));
        }

        headers.Write("Content-ID: <"u8);
        Encoding.ASCII.GetBytes(contentId, headers);
        headers.Write(">\r\n"u8);
    }
}

using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// A multipart/related message being relayed: the first part (SOAP) is read whole, the others are copied part by part as
/// they come. Boundary and part headers stay as they were; the preamble does not (PR-MESS §2.6).
/// </summary>
internal sealed class MimeMessage
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly MultipartReader? _reader;
    private readonly string _boundary;
    private readonly IReadOnlyDictionary<string, StringValues> _soapHeaders;
    private readonly List<(IReadOnlyDictionary<string, StringValues> Headers, byte[] Body)> _buffered = [];
    private bool _allBuffered;

    private MimeMessage(string contentType, string boundary, MultipartReader? reader, IReadOnlyDictionary<string, StringValues> soapHeaders)
    {
        ContentType = contentType;
        _boundary = boundary;
        _reader = reader;
        _soapHeaders = soapHeaders;
    }

    /// <summary>The Content-Type as it came.</summary>
    public string ContentType { get; }

    /// <summary>The Content-Type of its SOAP part.</summary>
    public string? SoapContentType => _soapHeaders.TryGetValue("Content-Type", out StringValues type) ? type.ToString() : null;

    /// <summary>A message of the server's own, with parts in memory.</summary>
    public static MimeMessage Create(
        string contentType, string boundary, IReadOnlyDictionary<string, StringValues> soapHeaders,
        IEnumerable<(IReadOnlyDictionary<string, StringValues> Headers, byte[] Body)> parts)
    {
        var message = new MimeMessage(contentType, boundary, null, soapHeaders) { _allBuffered = true };
        message._buffered.AddRange(parts);
        return message;
    }

    /// <summary>Opens a multipart body and reads its SOAP part.</summary>
    public static async Task<(MimeMessage? Message, ReadOnlyMemory<byte> Soap, ServerFault? Fault)> OpenAsync(
        string contentType, Stream body, CancellationToken cancellationToken)
    {
        string boundary = MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? parsed)
            ? HeaderUtilities.RemoveQuotes(parsed.Boundary).ToString()
            : "";
        if (boundary.Length is 0 or > 200)
        {
            return (null, default, new ServerFault("mime_parsing_failed", "The multipart boundary is missing"));
        }

        var reader = new MultipartReader(boundary, body, bufferSize: 16 * 1024) { BodyLengthLimit = null };
        try
        {
            MultipartSection? first = await reader.ReadNextSectionAsync(cancellationToken);
            if (first is null)
            {
                return (null, default, new ServerFault("missing_soap", "The request contains no SOAP message"));
            }

            if (MediaType(first.ContentType) is not ("text/xml" or "application/xop+xml"))
            {
                return (null, default, new ServerFault("invalid_content_type", "The first part is not SOAP"));
            }

            using var soap = new MemoryStream();
            await first.Body.CopyToAsync(soap, cancellationToken);
            return (new MimeMessage(contentType, boundary, reader, Copy(first)), soap.GetBuffer().AsMemory(0, (int)soap.Length), null);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return (null, default, new ServerFault("mime_parsing_failed", "The multipart message is broken"));
        }
    }

    /// <summary>The media type of a Content-Type without parameters, in lower case.</summary>
    public static string MediaType(string? contentType) =>
        contentType is null ? "" : contentType.Split(';', 2)[0].Trim().ToLowerInvariant();

    /// <summary>The charset that a Content-Type names; UTF-8 without one.</summary>
    public static Encoding Charset(string? contentType)
    {
        string name = MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? parsed) ? HeaderUtilities.RemoveQuotes(parsed.Charset).ToString() : "";
        if (name.Length == 0 || name.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || name.Equals("utf8", StringComparison.OrdinalIgnoreCase))
        {
            return Utf8;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return Utf8;
        }
    }

    /// <summary>Reads the other parts into memory, for a server that logs them: each at most <paramref name="limit"/> bytes.</summary>
    public async Task<ServerFault?> BufferAsync(long limit, CancellationToken cancellationToken)
    {
        try
        {
            while (_reader is not null && await _reader.ReadNextSectionAsync(cancellationToken) is { } section)
            {
                if (section.ContentType is null)
                {
                    return new ServerFault("invalid_content_type", "A part has no Content-Type");
                }

                using var body = new MemoryStream();
                byte[] buffer = new byte[16 * 1024];
                int read;
                while ((read = await section.Body.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    if (body.Length + read > limit)
                    {
                        return new ServerFault("logging_failed", "Message attachment size exceeds maximum loggable size");
                    }

                    await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                }

                _buffered.Add((Copy(section), body.ToArray()));
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return new ServerFault("mime_parsing_failed", "The multipart message is broken");
        }

        _allBuffered = true;
        return null;
    }

    /// <summary>Writes the whole message with the given SOAP part, copying what was not yet read.</summary>
    public async Task WriteAsync(Stream output, ReadOnlyMemory<byte> soap, CancellationToken cancellationToken)
    {
        await WriteHeadAsync(output, _soapHeaders, cancellationToken);
        await output.WriteAsync(soap, cancellationToken);
        foreach ((IReadOnlyDictionary<string, StringValues> headers, byte[] body) in _buffered)
        {
            await WriteHeadAsync(output, headers, cancellationToken);
            await output.WriteAsync(body, cancellationToken);
        }

        while (!_allBuffered && _reader is not null && await _reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            await WriteHeadAsync(output, Copy(section), cancellationToken);
            await section.Body.CopyToAsync(output, 64 * 1024, cancellationToken);
        }

        await output.WriteAsync(Encoding.ASCII.GetBytes($"\r\n--{_boundary}--\r\n"), cancellationToken);
    }

    private static Dictionary<string, StringValues> Copy(MultipartSection section) =>
        section.Headers ?? new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);

    private ValueTask WriteHeadAsync(
        Stream output, IReadOnlyDictionary<string, StringValues> headers, CancellationToken cancellationToken)
    {
        var text = new StringBuilder().Append("\r\n--").Append(_boundary).Append("\r\n");
        foreach ((string name, StringValues values) in headers)
        {
            foreach (string? value in values)
            {
                text.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        return output.WriteAsync(Encoding.UTF8.GetBytes(text.Append("\r\n").ToString()), cancellationToken);
    }
}

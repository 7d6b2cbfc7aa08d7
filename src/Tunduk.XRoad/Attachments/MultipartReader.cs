using System.Buffers;
using System.Text;
using Tunduk.XRoad.Faults;

// Over 300 lines: one state machine over one buffer, whose steps share every field.
namespace Tunduk.XRoad.Attachments;

/// <summary>
/// Reads a multipart message (RFC 2046 §5.1) part by part from a stream, holding one buffer of 64 KiB whatever the parts' size. A part
/// that never ends, headers without end and a stream that stops in the middle end with a named fault. Lines end with CRLF; what
/// follows a boundary on its line is white space or the closing hyphens, since readers disagree about anything else.
/// </summary>
/// <remarks>
/// Not safe for concurrent calls. A slow sender is the caller's matter: each call waits for one read of the stream at most until the
/// token is cancelled. Once a call has given a fault, every further call gives the same.
/// </remarks>
public sealed class MultipartReader : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream _source;
    private readonly MultipartLimits _limits;
    private readonly byte[] _delimiter;
    private readonly HashSet<string> _contentIds = new(StringComparer.Ordinal);
    private byte[] _buffer;
    private int _start;
    private int _end;
    private long _total;
    private long _inPart;
    private int _parts;
    private Place _place = Place.Preamble;
    private ProtocolFault _fault;

    /// <summary>A reader at the beginning of the message.</summary>
    /// <param name="source">Read to its end, not disposed.</param>
    /// <param name="boundary">1 to 70 characters of ASCII, as in the Content-Type.</param>
    /// <param name="limits">Bounds.</param>
    public MultipartReader(Stream source, string boundary, MultipartLimits limits)
    {
        _source = source;
        _limits = limits;
        _delimiter = Encoding.ASCII.GetBytes("\r\n--" + boundary);
        if (boundary.Length is 0 or > 70 || !Ascii.IsValid(boundary))
        {
            _fault = Fault("boundary", Phrases.Of("Attachments.170CharactersAscii"), Phrases.Of("Attachments.AnotherBoundary"));
        }

        _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

        // The first boundary may stand at the very beginning, without the CRLF that belongs to all others.
        "\r\n"u8.CopyTo(_buffer);
        _end = 2;
    }

    private enum Place
    {
        Preamble,
        Content,
        AfterBoundary,
        Finished,
    }

    /// <summary>Bytes read from the stream so far.</summary>
    public long BytesRead => _total;

    /// <summary>Goes to the next part; what is left of the current one is read and dropped.</summary>
    public async ValueTask<MultipartStep> NextPartAsync(CancellationToken cancellationToken)
    {
        while (_place is Place.Preamble or Place.Content && _fault.IsNone)
        {
            bool preamble = _place == Place.Preamble;
            await ReadContentAsync(cancellationToken);
            if (preamble && _fault.IsNone && _inPart > _limits.MaxPaddingBytes + 2)
            {
                _fault = Fault("multipart-preamble", Phrases.Of("Attachments.BoundaryWithinBytes", _limits.MaxPaddingBytes), Phrases.Of("Attachments.MoreBytesBefore"));
            }
        }

        if (!_fault.IsNone)
        {
            return new MultipartStep(null, _fault);
        }

        if (_place == Place.Finished)
        {
            return new MultipartStep(null, ProtocolFault.None);
        }

        bool closing = await ReadBoundaryEndAsync(cancellationToken);
        if (!_fault.IsNone)
        {
            return new MultipartStep(null, _fault);
        }

        if (closing)
        {
            await ReadEpilogueAsync(cancellationToken);
            return new MultipartStep(null, _fault);
        }

        return await ReadHeadersAsync(cancellationToken);
    }

    /// <summary>The next piece of the current part's content; an empty last piece where there is no current part.</summary>
    public ValueTask<PartChunk> ReadChunkAsync(CancellationToken cancellationToken) => _place == Place.Content || !_fault.IsNone
        ? ReadContentAsync(cancellationToken)
        : ValueTask.FromResult(new PartChunk(default, IsLast: true, ProtocolFault.None));

    /// <summary>Reads a part that is to be held in memory, such as the SOAP part. Empty with a fault.</summary>
    public async ValueTask<(ReadOnlyMemory<byte> Content, ProtocolFault Fault)> ReadToMemoryAsync(int maxBytes, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> content = new(4096);
        while (true)
        {
            PartChunk chunk = await ReadChunkAsync(cancellationToken);
            if (!chunk.Fault.IsNone)
            {
                return (default, chunk.Fault);
            }

            if (content.WrittenCount + chunk.Bytes.Length > maxBytes)
            {
                _fault = Fault("part-too-large", Phrases.Of("Attachments.MostBytes", maxBytes), Phrases.Of("Attachments.More"));
                return (default, _fault);
            }

            if (_limits.MayHold?.Invoke(chunk.Bytes.Length) == false)
            {
                _fault = Fault("memory-full", Phrases.Of("Attachments.RoomWhatHeldMemory"), Phrases.Of("Attachments.None"));
                return (default, _fault);
            }

            content.Write(chunk.Bytes.Span);
            if (chunk.IsLast)
            {
                return (content.WrittenMemory, ProtocolFault.None);
            }
        }
    }

    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (buffer.Length > 0)
        {
            _fault = _fault.IsNone ? Fault("multipart-closed", Phrases.Of("Attachments.OpenReader"), Phrases.Of("Attachments.Disposed")) : _fault;
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static ProtocolFault Fault(string reason, string expected, string found) =>
        new(reason, XRoadFaultCode.MimeParsingFailed, "multipart", expected, found);

    private async ValueTask<PartChunk> ReadContentAsync(CancellationToken cancellationToken)
    {
        while (_fault.IsNone)
        {
            int available = _end - _start;
            int at = _buffer.AsSpan(_start, available).IndexOf(_delimiter);
            int length = at >= 0 ? at : available - (_delimiter.Length - 1);
            if (at >= 0 || length > 0)
            {
                _inPart += length;
                if (_place == Place.Content && _inPart > _limits.MaxPartBytes)
                {
                    _fault = Fault("part-too-large", Phrases.Of("Attachments.MostBytes", _limits.MaxPartBytes), Phrases.Of("Attachments.More"));
                    break;
                }

                ReadOnlyMemory<byte> bytes = _buffer.AsMemory(_start, length);
                _start += length;
                if (at >= 0)
                {
                    _start += _delimiter.Length;
                    _place = Place.AfterBoundary;
                }

                return new PartChunk(bytes, at >= 0, ProtocolFault.None);
            }

            if (!await FillAsync(cancellationToken))
            {
                Truncated();
            }
        }

        return new PartChunk(default, IsLast: false, _fault);
    }

    /// <summary>True for the closing boundary. Leaves the CRLF of an opening one in the buffer: it begins the header block.</summary>
    private async ValueTask<bool> ReadBoundaryEndAsync(CancellationToken cancellationToken)
    {
        int padding = 0;
        while (true)
        {
            while (_end - _start < 2)
            {
                if (!await FillAsync(cancellationToken))
                {
                    Truncated();
                    return false;
                }
            }

            byte first = _buffer[_start], second = _buffer[_start + 1];
            if (first == '-' && second == '-' && padding == 0)
            {
                _start += 2;
                return true;
            }

            if (first == '\r' && second == '\n')
            {
                return false;
            }

            if (first is not ((byte)' ' or (byte)'\t') || ++padding > 128)
            {
                _fault = Fault("boundary-line", Phrases.Of("Attachments.LineEndAfterBoundary"), Phrases.Of("Attachments.OtherCharacters"));
                return false;
            }

            _start++;
        }
    }

    private async ValueTask<MultipartStep> ReadHeadersAsync(CancellationToken cancellationToken)
    {
        int most = Math.Min(_limits.MaxHeaderBytes, BufferSize / 2);
        int end;
        while ((end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0 && _end - _start <= most)
        {
            if (!await FillAsync(cancellationToken))
            {
                Truncated();
                return new MultipartStep(null, _fault);
            }
        }

        if (!_fault.IsNone)
        {
            return new MultipartStep(null, _fault);
        }

        if (end < 0 || end > most)
        {
            _fault = Fault("part-header-size", Phrases.Of("Attachments.MostBytesHeaders", most), Phrases.Of("Attachments.More"));
            return new MultipartStep(null, _fault);
        }

        if (++_parts > _limits.MaxParts)
        {
            _fault = Fault("part-count", Phrases.Of("Attachments.MostParts", _limits.MaxParts), Phrases.Of("Attachments.More"));
            return new MultipartStep(null, _fault);
        }

        ReadOnlyMemory<byte> lines = end == 0 ? default : _buffer.AsMemory(_start + 2, end);
        if (!PartHeaders.TryRead(lines.Span, _limits, out PartHeaders? headers, out _fault))
        {
            return new MultipartStep(null, _fault);
        }

        if (headers.ContentId is not null && !_contentIds.Add(headers.ContentId))
        {
            _fault = Fault("content-id-duplicate", Phrases.Of("Attachments.EachContentIdOnce"), Phrases.Of("Attachments.Twice"));
            return new MultipartStep(null, _fault);
        }

        // The CRLF before an empty part's boundary is the empty line after its headers (RFC 2046 §5.1.1).
        _start += end + 2;
        _place = Place.Content;
        _inPart = 0;
        if (!await SkipEmptyLineAsync(cancellationToken))
        {
            return new MultipartStep(null, _fault);
        }

        return new MultipartStep(headers, ProtocolFault.None);
    }

    private async ValueTask<bool> SkipEmptyLineAsync(CancellationToken cancellationToken)
    {
        while (_end - _start < _delimiter.Length)
        {
            if (!await FillAsync(cancellationToken))
            {
                Truncated();
                return false;
            }
        }

        if (!_buffer.AsSpan(_start, _delimiter.Length).SequenceEqual(_delimiter))
        {
            _start += 2;
        }

        return true;
    }

    private async ValueTask ReadEpilogueAsync(CancellationToken cancellationToken)
    {
        _place = Place.Finished;
        long before = _total - (_end - _start);
        do
        {
            if (_total - before > _limits.MaxPaddingBytes)
            {
                _fault = Fault("multipart-epilogue", Phrases.Of("Attachments.MostBytesAfterLast", _limits.MaxPaddingBytes), Phrases.Of("Attachments.More"));
                return;
            }

            _start = _end;
        }
        while (await FillAsync(cancellationToken));
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        int read = await _source.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        _total += read;
        if (_total > _limits.MaxBytes)
        {
            _fault = Fault("multipart-too-large", Phrases.Of("Attachments.MostBytes", _limits.MaxBytes), Phrases.Of("Attachments.More"));
        }

        return read > 0;
    }

    private void Truncated() => _fault = _fault.IsNone ? Fault("multipart-truncated", Phrases.Of("Attachments.ClosingBoundary"), Phrases.Of("Attachments.EndMessage")) : _fault;
}

using System.Buffers;
using Tunduk.Evidence.Soap;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// A SOAP message with attachments that was received whole: the SOAP part in memory, the others spooled. It is handed on
/// with its boundary, its Content-Type and its parts' headers as they came where no agreement governs it; under one with those
/// that <see cref="Rewrite"/> gives it. The SOAP part may be another.
/// </summary>
internal sealed class MultipartMessage : IDisposable
{
    private const string RootId = "soap";
    private readonly SpoolFile spool;
    private string boundary;
    private readonly PartHeaders soapHeaders;
    private byte[]? soapPart;
    private List<SpooledPart> parts;

    public MultipartMessage(string contentType, MediaType mediaType, PartHeaders soapHeaders, ReadOnlyMemory<byte> soap, List<SpooledPart> parts, SpoolFile spool)
    {
        ContentType = contentType;
        boundary = mediaType["boundary"]!;
        this.soapHeaders = soapHeaders;
        Soap = soap;
        this.parts = parts;
        this.spool = spool;
    }

    /// <summary>The message's Content-Type as it goes on.</summary>
    public string ContentType { get; private set; }

    /// <summary>The bytes of the SOAP part: what the request hash is computed over.</summary>
    public ReadOnlyMemory<byte> Soap { get; }

    /// <summary>Charset of the SOAP part; null where it names none.</summary>
    public string? Charset => soapHeaders.ContentType["charset"];

    public IReadOnlyList<SpooledPart> Parts => parts;

    /// <summary>The attachments as a signature covers them: content, type and file name. A part without Content-ID is named by its place.</summary>
    public IReadOnlyList<SoapAttachmentDigest> Digests =>
        [.. parts.Select((part, at) => new SoapAttachmentDigest(part.ContentId.Length > 0 ? part.ContentId : $"part-{at + 1}", part.Sha256, part.SpelledType, part.FileName))];

    /// <summary>Lets only some parts go on.</summary>
    public void Keep(Func<SpooledPart, bool> predicate) => parts = [.. parts.Where(predicate)];

    /// <summary>
    /// Takes what the sender said beside the parts' contents: the boundary, the SOAP part's name and every header of a part are
    /// ours from here on.
    /// </summary>
    /// <param name="headers">The headers of each part as they may go on.</param>
    /// <param name="isSender">The message is ours to sign: digests name the parts as they leave. Otherwise as they came, for what was signed.</param>
    public void Rewrite(Func<SpooledPart, PartHeaders> headers, bool isSender)
    {
        var mtom = soapHeaders.ContentType.Type == "application/xop+xml";
        boundary = MultipartWriter.NewBoundary();
        ContentType = MultipartWriter.ContentType(mtom, boundary, RootId);
        soapPart = MultipartWriter.SoapPartHeaders(mtom, RootId);
        parts = [.. parts.Select(part => isSender ? part with { Headers = headers(part) } : part with { Outgoing = headers(part) })];
    }

    /// <summary>Writes the message with another SOAP part; no part goes on that was not kept.</summary>
    public async Task WriteAsync(Stream target, ReadOnlyMemory<byte> soap, ProgressTimeout progress)
    {
        var writer = new MultipartWriter(target, boundary);
        await writer.StartPartAsync(soapPart ?? Utf8(soapHeaders), progress.Token);
        await writer.WriteAsync(soap, progress.Token);
        foreach (var part in parts)
        {
            await writer.StartPartAsync(part.Shown.Raw, progress.Token);
            await spool.ReadAsync(
                part.Position,
                part.Length,
                async (piece, token) =>
                {
                    await writer.WriteAsync(piece, token);
                    progress.Advance();
                },
                progress.Token);
        }

        await writer.FinishAsync(progress.Token);
        await target.FlushAsync(progress.Token);
    }

    /// <summary>The content of one small part, for the archive.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(SpooledPart part, CancellationToken cancellationToken)
    {
        var content = new byte[part.Length];
        var at = 0;
        await spool.ReadAsync(
            part.Position,
            part.Length,
            (piece, _) =>
            {
                piece.CopyTo(content.AsMemory(at));
                at += piece.Length;
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return content;
    }

    /// <summary>Gives a part's content piece by piece, transfer decoded.</summary>
    public async Task CopyAsync(SpooledPart part, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> sink, CancellationToken cancellationToken)
    {
        TransferDecoder.TryCreate(part.Headers.TransferEncoding, out var decoder, out _);
        var decoded = new ArrayBufferWriter<byte>(SpoolFile.ChunkSize);
        await spool.ReadAsync(
            part.Position,
            part.Length,
            async (piece, token) =>
            {
                decoded.ResetWrittenCount();
                decoder!.TryDecode(piece.Span, decoded, out _); // It was decoded once already, for its digest.
                await sink(decoded.WrittenMemory, token);
            },
            cancellationToken);
    }

    public void Dispose() => spool.Dispose();

    // What is sent is UTF-8, whatever the part was received in.
    private static byte[] Utf8(PartHeaders headers)
    {
        if (headers.ContentType["charset"] is not { } charset || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            return headers.Raw.ToArray();
        }

        return MultipartWriter.SoapPartHeaders(headers.ContentType.Type == "application/xop+xml", headers.ContentId);
    }
}

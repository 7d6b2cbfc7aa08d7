using System.Buffers;
using System.Text;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Soap;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// A SOAP message with attachments that was received whole: the SOAP part in memory, the others spooled. It goes on with its parts
/// in their order, byte for byte in their own transfer encoding; the SOAP part may be another.
/// </summary>
/// <remarks>
/// What goes on of the texts beside the contents (PR-MESS 2.6 wants them preserved, and no text that nobody listed may cross):
/// <list type="bullet">
/// <item>Where no agreement governs the message (metaservices): all of them, as they came.</item>
/// <item>Under an agreement: of each part its media type, a charset that everybody has, its transfer encoding, and the Content-ID and file
/// name by which it is listed or referred to; every other header of a part that the agreement's <c>headers</c> name for that side.</item>
/// <item>Under an agreement whose <c>headers</c> name <c>content-type</c> for that side: the message's Content-Type with its boundary and
/// root, and that of each part with all its parameters, as they came. Otherwise boundary and root are ours: a boundary is 70
/// characters of whoever sends.</item>
/// <item>A boundary that the SOAP part, written anew, would hold is never kept (<see cref="TypeWith"/>).</item>
/// </list>
/// </remarks>
internal sealed class MultipartMessage : IDisposable
{
    private const string RootId = "soap";
    private readonly SpoolFile spool;
    private string boundary;
    private readonly PartHeaders soapHeaders;
    private string contentType;
    private bool isOurs;
    private byte[]? soapPart;
    private List<SpooledPart> parts;

    public MultipartMessage(string contentType, MediaType mediaType, PartHeaders soapHeaders, ReadOnlyMemory<byte> soap, List<SpooledPart> parts, SpoolFile spool)
    {
        this.contentType = contentType;
        boundary = mediaType["boundary"]!;
        this.soapHeaders = soapHeaders;
        Soap = soap;
        this.parts = parts;
        this.spool = spool;
    }

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

    /// <summary>Gives the parts the headers under which they may go on, and the message its own boundary and root.</summary>
    /// <param name="headers">The headers of each part as they may go on.</param>
    /// <param name="isSender">The message is ours to sign: digests name the parts as they leave. Otherwise as they came, for what was signed.</param>
    /// <param name="keepsType">The agreement lists Content-Type: boundary and root stay as they came.</param>
    public void Rewrite(Func<SpooledPart, PartHeaders> headers, bool isSender, bool keepsType)
    {
        parts = [.. parts.Select(part => isSender ? part with { Headers = headers(part) } : part with { Outgoing = headers(part) })];
        if (keepsType)
        {
            soapPart = MultipartWriter.SoapPartHeaders(IsMtom, soapHeaders.ContentId);
        }
        else
        {
            TakeOver();
        }
    }

    /// <summary>
    /// The Content-Type under which the message goes on with this SOAP part. Written anew, one may hold what was no boundary before: where
    /// something between two pieces of text was cut, or where the text came in another charset. What stands behind it would be a part
    /// that nobody judged, and so the boundary is then ours.
    /// </summary>
    public string TypeWith(ReadOnlyMemory<byte> soap)
    {
        if (!isOurs && (!HttpFieldText.IsWritable(contentType) || soap.Span.IndexOf(Encoding.ASCII.GetBytes("--" + boundary)) >= 0))
        {
            TakeOver();
        }

        return contentType;
    }

    /// <summary>Writes the message with another SOAP part; no part goes on that was not kept.</summary>
    public async Task WriteAsync(Stream target, ReadOnlyMemory<byte> soap, ProgressTimeout progress)
    {
        TypeWith(soap);
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
                    progress.Advance(piece.Length);
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

    private bool IsMtom => soapHeaders.ContentType.Type == "application/xop+xml";

    private void TakeOver()
    {
        isOurs = true;
        boundary = MultipartWriter.NewBoundary();
        contentType = MultipartWriter.ContentType(IsMtom, boundary, RootId);
        soapPart = MultipartWriter.SoapPartHeaders(IsMtom, RootId);
    }

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

using System.Buffers;
using System.Security.Cryptography;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// Attachments that arrive piece by piece outside of any multipart message, hashed and spooled within the same bounds; at the end
/// they are the parts of a message with attachments whose SOAP part is still to be written.
/// </summary>
internal sealed class AttachmentAssembly(LimitOptions limits, SpoolFile spool) : IDisposable
{
    private const string RootId = "soap@tunduk-adapter";
    private readonly List<SpooledPart> parts = [];
    private SpoolFile? spool = spool;
    private PartHeaders? open;
    private PartDigest? digest;
    private long position;
    private long total;

    /// <summary>Begins an attachment; the one before is complete.</summary>
    public async Task<ExchangeError?> BeginAsync(string contentId, string fileName, string mediaType, CancellationToken cancellationToken)
    {
        if (await EndPartAsync(cancellationToken) is { } error)
        {
            return error;
        }

        if (parts.Count >= MultipartLimits.Default.MaxParts - 1)
        {
            return Malformed("attachment", RefusalPhrases.Of("at_most_attachments", MultipartLimits.Default.MaxParts - 1), RefusalPhrases.Of("more"));
        }

        contentId = contentId.Length == 0 ? $"attachment-{parts.Count + 1}@tunduk-adapter" : contentId;
        if (parts.Exists(part => part.ContentId == contentId))
        {
            return Malformed("attachment.content_id", RefusalPhrases.Of("content_id_of_its_own_for_each"), RefusalPhrases.Of("one_that_was_used"));
        }

        if (!MediaType.TryParse(mediaType.Length == 0 ? "application/octet-stream" : mediaType, out var type))
        {
            return Malformed("attachment.media_type", RefusalPhrases.Of("media_type"), RefusalPhrases.Of("another_text"));
        }

        if (!PartHeaders.TryCreate(type, contentId, fileName.Length == 0 ? null : fileName, out open, out var fault) || !PartDigest.TryCreate(open, HashAlgorithmName.SHA256, out digest, out fault))
        {
            return Malformed("attachment", fault.Expected, fault.Found);
        }

        position = spool!.Position;
        return null;
    }

    /// <summary>Content of the attachment begun last.</summary>
    public async Task<ExchangeError?> AppendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (digest is null)
        {
            return Malformed("content", RefusalPhrases.Of("attachment_before_its_content"), RefusalPhrases.Of("content_alone"));
        }

        total += piece.Length;
        if (digest.RawLength + piece.Length > limits.MaxAttachment || total > limits.MaxAttachment)
        {
            return new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "content", Expected = RefusalPhrases.Of("at_most_bytes_limits_maxattachment", limits.MaxAttachment), Found = RefusalPhrases.Of("more") };
        }

        digest.TryAppend(piece.Span, out _); // Identity encoding has no fault.
        return await spool!.TryWriteAsync(piece, cancellationToken) ? null : Full();
    }

    /// <summary>The whole content of a part that is being read, transfer decoded.</summary>
    /// <param name="reader">Stands at the part.</param>
    /// <param name="decoder">Undoes its transfer encoding.</param>
    /// <param name="refuse">A fault of the multipart body as a refusal.</param>
    /// <param name="cancellationToken">Ends the wait for the sender.</param>
    public async Task<ExchangeError?> AppendAsync(MultipartReader reader, TransferDecoder decoder, Func<ProtocolFault, ExchangeError> refuse, CancellationToken cancellationToken)
    {
        var decoded = new ArrayBufferWriter<byte>(SpoolFile.ChunkSize);
        while (true)
        {
            var chunk = await reader.ReadChunkAsync(cancellationToken);
            var fault = chunk.Fault;
            decoded.ResetWrittenCount();
            if (!fault.IsNone || !decoder.TryDecode(chunk.Bytes.Span, decoded, out fault) || (chunk.IsLast && !decoder.TryFinish(out fault)))
            {
                return refuse(fault);
            }

            if (await AppendAsync(decoded.WrittenMemory, cancellationToken) is { } error)
            {
                return error;
            }

            if (chunk.IsLast)
            {
                return null;
            }
        }
    }

    /// <summary>The message of what was received; null where nothing was. It owns the spool from here on.</summary>
    public async Task<Outcome<MultipartMessage?>> FinishAsync(CancellationToken cancellationToken)
    {
        if (await EndPartAsync(cancellationToken) is { } error)
        {
            return error;
        }

        if (parts.Count == 0)
        {
            return (MultipartMessage?)null;
        }

        var contentType = MultipartWriter.ContentType(mtom: false, MultipartWriter.NewBoundary(), RootId);
        var parsed = MediaType.TryParse(contentType, out var made) ? made : throw new InvalidOperationException("A type of our own making.");
        var message = new MultipartMessage(contentType, parsed, PartHeaders.ForSoap(RootId), default, parts, spool!);
        spool = null;
        return message;
    }

    public void Dispose()
    {
        digest?.Dispose();
        spool?.Dispose();
    }

    private async Task<ExchangeError?> EndPartAsync(CancellationToken cancellationToken)
    {
        if (digest is null)
        {
            return null;
        }

        if (!await spool!.TryEndPartAsync(cancellationToken))
        {
            return Full();
        }

        digest.TryFinish(out var sha256, out _);
        parts.Add(new SpooledPart(open!, position, digest.RawLength, digest.DecodedLength, sha256, digest.Head));
        digest.Dispose();
        digest = null;
        return null;
    }

    private ExchangeError Full() => AttachmentSpool.Full(limits);

    private static ExchangeError Malformed(string path, string expected, string found) =>
        new(ExchangeStage.Decode, ExchangeCodes.MultipartMalformed) { Path = path, Expected = expected, Found = found };
}

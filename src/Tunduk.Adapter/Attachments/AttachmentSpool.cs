using System.Buffers;
using System.Security.Cryptography;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.XRoad.Attachments;
using Tunduk.XRoad.Faults;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Attachments;

/// <summary>
/// Receives multipart messages (SOAP into memory, everything else hashed and spooled) and large REST bodies, all within bounds.
/// </summary>
internal sealed class AttachmentSpool(LimitOptions limits, string folder, TimeProvider clock, BodyBudget? bodies = null)
{
    /// <summary>Owner of what arrives for nobody known (<see cref="SpoolOwner"/>).</summary>
    public const string SecurityServerOwner = "security server";

    /// <summary>A REST body up to this stays in memory, and whole in the archive.</summary>
    public const int MostInMemory = 1024 * 1024;

    private readonly SpoolQuota quota = new(limits.MaxSpool, limits.MaxSpoolEach);
    private readonly MultipartLimits multipart = new()
    {
        MaxPartBytes = limits.MaxAttachment,
        MaxSoapBytes = limits.MaxBody,
        MaxBytes = limits.MaxAttachment + limits.MaxBody + (1024 * 1024),
    };

    /// <summary>Bytes that attachments under way hold on disk.</summary>
    public long Taken => quota.Taken;

    /// <summary>What messages may hold in memory.</summary>
    public BodyBudget Bodies { get; } = bodies ?? new BodyBudget(limits);

    /// <summary>A limit on standing still, as <c>Limits:ProgressTimeout</c> says.</summary>
    /// <param name="cancellationToken">The caller's own.</param>
    public ProgressTimeout StartProgress(CancellationToken cancellationToken) => StartProgress(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>The same for a request from disk.</summary>
    /// <param name="answer">Longest wait for an answer once all is written; infinite where another limit holds.</param>
    /// <param name="cancellationToken">The caller's own.</param>
    public ProgressTimeout StartProgress(TimeSpan answer, CancellationToken cancellationToken) => new(limits.ProgressTimeout, answer, clock, cancellationToken);

    /// <summary>The refusal when there is no room.</summary>
    public static ExchangeError Full(LimitOptions limits) =>
        new(ExchangeStage.Decode, ExchangeCodes.SpoolFull) { Path = "Limits:MaxSpool", Expected = RefusalPhrases.Of("at_most_bytes_of_attachments_under_way", limits.MaxSpool, limits.MaxSpoolEach), Found = RefusalPhrases.Of("more") };

    /// <summary>Takes attachments piece by piece from a sender that sends no multipart message.</summary>
    /// <param name="owner">Whose quota they take.</param>
    public AttachmentAssembly Assemble(string owner) => new(limits, SpoolFile.Create(folder, quota, owner));

    /// <summary>The refusal of a sender that stands still.</summary>
    public ExchangeError Stalled(string path = "multipart") =>
        new(ExchangeStage.Decode, ExchangeCodes.TransferStalled) { Path = path, Expected = RefusalPhrases.Of("bytes_at_least_every_s_limits", ProgressTimeout.Least(limits.ProgressTimeout), limits.ProgressTimeout.TotalSeconds), Found = RefusalPhrases.Of("fewer") };

    /// <summary>Reads JSON with its attachments: a form (RFC 7578) or <c>multipart/related</c> (RFC 2387), the JSON first.</summary>
    /// <param name="source">The body.</param>
    /// <param name="mediaType">Its type.</param>
    /// <param name="owner">Whose quota the attachments take.</param>
    /// <param name="share">Counts what is held in memory.</param>
    /// <param name="cancellationToken">Ends the wait for the sender.</param>
    public async Task<Outcome<ReceivedJson>> ReceiveJsonAsync(Stream source, MediaType mediaType, string owner, BodyBudget.Share share, CancellationToken cancellationToken)
    {
        using var progress = StartProgress(cancellationToken);
        using var assembly = Assemble(owner);
        try
        {
            var form = mediaType.Type == JsonMultipart.FormType;
            using var reader = new MultipartReader(new AdvancingStream(source, progress), mediaType["boundary"] ?? "", multipart with { DefaultType = form ? "text/plain" : null, MayHold = share.TryTake });
            var step = await reader.NextPartAsync(progress.Token);
            if (JsonMultipart.Check(step, form) is { } wrong)
            {
                return Refuse(wrong);
            }

            var (json, fault) = await reader.ReadToMemoryAsync(multipart.MaxSoapBytes, progress.Token);
            for (step = await reader.NextPartAsync(progress.Token); fault.IsNone && step.HasPart; step = await reader.NextPartAsync(progress.Token))
            {
                var part = step.Part;
                if (!part.HasPlainNames)
                {
                    return Refuse(new ProtocolFault("part-header", XRoadFaultCode.MimeParsingFailed, "part/Content-Disposition", Phrases.Of("Attachments.FileNameWithoutPath"), Phrases.Of("Attachments.AnotherText")));
                }

                if (await assembly.BeginAsync(part.ContentId ?? part.FieldName ?? "", part.FileName ?? "", part.ContentType.ToString(), progress.Token) is { } unfit)
                {
                    return unfit;
                }

                if (!TransferDecoder.TryCreate(part.TransferEncoding, out var decoder, out fault))
                {
                    break;
                }

                if (await assembly.AppendAsync(reader, decoder, Refuse, progress.Token) is { } error)
                {
                    return error;
                }
            }

            fault = fault.IsNone ? step.Fault : fault;
            return !fault.IsNone ? Refuse(fault)
                : (await assembly.FinishAsync(progress.Token)).TryGet(out var attachments, out var unfinished) ? new ReceivedJson(json, attachments)
                : unfinished;
        }
        catch (OperationCanceledException) when (progress.HasStalled)
        {
            return Stalled();
        }
    }

    /// <summary>Reads a whole message.</summary>
    /// <param name="source">Its body.</param>
    /// <param name="contentType">Content-Type as it came.</param>
    /// <param name="mediaType">The same, parsed.</param>
    /// <param name="owner">Whose quota it takes.</param>
    /// <param name="cancellationToken">Ends the wait for the sender.</param>
    public Task<Outcome<MultipartMessage>> ReceiveAsync(Stream source, string contentType, MediaType mediaType, string owner, CancellationToken cancellationToken) =>
        ReceiveAsync(source, contentType, mediaType, _ => owner, share: null, cancellationToken);

    /// <summary>Reads a whole message whose SOAP part says whose quota its attachments take; the share counts that part.</summary>
    public async Task<Outcome<MultipartMessage>> ReceiveAsync(Stream source, string contentType, MediaType mediaType, Func<MultipartSoapPart, string> owner, BodyBudget.Share? share, CancellationToken cancellationToken)
    {
        using var progress = StartProgress(cancellationToken);
        SpoolFile? spool = null;
        try
        {
            using var reader = new MultipartReader(new AdvancingStream(source, progress), mediaType["boundary"]!, share is null ? multipart : multipart with { MayHold = share.TryTake });
            var soap = await MultipartSoap.ReadSoapPartAsync(reader, mediaType, multipart, progress.Token);
            if (!soap.Exists)
            {
                return Refuse(soap.Fault);
            }

            spool = SpoolFile.Create(folder, quota, owner(soap));
            var parts = new List<SpooledPart>();
            for (var step = await reader.NextPartAsync(progress.Token); !step.IsEnd; step = await reader.NextPartAsync(progress.Token))
            {
                if (!step.HasPart)
                {
                    return Refuse(step.Fault);
                }

                if (!(await ReceiveAsync(reader, step.Part, spool, progress.Token)).TryGet(out var part, out var error))
                {
                    return error;
                }

                parts.Add(part);
            }

            var message = new MultipartMessage(contentType, mediaType, soap.Headers, soap.Content, parts, spool);
            spool = null;
            return message;
        }
        catch (OperationCanceledException) when (progress.HasStalled)
        {
            return Stalled();
        }
        finally
        {
            spool?.Dispose();
        }
    }

    /// <summary>Reads a REST body that is no list's to look into: into memory while it is small, hashed and onto disk beyond.</summary>
    /// <param name="source">The body.</param>
    /// <param name="announced">Content-Length, if there is one.</param>
    /// <param name="owner">Whose quota it takes.</param>
    /// <param name="share">Counts what is held in memory; null where nobody does.</param>
    /// <param name="cancellationToken">Ends the wait for the sender.</param>
    public async Task<Outcome<RestBody>> ReceiveBodyAsync(Stream source, long? announced, string owner, BodyBudget.Share? share, CancellationToken cancellationToken)
    {
        if (announced > limits.MaxAttachment)
        {
            return TooLarge();
        }

        using var progress = StartProgress(cancellationToken);
        var stream = new AdvancingStream(source, progress);
        await using (stream)
        {
            try
            {
                var begun = new ArrayBufferWriter<byte>((int)Math.Clamp(announced ?? 16 * 1024, 1024, 64 * 1024));
                while (begun.WrittenCount <= MostInMemory)
                {
                    var read = await stream.ReadAsync(begun.GetMemory(16 * 1024), progress.Token);
                    if (read == 0)
                    {
                        return (RestBody)begun.WrittenMemory;
                    }

                    if (share?.TryTake(read) == false)
                    {
                        return Bodies.Refusal();
                    }

                    begun.Advance(read);
                }

                return await SpoolAsync(begun.WrittenMemory, stream, owner, progress.Token);
            }
            catch (OperationCanceledException) when (progress.HasStalled)
            {
                return Stalled("body");
            }
        }
    }

    private async Task<Outcome<RestBody>> SpoolAsync(ReadOnlyMemory<byte> begun, AdvancingStream rest, string owner, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var sha512 = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        var buffer = ArrayPool<byte>.Shared.Rent(SpoolFile.ChunkSize);
        var file = SpoolFile.Create(folder, quota, owner);
        var isKept = false;
        try
        {
            long length = 0;
            for (var piece = begun; !piece.IsEmpty; piece = buffer.AsMemory(0, await rest.ReadAsync(buffer, cancellationToken)))
            {
                length += piece.Length;
                if (length > limits.MaxAttachment)
                {
                    return TooLarge();
                }

                sha256.AppendData(piece.Span);
                sha512.AppendData(piece.Span);
                if (!await file.TryWriteAsync(piece, cancellationToken))
                {
                    return Full(limits);
                }
            }

            if (!await file.TryEndPartAsync(cancellationToken))
            {
                return Full(limits);
            }

            isKept = true;
            return (RestBody)new SpooledBody(file, length, sha256.GetHashAndReset(), sha512.GetHashAndReset(), begun[..AttachmentPolicy.HeadBytes].ToArray());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            if (!isKept)
            {
                file.Dispose();
            }
        }
    }

    private ExchangeError TooLarge() =>
        new(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = "body", Expected = RefusalPhrases.Of("at_most_bytes_limits_maxattachment", limits.MaxAttachment), Found = RefusalPhrases.Of("more") };

    private async Task<Outcome<SpooledPart>> ReceiveAsync(MultipartReader reader, PartHeaders headers, SpoolFile spool, CancellationToken cancellationToken)
    {
        if (!PartDigest.TryCreate(headers, HashAlgorithmName.SHA256, out var digest, out var fault))
        {
            return Refuse(fault);
        }

        using (digest)
        {
            var position = spool.Position;
            while (true)
            {
                var chunk = await reader.ReadChunkAsync(cancellationToken);
                if (!chunk.Fault.IsNone || !digest.TryAppend(chunk.Bytes.Span, out fault))
                {
                    return Refuse(chunk.Fault.IsNone ? fault : chunk.Fault);
                }

                if (!await spool.TryWriteAsync(chunk.Bytes, cancellationToken) || (chunk.IsLast && !await spool.TryEndPartAsync(cancellationToken)))
                {
                    return Full(limits);
                }

                if (chunk.IsLast)
                {
                    return digest.TryFinish(out var sha256, out fault)
                        ? new SpooledPart(headers, position, digest.RawLength, digest.DecodedLength, sha256, digest.Head)
                        : Refuse(fault);
                }
            }
        }
    }

    private ExchangeError Refuse(ProtocolFault fault) => fault.Reason switch
    {
        "part-too-large" or "multipart-too-large" => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MessageTooLarge) { Path = fault.Path, Expected = RefusalPhrases.Of("limits_maxattachment_for_soap_limits", fault.Expected, limits.MaxBody), Found = fault.Found },
        "memory-full" => Bodies.Refusal(),
        "multipart-truncated" => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.RequestIncomplete) { Path = fault.Path, Expected = fault.Expected, Found = fault.Found },
        _ => new ExchangeError(ExchangeStage.Decode, ExchangeCodes.MultipartMalformed) { Path = fault.Path, Expected = fault.Expected, Found = fault.Found },
    };
}

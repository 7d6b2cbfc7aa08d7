using System.Security.Cryptography;
using Tunduk.Adapter.Attachments;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange.Forms;

/// <summary>What the forms have in common that travel as SOAP: envelope, signature, sending, verification.</summary>
internal abstract class SoapWireForm : IConsumerForm
{
    /// <summary>Of what goes from disk the silence is bounded, not the length.</summary>
    public static readonly TimeSpan LongestTransfer = TimeSpan.FromHours(24);
    private SignedMessage signed = null!;
    private SecurityServerReply? reply;
    private ProgressTimeout? progress;

    /// <summary>The one element of Body as it will leave.</summary>
    protected ReadOnlyMemory<byte> BodyXml { get; set; }

    /// <summary>Header blocks beside X-Road's that may cross.</summary>
    protected ReadOnlyMemory<byte> OtherHeaders { get; set; }

    /// <summary>The request's attachments that may cross.</summary>
    protected MultipartMessage? Attachments { get; init; }

    /// <summary>Receives answers with attachments; null where this form takes none.</summary>
    protected AttachmentSpool? Spool { get; init; }

    /// <summary>Whose quota the attachments of an answer take.</summary>
    protected string Owner { get; init; } = "";

    /// <summary>Counts what the answer holds in memory; null where nobody does.</summary>
    public BodyBudget.Share? AnswerShare { get; init; }

    /// <summary>SOAPAction of the request as it may leave.</summary>
    protected string SoapAction { get; set; } = SoapActionHeader.None;

    /// <summary>The verified answer.</summary>
    protected VerifiedMessage Answer { get; private set; } = null!;

    /// <summary>The answer's attachments.</summary>
    protected MultipartMessage? AnswerAttachments => reply?.Multipart;

    public PayloadPart Arrived => new(ExchangeJournal.MessagePart, AnswerAttachments is { Parts.Count: > 0 } ? "multipart/related" : "text/xml; charset=utf-8", reply!.Body);

    public virtual bool IsMetaservice => false;

    public virtual ReadOnlyMemory<byte>? RepeatBody => null;

    // The archive keeps no attachments.
    public bool IsRepeatable => AnswerAttachments is not { Parts.Count: > 0 };

    public abstract Outcome<ConsumedService> Bind(ServiceCatalogue services);

    public abstract Outcome<SoapHeaders> ReadHeaders(ConsumedService service);

    public abstract ExchangeError? Validate(ConsumedService service, BodyMapping mapping);

    public abstract Outcome<FilteredBody> FilterRequest(ExchangeRun run, ConsumedService service, BodyMapping mapping);

    public abstract Outcome<FilteredBody> FilterAnswer(ExchangeRun run, ConsumedService service, BodyMapping mapping);

    public abstract ExchangeAnswer Encode(ExchangeRun run, FilteredBody answered);

    public byte[] Content()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(BodyXml.Span));
        foreach (var part in Attachments?.Parts ?? [])
        {
            hash.AppendData(part.Sha256.Span);
        }

        return hash.GetHashAndReset();
    }

    public async Task<Outcome<MessageRecord>> SignAsync(ExchangeRun run, FilteredBody asked, MessageSigning signing)
    {
        if (!(await signing.SignRequestAsync(run, BodyXml, OtherHeaders, Attachments?.Digests ?? [])).TryGet(out var message, out var error))
        {
            return error;
        }

        signed = message;
        return signed.ToRecord(asked) with { Multipart = Attachments };
    }

    public async Task<ExchangeError?> ForwardAsync(SecurityServerClient securityServer, ConsumedService service)
    {
        var request = SecurityServerRequest.Soap(signed.Envelope, service.Limits, SoapAction) with { Share = AnswerShare };
        if (Attachments is not null)
        {
            progress = Spool!.StartProgress(CancellationToken.None);
        }

        if (Spool is not null)
        {
            request = request with { Spooled = SpooledReply.OfSoap(Spool, Owner, AnswerShare, progress) };
        }

        if (Attachments is { } attachments)
        {
            // A gigabyte may take longer than an answer: what is bounded is standing still.
            request = request with { Content = () => new MultipartBody(attachments, signed.Envelope, progress!), Limits = service.Limits with { Total = LongestTransfer } };
        }

        if (!(await securityServer.SendAsync(request, progress?.Token ?? CancellationToken.None)).TryGet(out reply, out var error))
        {
            return error;
        }

        return null;
    }

    public VerifiedMessage Verify(ExchangeRun run, MessageVerification verification) =>
        Answer = verification.VerifyResponse(run, signed, reply!);

    public MessageRecord AnswerRecord(FilteredBody answered) => Answer.ToRecord(reply!, answered) with { Multipart = AnswerAttachments };

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The reply's attachments are handed to whoever writes the answer.</summary>
    protected MultipartMessage? TakeAnswerAttachments()
    {
        var taken = reply?.Multipart;
        reply = reply is null ? null : reply with { Multipart = null };
        return taken;
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Answer?.Dispose();
            reply?.Dispose();
            progress?.Dispose();
            Attachments?.Dispose();
        }
    }
}

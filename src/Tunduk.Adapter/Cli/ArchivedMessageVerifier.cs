using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Signing;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Trust;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Cli;

/// <summary>
/// Checks the signatures of archived messages again: by the certificate the entry names, at the time the entry names.
/// </summary>
internal sealed class ArchivedMessageVerifier : IMessageVerifier
{
    // The clock of the receipt was judged at receipt; here only signature and cover are.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(10);

    public ValueTask<MessageVerdict> VerifyAsync(ArchiveRecord record, CancellationToken cancellationToken) => new(Verify(record));

    private static MessageVerdict Verify(ArchiveRecord record)
    {
        if (record.Entry.Signature is SignatureStatus.Absent or SignatureStatus.UnsignedEcho)
        {
            return MessageVerdict.Absent;
        }

        // A signature that failed at receipt is part of a refusal; the entry says so, and there is nothing to verify.
        if (record.Entry.Kind is not (EntryKind.Request or EntryKind.Response) || Part(record, ExchangeJournal.MessagePart) is not { } message)
        {
            return MessageVerdict.Attested;
        }

        if (record.Entry.Signature == SignatureStatus.OwnDetached)
        {
            if (Part(record, ExchangeJournal.DetachedPart) is not { } detached)
            {
                return MessageVerdict.Attested;
            }

            var context = record.Entry.Kind == EntryKind.Request ? DetachedContext.SoapRequest : DetachedContext.SoapResponse;
            var moment = record.Entry.EventTime ?? record.Entry.Time;
            return DetachedSignature.Verify(message.Content.Span, context, detached.Content.Span, Trust(record), moment).IsValid ? MessageVerdict.Verified : MessageVerdict.Failed;
        }

        if (!SoapMessage.TryRead(message.Content, SoapReaderOptions.Default, out var soap, out _))
        {
            return MessageVerdict.Failed;
        }

        using (soap)
        {
            var time = record.Entry.EventTime ?? record.Entry.Time;
            var result = SoapVerifier.Verify(soap.Tape, new SoapVerificationInput
            {
                Direction = record.Entry.Kind == EntryKind.Request ? SoapDirection.Request : SoapDirection.Response,
                Trust = Trust(record),
                Now = time,
                Request = null,
                Headers = soap.Headers is null ? [] : SignedHeaders.Of(soap.Headers),
                AllowedSkew = Skew,
            });
            return result.Status == SoapVerificationStatus.Valid ? MessageVerdict.Verified : MessageVerdict.Failed;
        }
    }

    private static SignerTrust Trust(ArchiveRecord record) => new([new PinnedCertificate(record.Entry.CertificateSha256)]);

    private static PayloadPart? Part(ArchiveRecord record, string name)
    {
        foreach (var part in record.Parts)
        {
            if (string.Equals(part.Name, name, StringComparison.Ordinal))
            {
                return part;
            }
        }

        return null;
    }
}

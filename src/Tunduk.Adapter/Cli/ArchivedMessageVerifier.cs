using Tunduk.Archive;
using Tunduk.Evidence.Bundles;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Cli;

/// <summary>Checks the signatures of archived messages again, as a bundle's verifier does: by the certificate the entry names, at the time it names.</summary>
internal sealed class ArchivedMessageVerifier : IMessageVerifier
{
    public ValueTask<MessageVerdict> VerifyAsync(ArchiveRecord record, CancellationToken cancellationToken) => new(Verify(record));

    private static MessageVerdict Verify(ArchiveRecord record)
    {
        if (record.Entry.Signature is SignatureStatus.Absent or SignatureStatus.UnsignedEcho)
        {
            return MessageVerdict.Absent;
        }

        // A signature that failed at receipt is part of a refusal; the entry says so, and there is nothing to verify.
        if (record.Entry.Kind is not (EntryKind.Request or EntryKind.Response) || Part(record, ArchivedMessage.MessagePart) is not { } message)
        {
            return MessageVerdict.Attested;
        }

        return ArchivedMessage.Verify(record.Entry, message.Content, message.MediaType, Part(record, ArchivedMessage.DetachedPart)?.Content.ToArray(), Part(record, ArchivedMessage.BasePart)?.Content.ToArray()).State switch
        {
            ArchivedMessageState.Verified => MessageVerdict.Verified,
            ArchivedMessageState.Attested => MessageVerdict.Attested,
            _ => MessageVerdict.Failed,
        };
    }

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

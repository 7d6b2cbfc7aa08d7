using System.Text;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Bundles;

/// <summary>Counts what each record's message signature is worth now.</summary>
internal sealed class MessageCheck(SignerTrust? trust, Action<BundleFinding> fail)
{
    private readonly HashSet<string> unknownSigners = new(StringComparer.Ordinal);

    public long Verified { get; private set; }

    public long Attested { get; private set; }

    public long Absent { get; private set; }

    public long Failed { get; private set; }

    /// <summary>Checks one record; without <paramref name="parts"/> its bytes are not to be relied on.</summary>
    public void Check(BundledRecord record, LogEntry entry, PayloadReader? parts, DateTimeOffset? notLaterThan)
    {
        if (entry.Kind is not (EntryKind.Request or EntryKind.Response) || entry.Signature is SignatureStatus.Absent or SignatureStatus.UnsignedEcho)
        {
            Absent += entry.Kind is EntryKind.Request or EntryKind.Response ? 1 : 0;
            return;
        }

        if (parts?.Part(ArchivedMessage.MessagePart) is not { } message)
        {
            Attested++;
            return;
        }

        ArchivedMessageVerdict verdict = ArchivedMessage.Verify(entry, message, MediaType(record), parts.Part(ArchivedMessage.DetachedPart), parts.Part(ArchivedMessage.BasePart));
        switch (verdict.State)
        {
            case ArchivedMessageState.Verified:
                Verified++;
                CheckSigner(record, entry, verdict, notLaterThan);
                break;
            case ArchivedMessageState.Attested:
                Attested++;
                break;
            default:
                Failed++;
                fail(new BundleFinding("message_signature", Phrases.Of("Bundles.MessageSignatureDoesNot", verdict.Code), record.Record, "$part/" + ArchivedMessage.MessagePart));
                break;
        }
    }

    // The entry names the certificate; whether the reader believes its holder stands in the trust file. Each signer is named once.
    private void CheckSigner(BundledRecord record, LogEntry entry, ArchivedMessageVerdict verdict, DateTimeOffset? notLaterThan)
    {
        if (trust is null || verdict.Certificate.IsEmpty)
        {
            return;
        }

        DateTimeOffset moment = entry.EventTime ?? entry.Time;
        bool known = trust.TryTrust(verdict.Certificate.Span, moment, out TrustedSigner? signer, out _) && moment >= signer.NotBefore && moment <= signer.NotAfter;
        if (!known && unknownSigners.Add(Convert.ToHexStringLower(entry.CertificateSha256.Span)))
        {
            fail(new BundleFinding("message_signer", Phrases.Of("Bundles.TrustFileDoesNot", Convert.ToHexStringLower(entry.CertificateSha256.Span)), record.Record));
        }

        if (notLaterThan is { } latest && moment > latest + TimeSpan.FromMinutes(10))
        {
            fail(new BundleFinding("time_after_timestamp", Phrases.Of("Bundles.EntryClaimsTimeAfter"), record.Record));
        }
    }

    private static string? MediaType(BundledRecord record) =>
        record.Leaves?.FirstOrDefault(static leaf => leaf.IsShown && leaf.Path == "$mediaType/" + ArchivedMessage.MessagePart) is { } shown ? Encoding.UTF8.GetString(shown.Value) : null;
}

using System.Globalization;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Evidence.Http;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Trust;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Signing;

/// <summary>What the Verify stage found out about a received message.</summary>
internal sealed class VerifiedMessage : IDisposable
{
    private readonly IDisposable? parse;

    private VerifiedMessage(IDisposable? parse) => this.parse = parse;

    /// <summary>Why the message goes no further; null when it does.</summary>
    public ExchangeError? Error { get; private init; }

    /// <summary>Fault code of a security server or provider, for the archive.</summary>
    public string? FaultCode { get; private init; }

    /// <summary>The canonical Body: what was verified is what is read.</summary>
    public ReadOnlyMemory<byte> BodyXml { get; private init; }

    /// <summary>How the signature stood.</summary>
    public SignatureStatus Signature { get; private init; }

    /// <summary>The SOAP message, while this object lives; null for REST.</summary>
    public SoapMessage? Message => parse as SoapMessage;

    /// <summary>A fault as far as it may be passed on; null where there is none, or none that may be told.</summary>
    public PeerFault? Fault { get; private init; }

    /// <summary>SHA-256 of the signer's certificate; empty without a signature.</summary>
    public ReadOnlyMemory<byte> SignerSha256 { get; private init; }

    /// <summary>The signer, whose revocation is still to be judged; null without a signature.</summary>
    public TrustedSigner? Signer { get; private init; }

    /// <summary>Algorithm, times and what is covered, in words; null without a signature.</summary>
    public string? Coverage { get; private init; }

    /// <summary>What tells this signature from every other: a digest nobody can vary; empty without one.</summary>
    public ReadOnlyMemory<byte> ReplayKey { get; private init; }

    /// <summary>End of the time in which the signed message is accepted.</summary>
    public DateTimeOffset Expires { get; private init; }

    /// <summary>The embedded signature's value; empty without one.</summary>
    public ReadOnlyMemory<byte> SignatureValue { get; private init; }

    /// <summary>SHA-256 of the sender's latest checkpoint, under its signature; empty where it names none.</summary>
    public ReadOnlyMemory<byte> PeerCheckpoint { get; private init; }

    /// <summary>Header blocks of the signature, kept where the message cannot be.</summary>
    public ReadOnlyMemory<byte> SignatureParts { get; private init; }

    /// <summary>A message that goes no further.</summary>
    /// <param name="error">Why.</param>
    /// <param name="faultCode">Code of the fault it is.</param>
    /// <param name="fault">The fault as it may be passed on.</param>
    /// <param name="verification">Its signature, where a fault has a valid one: its signer is still to be judged.</param>
    public static VerifiedMessage Refused(ExchangeError error, string? faultCode = null, PeerFault? fault = null, SoapVerification? verification = null) => new(null)
    {
        Error = error,
        FaultCode = faultCode,
        Fault = fault,
        Signer = verification?.Signer,
        Coverage = verification is null ? null : Words(verification),
    };

    /// <summary>The refusal that this message is; its signer is still to be judged.</summary>
    public VerifiedMessage AsRefusal(ExchangeError error, string faultCode, PeerFault fault) => new(null) { Error = error, FaultCode = faultCode, Fault = fault, Signer = Signer, Coverage = Coverage };

    /// <summary>A REST message that goes on.</summary>
    public static VerifiedMessage AcceptedRest(SignatureStatus signature, HttpVerification? verification) => new(null)
    {
        Signature = signature,
        SignatureValue = verification?.SignatureValue ?? default,
        Signer = verification?.Signer,
        Coverage = verification is null ? null : Words(verification.Algorithm, verification.Created, verification.Expires, string.Join(' ', verification.Covered)),
        SignerSha256 = verification?.Signer?.Sha256 ?? default,
        ReplayKey = verification?.SignatureBaseSha256 ?? default,
        PeerCheckpoint = verification?.Checkpoint ?? default,
        Expires = verification?.Expires ?? default,
    };

    public static VerifiedMessage Accepted(IDisposable parse, ReadOnlyMemory<byte> body, SignatureStatus signature, SoapVerification? verification, ReadOnlyMemory<byte> signatureParts) => new(parse)
    {
        BodyXml = body,
        Signature = signature,
        SignatureValue = verification?.SignatureValue ?? default,
        Signer = verification?.Signer,
        Coverage = verification is null ? null : Words(verification),
        SignerSha256 = verification?.Signer?.Sha256 ?? default,
        ReplayKey = verification?.SignedInfoSha256 ?? default,
        PeerCheckpoint = verification?.Exchange?.Checkpoint ?? default,
        Expires = verification?.Expires ?? default,
        SignatureParts = signatureParts,
    };

    /// <summary>What the archive keeps of a response.</summary>
    public MessageRecord ToRecord(SecurityServerReply reply, FilteredBody body) => ToRecord(reply.Body, body);

    /// <summary>What the archive keeps: the envelope whole, unless the filter took something out of what it says; of SOAP as it was read, which is UTF-8 whatever the charset was.</summary>
    public MessageRecord ToRecord(ReadOnlyMemory<byte> envelope, FilteredBody body) => new()
    {
        Body = body.Json,
        Envelope = Message?.Tape.Source ?? envelope,
        Removed = body.Removed,
        RemovedAfterReceipt = body.Removed.Count > 0,
        SignatureParts = SignatureParts,
        Signature = Signature,
        CertificateSha256 = SignerSha256,
        PeerCheckpoint = PeerCheckpoint,
    };

    public void Dispose() => parse?.Dispose();

    private static string Words(SoapVerification verification) =>
        Words(verification.Algorithm, verification.Created, verification.Expires, string.Join(", ", verification.Covered.Select(part => $"{part.Name} {part.CanonicalLength.ToString(CultureInfo.InvariantCulture)} bytes")) + Parts(verification.Exchange?.Attachments ?? []));

    private static string Words(SignatureAlgorithm? algorithm, DateTimeOffset created, DateTimeOffset expires, string covered) =>
        string.Create(CultureInfo.InvariantCulture, $"{algorithm}; created {created:yyyy-MM-ddTHH:mm:ss.fffZ}; expires {expires:yyyy-MM-ddTHH:mm:ss.fffZ}; covers {covered}");

    // A signature of somebody else's making may leave out what a part's headers say of it; then nobody vouches for type and name.
    private static string Parts(IReadOnlyList<SoapAttachmentDigest> attachments)
    {
        var bare = attachments.Count(attachment => attachment.Type is null);
        return attachments.Count == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $", attachments {attachments.Count} with Content-ID, type and file name{(bare == 0 ? "" : $", of {bare} not type and file name")}");
    }
}

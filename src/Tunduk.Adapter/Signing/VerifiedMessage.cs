using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Soap;

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

    /// <summary>The verification, when there was a signature.</summary>
    public SoapVerification? Verification { get; private init; }

    /// <summary>The embedded signature's value; empty without one.</summary>
    public ReadOnlyMemory<byte> SignatureValue => Verification?.SignatureValue ?? default;

    /// <summary>Header blocks of the signature, kept where the message cannot be.</summary>
    public ReadOnlyMemory<byte> SignatureParts { get; private init; }

    public static VerifiedMessage Refused(ExchangeError error, string? faultCode = null) => new(null) { Error = error, FaultCode = faultCode };

    public static VerifiedMessage Accepted(IDisposable parse, ReadOnlyMemory<byte> body, SignatureStatus signature, SoapVerification? verification, ReadOnlyMemory<byte> signatureParts) => new(parse)
    {
        BodyXml = body,
        Signature = signature,
        Verification = verification,
        SignatureParts = signatureParts,
    };

    /// <summary>What the archive keeps of a response.</summary>
    public MessageRecord ToRecord(SecurityServerReply reply, FilteredBody body) => ToRecord(reply.Body, body);

    /// <summary>What the archive keeps: the envelope whole, unless the filter took something out of what it says.</summary>
    public MessageRecord ToRecord(ReadOnlyMemory<byte> envelope, FilteredBody body) => new()
    {
        Body = body.Json,
        Envelope = envelope,
        Removed = body.Removed,
        RemovedAfterReceipt = body.Removed.Count > 0,
        SignatureParts = SignatureParts,
        Signature = Signature,
        CertificateSha256 = Verification?.Signer?.Sha256 ?? default,
    };

    public void Dispose() => parse?.Dispose();
}

using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Tests.Soap;
using Tunduk.Evidence.Tests.Soap.Attacks;
using Tunduk.Xml;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// The library's corpus as it is sent to a running adapter, and what its cases that change the receiver become on the wire.
/// </summary>
internal static class AdapterAttacks
{
    /// <summary>Attachments travel as MIME parts: <see cref="AttachmentAttackTests"/>; a whole request as the answer has its own test.</summary>
    private static readonly string[] Elsewhere = ["attachment-added", "attachment-removed", "attachment-changed", "attachment-type-changed", "attachment-type-lost", "attachment-name-changed", "attachment-name-removed", "request-as-response"];

    /// <summary>Cases whose certificate an agreement pins all the same: only its own fault refuses it.</summary>
    public static IReadOnlyList<TestSigner> PinnedToo => [AttackCorpus.Weak, AttackCorpus.Encipherer, Expired, Future, Strange];

    private static TestSigner Signer => SoapMessages.Consumer;

    private static TestSigner Expired { get; } = TestSigner.Make("expired", SignatureAlgorithm.RsaSha256, notBefore: TestMoment.Now.AddYears(-2), notAfter: TestMoment.Now.AddDays(-1));

    private static TestSigner Future { get; } = TestSigner.Make("future", SignatureAlgorithm.RsaSha256, notBefore: TestMoment.Now.AddDays(2), notAfter: TestMoment.Now.AddYears(2));

    private static TestSigner Strange { get; } = TestSigner.Make("strange", SignatureAlgorithm.RsaSha256, extension: new System.Security.Cryptography.X509Certificates.X509Extension("1.2.3.4", [5, 0], critical: true));

    private static TestSigner Twin { get; } = TestSigner.Make("loans.sandbox", SignatureAlgorithm.RsaSha256, rsaBits: 3072);

    /// <summary>Every case, by the good message it is made from.</summary>
    public static IReadOnlyDictionary<string, Attack> All { get; } = Everything().ToDictionary(attack => attack.Name, StringComparer.Ordinal);

    /// <summary>Signs an envelope as a counterparty with an own adapter would.</summary>
    public static string Sign(string envelope, SoapRequestBinding? request = null, TimeSpan shift = default, TestSigner? signer = null, IReadOnlyList<SoapAttachmentDigest>? attachments = null)
    {
        signer ??= Signer;
        SoapMessage.TryRead(Functional.Envelopes.Bytes(envelope), new SoapReaderOptions(), out var message, out var fault).ShouldBeTrue(fault.ToString());
        using (message)
        {
            using XmlTape tape = SoapMessages.Parse(envelope);
            var input = SoapMessages.Input(signer, request) with { Headers = SignedHeaders.Of(message!.Headers!), Attachments = attachments ?? [] };
            input = input with { Created = input.Created + shift, Expires = input.Created + shift + TimeSpan.FromMinutes(5) };
            SoapSignature.TryPrepare(tape, input, out var prepared, out var unable).ShouldBeTrue(unable.ToString());
            return Functional.Envelopes.Text(prepared.Complete(signer.Sign(prepared.SignedInfo.Span)));
        }
    }

    private static IEnumerable<Attack> Everything()
    {
        var own = OfTheReceiver().ToList();
        return AttackCorpus.All.Where(attack => !Elsewhere.Contains(attack.Name) && !own.Exists(other => other.Name == attack.Name)).Concat(own);
    }

    /// <summary>What the library tries by changing the receiver's input, here by changing what is sent.</summary>
    private static IEnumerable<Attack> OfTheReceiver() =>
    [
        new("certificate-expired", SoapVerificationCode.CertificateExpired, m => As(m, Expired)),
        new("certificate-with-an-unknown-critical-extension", SoapVerificationCode.CertificateCriticalExtension, m => As(m, Strange)),
        new("certificate-of-the-same-name-with-another-key", SoapVerificationCode.CertificateUntrusted, m => As(m, Twin)),
        new("certificate-not-yet-valid", SoapVerificationCode.CertificateNotYetValid, m => As(m, Future)),
        new("pin-out-of-force", SoapVerificationCode.CertificateUntrusted, m => As(m, TestSigner.Of("never-pinned"))),
        new("replayed-after-expiry", SoapVerificationCode.TimestampExpired, m => Moved(m, -7)),
        new("lifetime-beyond-the-setting", SoapVerificationCode.TimestampLifetime, m => Moved(m, 54, "wsu:Expires")),
        new("header-of-xroads-namespace-added", SoapVerificationCode.HeaderNotCovered, m => m.IntoHeader("<xrd:priority>1</xrd:priority>")),
        new("created-in-future", SoapVerificationCode.TimestampInFuture, m => Moved(m, 2)),
        new("header-changed", SoapVerificationCode.HeaderDiffers, m => m.Swap("<xrd:issue>", "<xrd:issue>loan-scoring other ")),
        new("header-added", SoapVerificationCode.HeaderNotCovered, m => m.Swap(
            "<xrd:protocolVersion>",
            "<repr:representedParty xmlns:repr=\"http://x-road.eu/xsd/representation.xsd\"><repr:partyClass>COM</repr:partyClass><repr:partyCode>1</repr:partyCode></repr:representedParty><xrd:protocolVersion>")),
        new("header-removed", SoapVerificationCode.HeaderMissing, m => m.Swap(m.Piece("xrd:issue"), "")),
    ];

    private static string As(string message, TestSigner signer) =>
        message.Swap(Convert.ToBase64String(Signer.Certificate.RawData), Convert.ToBase64String(signer.Certificate.RawData)).Resigned(signer);

    private static string Moved(string message, int minutes) => Moved(message, minutes, "wsu:Created", "wsu:Expires");

    private static string Moved(string message, int minutes, params string[] names)
    {
        foreach (var name in names)
        {
            var piece = message.Piece(name);
            var text = piece[(name.Length + 2)..^(name.Length + 3)];
            var moved = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).AddMinutes(minutes);
            message = message.Swap(piece, $"<{name}>{moved.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}</{name}>");
        }

        return message.Resigned(Signer);
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Trust;
using Tunduk.Evidence.Log;
using Tunduk.Evidence.Trust;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// Who may sign for a counterparty and what is demanded of it, for SOAP and REST alike: certificates by the agreement,
/// revocation, and who has signed before.
/// </summary>
internal sealed class CounterpartyTrust
{
    private readonly SigningKeys keys;
    private readonly X509Certificate2Collection anchors;
    private readonly X509Certificate2Collection intermediates;
    private readonly SignatureExpectations expectations;
    private readonly ConcurrentDictionary<AgreementDigest, SignerTrust> trust = new();
    private readonly ConcurrentDictionary<string, (TrustedSigner Signer, string Counterparty, DateTimeOffset At)> seen = new(StringComparer.Ordinal);

    private CounterpartyTrust(TrustOptions options, SigningKeys keys, X509Certificate2Collection anchors, X509Certificate2Collection intermediates, RevocationService revocation, SignatureExpectations expectations)
    {
        Options = options;
        this.keys = keys;
        this.anchors = anchors;
        this.intermediates = intermediates;
        Revocation = revocation;
        this.expectations = expectations;
    }

    public TrustOptions Options { get; }

    public RevocationService Revocation { get; }

    /// <summary>Anchors of counterparties' certificates, for inventories.</summary>
    public IEnumerable<X509Certificate2> Anchors => anchors;

    /// <summary>What may stand between a certificate and an anchor.</summary>
    public X509Certificate2Collection Intermediates => intermediates;

    /// <summary>Counterparties' certificates that signed since the start, with the last time.</summary>
    public IEnumerable<(TrustedSigner Signer, string Counterparty, DateTimeOffset At)> Seen => seen.Values;

    /// <summary>SHA-256 of every own certificate.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> OwnCertificates => keys.OwnCertificates;

    /// <summary>Reads <c>Trust:Anchors</c>; one that cannot be read is a fault of the configuration.</summary>
    public static X509Certificate2Collection ReadAnchors(AdapterConfiguration configuration, List<SettingFault> faults) =>
        Read("Trust:Anchors", configuration.Options.Trust.Anchors, configuration, faults);

    /// <summary>Checks that nothing is of the wrong world.</summary>
    public static CounterpartyTrust? Create(AdapterConfiguration configuration, SigningKeys keys, X509Certificate2Collection anchors, AuthorityClient client, SignatureExpectations expectations, TimeProvider clock, List<SettingFault> faults)
    {
        var options = configuration.Options;
        var intermediates = Read("Trust:Intermediates", options.Trust.Intermediates, configuration, faults);
        var inSandbox = string.Equals(options.Instance, Sandbox.SandboxNames.Instance, StringComparison.Ordinal);
        if (anchors.Any(anchor => SandboxMarker.IsMarked(anchor) != inSandbox))
        {
            faults.Add(new SettingFault("Trust:Anchors", inSandbox ? Phrases.Of("Signing.NotSandbox") : Phrases.Of("Signing.Sandbox"), Phrases.Of("Signing.CertificatesSandboxRealWorld")));
        }

        var revocation = RevocationService.Create(options.Trust, configuration.Resolve, client, clock, faults);
        return faults.Count > 0
            ? null
            : new CounterpartyTrust(options.Trust, keys, anchors, intermediates, revocation, expectations);
    }

    /// <summary>The certificates an agreement accepts.</summary>
    public SignerTrust Of(Agreement agreement) => trust.GetOrAdd(agreement.Digest, _ =>
    {
        var pins = agreement.Certificates
            .Where(certificate => certificate.Sha256 is not null)
            .Select(certificate => new PinnedCertificate(Convert.FromHexString(certificate.Sha256!.Value.ToString()), Midnight(certificate.Period.From), Midnight(certificate.Period.Until)));
        var authorities = agreement.Certificates.Where(certificate => certificate.Authority is not null).ToList();
        var allowed = new X509Certificate2Collection();
        allowed.AddRange(anchors.Where(anchor => authorities.Exists(authority => authority.Authority!.Value.ToString() == anchor.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant())).ToArray());
        return new SignerTrust(pins, allowed, intermediates, certificate => authorities.Exists(authority => SubjectRule.Holds(certificate, authority.Subject)));
    });

    /// <summary>True when this exchange's counterparty must sign: the agreement says so, or it signed before.</summary>
    public bool IsDemanded(ExchangeRun run) => run.Agreement?.Signature.Inbound == InboundSignature.Required || (run.Agreement is not null && expectations.HasSigned(run));

    /// <summary>A signature has verified: judges revocation and notes the signer.</summary>
    /// <returns>The refusal; null when the message may go on, and the run then carries what that rests on.</returns>
    public async ValueTask<ExchangeError?> AcceptAsync(ExchangeRun run, VerifiedMessage verified, TrustedSigner signer, bool outcomeUnknown)
    {
        var decision = await Revocation.CheckAsync(signer);
        if (!decision.IsAcceptable)
        {
            return RevocationErrors.From(decision, signer, run.Arrived, outcomeUnknown);
        }

        if (decision.Verdict == RevocationVerdict.Accepted)
        {
            run.Flags |= EntryFlags.RevocationUnanswered;
        }

        run.Evidence = decision.Evidence;
        run.Verified = $"{verified.Coverage}; by serial {signer.Certificate.SerialNumber}, {signer.Certificate.Subject}; {(signer.IsPinned ? "pinned by the agreement" : $"chain {TrustChain.Of(signer.Chain)}")}; {RevocationErrors.Words(decision)}";
        seen[Convert.ToHexString(signer.Sha256.Span)] = (signer, run.Counterparty?.ToString() ?? "", run.Arrived);
        expectations.Signed(run);
        return null;
    }

    private static X509Certificate2Collection Read(string setting, IEnumerable<string> files, AdapterConfiguration configuration, List<SettingFault> faults)
    {
        var read = new X509Certificate2Collection();
        foreach (var file in files)
        {
            if (KeyPairFile.TryReadCertificates(configuration.Resolve(file), out var certificates, out var fault))
            {
                read.AddRange(certificates);
            }
            else
            {
                faults.Add(fault.Of(setting));
            }
        }

        return read;
    }

    private static DateTimeOffset? Midnight(DateOnly? day) => day is { } date ? new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero) : null;
}

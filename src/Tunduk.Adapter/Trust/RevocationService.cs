using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Keys;
using Tunduk.Archive;
using Tunduk.Evidence.Revocation;
using Tunduk.Evidence.Trust;

namespace Tunduk.Adapter.Trust;

/// <summary>
/// Judges whether a signer's certificate, and each certificate above it but the anchor, is revoked (SIGNATURES "Trust"). Asked
/// once for many messages: an answer serves until its nextUpdate or <c>KeepFor</c>, and several messages share one question.
/// </summary>
internal sealed class RevocationService
{
    /// <summary>How long a failure to get an answer serves: a dead responder is not waited for by each message anew.</summary>
    public static readonly TimeSpan FailureKept = TimeSpan.FromSeconds(10);

    private const int MostKnown = 10_000;
    private readonly IReadOnlyList<RevocationAuthority> authorities;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, RevocationDecision> decisions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<Task<RevocationDecision>>> asking = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, RevocationDecision> revoked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> unansweredSince = new(StringComparer.Ordinal);

    private RevocationService(IReadOnlyList<RevocationAuthority> authorities, TimeProvider clock)
    {
        this.authorities = authorities;
        this.clock = clock;
    }

    /// <summary>Reads the authorities' certificates; one that cannot be read is a fault of the configuration.</summary>
    public static RevocationService Create(TrustOptions options, Func<string, string> resolve, AuthorityClient client, TimeProvider clock, List<SettingFault> faults)
    {
        var authorities = new List<RevocationAuthority>();
        for (var i = 0; i < options.Revocation.Count; i++)
        {
            var entry = options.Revocation[i];
            if (KeyPairFile.TryReadCertificates(resolve(entry.Authority), out var certificates, out var fault))
            {
                authorities.Add(new RevocationAuthority(certificates[0], entry, client, options.ClockSkew, clock));
            }
            else
            {
                faults.Add(fault.Of($"Trust:Revocation:{i}:Authority"));
            }
        }

        return new RevocationService(authorities, clock);
    }

    /// <summary>The verdicts in force, by SHA-256 of the certificate (hex), for inventories.</summary>
    public RevocationDecision? Known(string sha256) => decisions.GetValueOrDefault(sha256);

    /// <summary>Certificates about which nobody answered at last, and why.</summary>
    public IEnumerable<string> Alarms() => decisions.Values
        .Where(decision => decision.Verdict is RevocationVerdict.Accepted or RevocationVerdict.Unknown)
        .Select(decision => Phrases.Of("Trust.RevocationCertificateNotKnown", decision.Serial, string.Join("; ", decision.Attempts)));

    /// <summary>Judges a signer. With an answer at hand it costs a look-up.</summary>
    public ValueTask<RevocationDecision> CheckAsync(TrustedSigner signer)
    {
        var key = Convert.ToHexString(signer.Sha256.Span);
        if (decisions.TryGetValue(key, out var known) && clock.GetUtcNow() < known.Until)
        {
            return new ValueTask<RevocationDecision>(known);
        }

        // Several messages of one signer share the question; it is bounded by the authorities' own time limits.
        return new ValueTask<RevocationDecision>(asking.GetOrAdd(key, fresh => new Lazy<Task<RevocationDecision>>(() => DecideAsync(fresh, signer))).Value);
    }

    /// <summary>Asks about a certificate that no message has to show: an own one, or a caller's. Not asked where its authority has no entry.</summary>
    public async Task<RevocationDecision> CheckOwnAsync(X509Certificate2 certificate)
    {
        var key = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        if (decisions.TryGetValue(key, out var known) && clock.GetUtcNow() < known.Until)
        {
            return known;
        }

        if (Find(certificate, null) is not { } authority)
        {
            return new RevocationDecision(RevocationVerdict.NotAsked);
        }

        var evidence = new List<PayloadPart>();
        return decisions[key] = await AskAsync(key, authority, certificate, evidence) with { Evidence = evidence };
    }

    private async Task<RevocationDecision> DecideAsync(string key, TrustedSigner signer)
    {
        try
        {
            var decision = await JudgeAsync(key, signer);
            if (decisions.Count >= MostKnown)
            {
                decisions.Clear();
            }

            decisions[key] = decision;
            return decision;
        }
        finally
        {
            asking.TryRemove(key, out _);
        }
    }

    private async Task<RevocationDecision> JudgeAsync(string key, TrustedSigner signer)
    {
        var now = clock.GetUtcNow();
        var whole = new RevocationDecision(RevocationVerdict.NotAsked) { Until = now + FailureKept };
        var evidence = new List<PayloadPart>();
        var links = signer.IsPinned ? 1 : signer.Chain.Count - 1;
        for (var i = 0; i < links; i++)
        {
            var certificate = signer.Chain[i];
            var authority = Find(certificate, signer.IsPinned ? null : signer.Chain[i + 1]);
            if (authority is null && signer.IsPinned)
            {
                return whole;
            }

            var link = authority is null
                ? new RevocationDecision(RevocationVerdict.Unknown) { Serial = certificate.SerialNumber, Attempts = [Phrases.Of("Trust.AuthorityNoEntryTrust")], Until = now + FailureKept }
                : await AskAsync(i == 0 ? key : $"{key}/{i}", authority, certificate, evidence);
            if (!link.IsAcceptable)
            {
                return link;
            }

            whole = Join(whole, link);
        }

        return whole with { Evidence = evidence };
    }

    private async Task<RevocationDecision> AskAsync(string key, RevocationAuthority authority, X509Certificate2 certificate, List<PayloadPart> evidence)
    {
        var (answer, staple, attempts) = await authority.AskAsync(certificate, CancellationToken.None);
        var now = clock.GetUtcNow();
        if (answer is null && revoked.TryGetValue(key, out var word))
        {
            // Who silences the responder does not bring a revoked certificate back.
            return word with { Attempts = attempts, Until = now + FailureKept };
        }

        if (answer is null)
        {
            var since = unansweredSince.GetOrAdd(key, now);
            var accepted = authority.Options.WhenUnanswered == "accept-and-flag" && now - since <= authority.Options.AcceptFor;
            return new RevocationDecision(accepted ? RevocationVerdict.Accepted : RevocationVerdict.Unknown) { Serial = certificate.SerialNumber, Attempts = attempts, Until = now + FailureKept };
        }

        unansweredSince.TryRemove(key, out _);
        var kept = now + authority.Options.KeepFor;
        var decision = new RevocationDecision(answer.Status == RevocationStatus.Revoked ? RevocationVerdict.Revoked : RevocationVerdict.Good)
        {
            Serial = certificate.SerialNumber,
            ThisUpdate = answer.ThisUpdate,
            Until = answer.NextUpdate < kept ? answer.NextUpdate.Value : kept,
            Attempts = attempts,
            Found = answer.Status == RevocationStatus.Revoked ? RefusalPhrases.Of("revoked_since_z", answer.RevokedAt, answer.Reason is { } reason ? $" ({reason})" : "") : null,
        };
        if (decision.Verdict == RevocationVerdict.Revoked)
        {
            revoked[key] = decision;
        }
        else
        {
            revoked.TryRemove(key, out _);
        }

        if (staple is not null)
        {
            evidence.Add(new PayloadPart($"revocation-{evidence.Count + 1}", answer.IsList ? "application/pkix-crl" : OcspRequest.ResponseMediaType, staple));
        }

        return decision;
    }

    /// <summary>The authority that issued: by certificate in a chain, by name for a pinned certificate.</summary>
    private RevocationAuthority? Find(X509Certificate2 certificate, X509Certificate2? issuer)
    {
        foreach (var authority in authorities)
        {
            if (issuer is null
                ? authority.Certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
                : CryptographicOperations.FixedTimeEquals(authority.Certificate.RawDataMemory.Span, issuer.RawDataMemory.Span))
            {
                return authority;
            }
        }

        return null;
    }

    /// <summary>The weaker verdict, the older answer, the nearer end.</summary>
    private static RevocationDecision Join(RevocationDecision whole, RevocationDecision link) => whole.Verdict == RevocationVerdict.NotAsked
        ? link
        : link with
        {
            Verdict = whole.Verdict == RevocationVerdict.Accepted ? whole.Verdict : link.Verdict,
            Serial = whole.Serial,
            ThisUpdate = whole.ThisUpdate < link.ThisUpdate ? whole.ThisUpdate : link.ThisUpdate,
            Until = whole.Until < link.Until ? whole.Until : link.Until,
            Attempts = [.. whole.Attempts, .. link.Attempts],
        };
}

using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Trust;

namespace Tunduk.Adapter.Callers;

/// <summary>
/// Tells callers apart by API key (<c>Authorization: Bearer …</c>) or client certificate. Loopback is not trust: the
/// address a call comes from says nothing.
/// </summary>
internal sealed class CallerAuthenticator
{
    private const string Scheme = "Bearer ";
    private const int LongestKey = 512;
    private readonly FrozenDictionary<string, (Caller Caller, DateTimeOffset? Expires)> byKey;
    private readonly FrozenDictionary<string, (Caller Caller, DateTimeOffset? Expires)> byCertificate;
    private readonly CertificateCallers authorities;
    private readonly TimeProvider clock;
    private readonly Func<RevocationService>? revocation;

    public CallerAuthenticator(IEnumerable<CallerOptions> callers, CertificateCallers authorities, TimeProvider clock, Func<RevocationService>? revocation = null)
    {
        this.revocation = revocation;
        this.clock = clock;
        this.authorities = authorities;
        var keys = new Dictionary<string, (Caller, DateTimeOffset?)>(StringComparer.OrdinalIgnoreCase);
        var certificates = new Dictionary<string, (Caller, DateTimeOffset?)>(StringComparer.OrdinalIgnoreCase);
        foreach (var options in callers)
        {
            var caller = Caller.Of(options);
            if (options.ApiKeySha256 is { } key)
            {
                keys[key] = (caller, options.Expires);
            }

            if (options.CertificateSha256 is { } certificate)
            {
                certificates[certificate] = (caller, options.Expires);
            }
        }

        byKey = keys.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        byCertificate = certificates.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The caller behind a request; a refusal when none is known.</summary>
    /// <param name="authorization">Value of the <c>Authorization</c> header, or null.</param>
    /// <param name="certificate">Client certificate of the connection, or null.</param>
    /// <param name="anonymous">Stands in when nothing was offered; null refuses.</param>
    public Outcome<Caller> Authenticate(string? authorization, X509Certificate2? certificate, Caller? anonymous)
    {
        if (!string.IsNullOrEmpty(authorization))
        {
            if (authorization.Length > LongestKey)
            {
                return Unknown("Authorization", RefusalPhrases.Of("key_listed_in_callers"), RefusalPhrases.Of("key_that_is_not"));
            }

            if (!authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                return Unknown("Authorization", RefusalPhrases.Of("authorization_bearer_key"), RefusalPhrases.Of("another_scheme"));
            }

            // The stored form is a digest of a random key, so a look-up by digest tells an attacker nothing by its time.
            var digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Scheme.Length..].Trim())));
            return byKey.TryGetValue(digest, out var known)
                ? Live(known, "Authorization")
                : Unknown("Authorization", RefusalPhrases.Of("key_listed_in_callers"), RefusalPhrases.Of("key_that_is_not"));
        }

        var found = RefusalPhrases.Of("nothing");
        if (certificate is not null && FindHolder(certificate, out var holder, out found))
        {
            var now = clock.GetUtcNow();
            return now < holder.From || now > holder.Until
                ? Unknown("client certificate", RefusalPhrases.Of("certificate_within_its_dates"), RefusalPhrases.Of("one_outside_of_them"))
                : Revoked(certificate) is { } revoked ? Unknown("client certificate", RefusalPhrases.Of("certificate_that_its_authority_says_is"), revoked)
                : Live((holder.Caller, holder.Expires), "client certificate");
        }

        return anonymous is not null ? anonymous : Unknown("Authorization", RefusalPhrases.Of("api_key_or_client_certificate_listed_in"), found);
    }

    /// <summary>Asked only of certificates that name a caller, and mostly answered from memory; the authority's own time limits bound the wait.</summary>
    private string? Revoked(X509Certificate2 certificate)
    {
        if (revocation is null)
        {
            return null;
        }

        var asking = revocation().CheckOwnAsync(certificate);
        var decision = asking.IsCompletedSuccessfully ? asking.Result : asking.GetAwaiter().GetResult();
        return decision.IsAcceptable ? null : decision.Found ?? RefusalPhrases.Of("no_answer_of_its_authority");
    }

    private bool FindHolder(X509Certificate2 certificate, out (Caller Caller, DateTimeOffset? Expires, DateTimeOffset From, DateTimeOffset Until) holder, out string found)
    {
        found = "";
        if (byCertificate.TryGetValue(certificate.GetCertHashString(HashAlgorithmName.SHA256), out var pinned))
        {
            holder = (pinned.Caller, pinned.Expires, certificate.NotBefore, certificate.NotAfter);
            return true;
        }

        var finding = authorities.Find(certificate);
        if (finding.Caller is not { } issued)
        {
            holder = default;
            found = finding.Found!;
            return false;
        }

        holder = (Caller.Of(issued), issued.Expires, finding.From, finding.Until);
        return true;
    }

    private Outcome<Caller> Live((Caller Caller, DateTimeOffset? Expires) known, string path) =>
        known.Expires is { } expires && expires < clock.GetUtcNow()
            ? Unknown(path, RefusalPhrases.Of("key_that_is_in_force"), RefusalPhrases.Of("one_that_has_expired"))
            : known.Caller;

    private static ExchangeError Unknown(string path, string expected, string found) =>
        new(ExchangeStage.Authenticate, ExchangeCodes.CallerUnknown) { Path = path, Expected = expected, Found = found };
}

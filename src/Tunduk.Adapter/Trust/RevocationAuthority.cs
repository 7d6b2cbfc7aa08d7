using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Evidence.Revocation;

namespace Tunduk.Adapter.Trust;

/// <summary>One authority's revocation services: OCSP responders in their order, then lists.</summary>
internal sealed class RevocationAuthority(X509Certificate2 certificate, RevocationOptions options, AuthorityClient client, TimeSpan skew, TimeProvider clock)
{
    /// <summary>Lists beyond this length are not copied into every entry; the answer's times are.</summary>
    private const int LargestStaple = 64 * 1024;

    private const string CertificateUnknown = "ocsp_certificate_unknown";

    /// <summary>id-pkix-ocsp-nocheck.</summary>
    private const string NoCheck = "1.3.6.1.5.5.7.48.1.5";

    private readonly ConcurrentDictionary<string, (RevocationList List, byte[] Der, DateTimeOffset Until)> lists = new(StringComparer.Ordinal);

    /// <summary>The certificate that issues.</summary>
    public X509Certificate2 Certificate => certificate;

    public RevocationOptions Options => options;

    /// <summary>Asks until somebody answers.</summary>
    public async Task<(RevocationAnswer? Answer, byte[]? Staple, List<string> Attempts)> AskAsync(X509Certificate2 about, CancellationToken cancellationToken)
    {
        var attempts = new List<string>();
        var isUnknown = false;
        foreach (var address in options.Ocsp.Concat(OfCertificate(about)))
        {
            foreach (var useSha1 in new[] { false, true })
            {
                var (answer, der) = await AskOcspAsync(address, about, useSha1, attempts, cancellationToken);
                if (answer is not null)
                {
                    return (answer, der, attempts);
                }

                // Older responders know certificates by SHA-1 alone (RFC 5019 §2.1.1): they do not serve others, or do not know them.
                var isDisowned = attempts[^1].EndsWith(CertificateUnknown, StringComparison.Ordinal);
                isUnknown |= isDisowned;
                if (attempts.Count > 1 && attempts[^1] == attempts[^2])
                {
                    attempts.RemoveAt(attempts.Count - 1);
                }

                if (!isDisowned && !attempts[^1].EndsWith("ocsp_unauthorized", StringComparison.Ordinal))
                {
                    break;
                }
            }
        }

        // A responder that does not know the certificate has said something that no list can take back: a list names what is
        // revoked, and of a certificate that its authority never issued it is silent (RFC 6960 §2.2 leaves the choice).
        if (isUnknown)
        {
            return (null, null, attempts);
        }

        foreach (var address in options.Crl)
        {
            var (answer, der) = await AskListAsync(address, about, attempts, cancellationToken);
            if (answer is not null)
            {
                return (answer, der, attempts);
            }
        }

        return (null, null, attempts);
    }

    /// <summary>Addresses inside the certificate, where its authority's entry allows their host; two at most.</summary>
    private IEnumerable<string> OfCertificate(X509Certificate2 about)
    {
        if (options.CertificateHosts.Count == 0)
        {
            return [];
        }

        try
        {
            return about.Extensions.OfType<X509AuthorityInformationAccessExtension>().SelectMany(access => access.EnumerateOcspUris())
                .Where(address => Uri.TryCreate(address, UriKind.Absolute, out var uri)
                    && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && options.CertificateHosts.Contains(uri.Host, StringComparer.OrdinalIgnoreCase))
                .Except(options.Ocsp, StringComparer.Ordinal).Take(2).ToList();
        }
        catch (CryptographicException)
        {
            return []; // An extension that cannot be read names nobody.
        }
    }

    private async Task<(RevocationAnswer? Answer, byte[]? Der)> AskOcspAsync(string address, X509Certificate2 about, bool useSha1, List<string> attempts, CancellationToken cancellationToken)
    {
        var request = OcspRequest.Create(about, certificate, RandomNumberGenerator.GetBytes(32), useSha1);
        var (body, fault) = await client.AskAsync(new Uri(address), (OcspRequest.MediaType, request.Encoded), OcspResponse.MaximumLength, options.Timeout, options.AllowLocalAddresses, cancellationToken);
        if (body is null)
        {
            attempts.Add(Phrases.Of("Trust.Ocsp", address, fault));
            return (null, null);
        }

        var answer = OcspResponse.Verify(body, new OcspCheck
        {
            Certificate = about,
            Issuer = certificate,
            Now = clock.GetUtcNow(),
            Nonce = request.Nonce,
            NonceRequired = options.NonceRequired,
            AllowedSkew = skew,
        });
        if (answer is { Fault: RevocationFault.None, Status: RevocationStatus.Good or RevocationStatus.Revoked })
        {
            if (await JudgeResponderAsync(answer.Responder, cancellationToken) is { } distrusted)
            {
                attempts.Add(Phrases.Of("Trust.Ocsp", address, distrusted));
                return (null, null);
            }

            return (answer, body);
        }

        attempts.Add(Phrases.Of("Trust.Ocsp", address, answer.Fault == RevocationFault.None ? CertificateUnknown : answer.CodeName));
        return (null, null);
    }

    /// <summary>
    /// A delegated responder is asked about itself in the authority's lists, unless its certificate says that nobody need ask
    /// (RFC 6960 §4.2.2.2.1).
    /// </summary>
    /// <remarks>LIMIT: without a list in Trust:Revocation a responder without ocsp-nocheck is taken for its certificate's period.</remarks>
    private async Task<string?> JudgeResponderAsync(X509Certificate2? responder, CancellationToken cancellationToken)
    {
        if (responder is null || options.Crl.Count == 0 || responder.Extensions.Any(extension => extension.Oid?.Value == NoCheck))
        {
            return null;
        }

        var attempts = new List<string>();
        foreach (var address in options.Crl)
        {
            var (answer, _) = await AskListAsync(address, responder, attempts, cancellationToken);
            if (answer is not null)
            {
                return answer.Status == RevocationStatus.Good ? null : "ocsp_responder_revoked";
            }
        }

        return $"ocsp_responder_unchecked ({string.Join("; ", attempts)})";
    }

    private async Task<(RevocationAnswer? Answer, byte[]? Der)> AskListAsync(string address, X509Certificate2 about, List<string> attempts, CancellationToken cancellationToken)
    {
        if (!lists.TryGetValue(address, out var known) || known.Until <= clock.GetUtcNow())
        {
            var (body, fault) = await client.AskAsync(new Uri(address), null, RevocationList.DefaultMaximumLength, options.Timeout, options.AllowLocalAddresses, cancellationToken);
            if (body is null)
            {
                attempts.Add(Phrases.Of("Trust.Crl", address, fault));
                return (null, null);
            }

            if (!RevocationList.TryRead(body, certificate, out var list, out var broken))
            {
                attempts.Add(Phrases.Of("Trust.Crl", address, new RevocationAnswer { IsList = true, Fault = broken }.CodeName));
                return (null, null);
            }

            var kept = clock.GetUtcNow() + options.KeepFor;
            known = (list, body, list.NextUpdate < kept ? list.NextUpdate.Value : kept);
            lists[address] = known;
        }

        var answer = known.List.Find(about, clock.GetUtcNow(), skew, options.KeepFor);
        if (answer.Fault == RevocationFault.None)
        {
            return (answer, known.Der.Length <= LargestStaple ? known.Der : null);
        }

        attempts.Add(Phrases.Of("Trust.Crl", address, answer.CodeName));
        return (null, null);
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Signing;
using Tunduk.Adapter.Trust;
using Tunduk.Evidence.Revocation;

namespace Tunduk.Adapter.Doctor;

/// <summary>
/// Revocation and time-stamp services as they answer now: each is asked one real question, about an own certificate where the
/// authority issued one, and a stamp over random bytes.
/// </summary>
internal static class AuthorityChecks
{
    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(AdapterConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        var trust = configuration.Options.Trust;
        if (trust.Revocation.Count == 0 && trust.Timestamps.Authorities.Count == 0)
        {
            return [];
        }

        var faults = new List<SettingFault>();
        using var client = new AuthorityClient(CounterpartyTrust.ReadAnchors(configuration, faults), clock);
        var findings = new List<DoctorFinding>();
        foreach (var entry in trust.Revocation)
        {
            findings.AddRange(await RevocationAsync(configuration, entry, client, clock, cancellationToken));
        }

        foreach (var authority in trust.Timestamps.Authorities)
        {
            findings.Add(await TimestampAsync(configuration, authority, client, clock, cancellationToken));
        }

        findings.AddRange(faults.Select(DoctorFinding.Of));
        return findings;
    }

    // About every own certificate of the authority; where there is none, whether the service answers at all.
    private static async Task<IReadOnlyList<DoctorFinding>> RevocationAsync(AdapterConfiguration configuration, RevocationOptions entry, AuthorityClient client, TimeProvider clock, CancellationToken cancellationToken)
    {
        var subject = $"revocation of {entry.Authority}";
        if (!KeyPairFile.TryReadCertificates(configuration.Resolve(entry.Authority), out var certificates, out _))
        {
            return [DoctorFinding.Broken(subject, "its certificate cannot be read", "Give the PEM file of the authority that issues")];
        }

        var issuer = certificates[0];
        var authority = new RevocationAuthority(issuer, entry, client, configuration.Options.Trust.ClockSkew, clock);
        var own = CertificateInventory.Signing(configuration).Select(use => use.Certificate).Where(certificate => certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.SubjectName.RawData)).ToList();
        var findings = new List<DoctorFinding>();
        foreach (var certificate in own)
        {
            findings.Add(Judge(certificate, await authority.AskAsync(certificate, cancellationToken)));
        }

        if (own.Count == 0)
        {
            findings.Add(Judge(null, await authority.AskAsync(issuer, cancellationToken)));
        }

        // What is in order needs to be said once.
        return [.. findings.DistinctBy(finding => (finding.Severity, finding.Fault))];

        DoctorFinding Judge(X509Certificate2? about, (RevocationAnswer? Answer, byte[]? Staple, List<string> Attempts) asked)
        {
            var unknown = asked.Attempts.Exists(attempt => attempt.EndsWith("unknown", StringComparison.Ordinal));
            if (asked.Answer is { Status: RevocationStatus.Revoked } && about is not null)
            {
                return DoctorFinding.Broken(subject, $"the own certificate {about.SerialNumber} is revoked", "Counterparties refuse what it signs: have a new key certified and put it under Keys");
            }

            if (asked.Answer is null && unknown && about is not null)
            {
                return DoctorFinding.Broken(subject, $"it does not know the own certificate {about.SerialNumber}", "Counterparties that ask refuse what it signs: see whether Authority is the one that issued it, and ask the authority about the certificate");
            }

            // About a certificate it did not issue, a service that is in order says that it does not know it.
            return asked.Answer is not null || (about is null && (unknown || asked.Attempts.Exists(attempt => attempt.EndsWith("unauthorized", StringComparison.Ordinal))))
                ? DoctorFinding.Ok(subject, asked.Attempts.Count == 0 ? "it answers" : $"it answers, after {string.Join("; ", asked.Attempts)}")
                : DoctorFinding.Broken(subject, $"nobody answers: {string.Join("; ", asked.Attempts)}", entry.WhenUnanswered == "refuse"
                    ? "Check addresses, network and proxy: messages of its certificates are refused until somebody does"
                    : "Check addresses, network and proxy: messages of its certificates are taken unchecked for AcceptFor, then refused");
        }
    }

    private static async Task<DoctorFinding> TimestampAsync(AdapterConfiguration configuration, TimestampAuthorityOptions authority, AuthorityClient client, TimeProvider clock, CancellationToken cancellationToken)
    {
        var subject = $"time-stamps of {authority.Address}";
        var alone = new TrustOptions { ClockSkew = configuration.Options.Trust.ClockSkew, Timestamps = new TimestampOptions { Authorities = [authority] } };
        var faults = new List<SettingFault>();
        var stamp = await TimestampService.Create(alone, configuration.Resolve, client, clock, faults).StampAsync(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), cancellationToken);
        return stamp.Verified is not null
            ? DoctorFinding.Ok(subject, "it gives stamps that verify")
            : DoctorFinding.Broken(subject, $"no good stamp: {string.Join("; ", stamp.Attempts.Concat(faults.Select(fault => fault.ToString())))}", "Check address, network, the authority's anchors and policies, and the clock: without stamps for MaximumGap nothing is sent");
    }
}

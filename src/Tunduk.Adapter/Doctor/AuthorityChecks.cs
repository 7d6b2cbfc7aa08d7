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
            findings.Add(await RevocationAsync(configuration, entry, client, clock, cancellationToken));
        }

        foreach (var authority in trust.Timestamps.Authorities)
        {
            findings.Add(await TimestampAsync(configuration, authority, client, clock, cancellationToken));
        }

        findings.AddRange(faults.Select(DoctorFinding.Of));
        return findings;
    }

    private static async Task<DoctorFinding> RevocationAsync(AdapterConfiguration configuration, RevocationOptions entry, AuthorityClient client, TimeProvider clock, CancellationToken cancellationToken)
    {
        var subject = $"revocation of {entry.Authority}";
        if (!KeyPairFile.TryReadCertificates(configuration.Resolve(entry.Authority), out var certificates, out _))
        {
            return DoctorFinding.Broken(subject, "its certificate cannot be read", "Give the PEM file of the authority that issues");
        }

        var issuer = certificates[0];
        var own = CertificateInventory.Signing(configuration).Select(use => use.Certificate).FirstOrDefault(certificate => certificate.IssuerName.RawData.AsSpan().SequenceEqual(issuer.SubjectName.RawData));
        var (answer, _, attempts) = await new RevocationAuthority(issuer, entry, client, configuration.Options.Trust.ClockSkew, clock).AskAsync(own ?? issuer, cancellationToken);
        if (answer is { Status: RevocationStatus.Revoked } && own is not null)
        {
            return DoctorFinding.Broken(subject, $"the own certificate {own.SerialNumber} is revoked", "Counterparties refuse what it signs: have a new key certified and put it under Keys");
        }

        // About a certificate it did not issue, a service that is in order says that it does not know it.
        var answers = answer is not null || (own is null && attempts.Exists(attempt => attempt.EndsWith("unknown", StringComparison.Ordinal) || attempt.EndsWith("unauthorized", StringComparison.Ordinal)));
        return answers
            ? DoctorFinding.Ok(subject, attempts.Count == 0 ? "it answers" : $"it answers, after {string.Join("; ", attempts)}")
            : DoctorFinding.Broken(subject, $"nobody answers: {string.Join("; ", attempts)}", entry.WhenUnanswered == "refuse"
                ? "Check addresses, network and proxy: messages of its certificates are refused until somebody does"
                : "Check addresses, network and proxy: messages of its certificates are taken unchecked for AcceptFor, then refused");
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

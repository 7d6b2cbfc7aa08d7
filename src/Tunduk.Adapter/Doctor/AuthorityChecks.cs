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
        var subject = Phrases.Of("Doctor.Revocation", entry.Authority);
        if (!KeyPairFile.TryReadCertificates(configuration.Resolve(entry.Authority), out var certificates, out _))
        {
            return [DoctorFinding.Broken(subject, Phrases.Of("Doctor.CertificateCannotRead"), Phrases.Of("Doctor.GivePemFileAuthority"))];
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
                return DoctorFinding.Broken(subject, Phrases.Of("Doctor.OwnCertificateRevoked", about.SerialNumber), Phrases.Of("Doctor.CounterpartiesRefuseWhatSigns"));
            }

            if (asked.Answer is null && unknown && about is not null)
            {
                return DoctorFinding.Broken(subject, Phrases.Of("Doctor.DoesNotKnowOwn", about.SerialNumber), Phrases.Of("Doctor.CounterpartiesAskRefuseWhat"));
            }

            // About a certificate it did not issue, a service that is in order says that it does not know it.
            return asked.Answer is not null || (about is null && (unknown || asked.Attempts.Exists(attempt => attempt.EndsWith("unauthorized", StringComparison.Ordinal))))
                ? DoctorFinding.Ok(subject, asked.Attempts.Count == 0 ? Phrases.Of("Doctor.Answers") : Phrases.Of("Doctor.AnswersAfter", string.Join("; ", asked.Attempts)))
                : DoctorFinding.Broken(subject, Phrases.Of("Doctor.NobodyAnswers", string.Join("; ", asked.Attempts)), entry.WhenUnanswered == "refuse"
                    ? Phrases.Of("Doctor.CheckAddressesNetworkProxy")
                    : Phrases.Of("Doctor.CheckAddressesNetworkProxyMessages"));
        }
    }

    private static async Task<DoctorFinding> TimestampAsync(AdapterConfiguration configuration, TimestampAuthorityOptions authority, AuthorityClient client, TimeProvider clock, CancellationToken cancellationToken)
    {
        var subject = Phrases.Of("Doctor.TimeStamps", authority.Address);
        var alone = new TrustOptions { ClockSkew = configuration.Options.Trust.ClockSkew, Timestamps = new TimestampOptions { Authorities = [authority] } };
        var faults = new List<SettingFault>();
        var stamp = await TimestampService.Create(alone, configuration.Resolve, client, clock, faults).StampAsync(RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes), cancellationToken);
        return stamp.Verified is not null
            ? DoctorFinding.Ok(subject, Phrases.Of("Doctor.GivesStampsVerify"))
            : DoctorFinding.Broken(subject, Phrases.Of("Doctor.NoGoodStamp", string.Join("; ", stamp.Attempts.Concat(faults.Select(fault => fault.ToString())))), Phrases.Of("Doctor.CheckAddressNetworkAuthority"));
    }
}

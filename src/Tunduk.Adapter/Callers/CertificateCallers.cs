using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Callers;

/// <summary>Callers known by a certificate of an authority of theirs and a part its subject must have.</summary>
internal sealed class CertificateCallers
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int MostRemembered = 1_000;
    private static readonly Finding Stranger = new(null, default, default, RefusalPhrases.Of("certificate_that_is_not"));
    private readonly List<(X509Certificate2Collection Authority, string Subject, CallerOptions Caller)> rules = [];
    private readonly ConcurrentDictionary<string, Finding> remembered = new(StringComparer.Ordinal);

    private CertificateCallers()
    {
    }

    /// <summary>Knows nobody: where no connection can bring a certificate.</summary>
    public static CertificateCallers None { get; } = new();

    /// <summary>Reads the authorities; one that cannot be read, or whose root is missing, is a fault of the configuration.</summary>
    public static CertificateCallers Load(IReadOnlyList<CallerOptions> callers, Func<string, string> resolve, List<SettingFault> faults)
    {
        var loaded = new CertificateCallers();
        for (var i = 0; i < callers.Count; i++)
        {
            if (callers[i] is not { CertificateAuthority: { } file, CertificateSubject: { } subject })
            {
                continue;
            }

            var setting = $"Callers:{i}:CertificateAuthority";
            try
            {
                var authority = CertificatesOf(resolve(file));
                if (!authority.Any(IsRoot))
                {
                    faults.Add(new SettingFault(setting, Phrases.Of("Callers.NoRoot", file), Phrases.Of("Callers.AddRoot")));
                }

                loaded.rules.Add((authority, subject, callers[i]));
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                faults.Add(new SettingFault(setting, Phrases.Of("Callers.NoCertificate", file), Phrases.Of("Callers.GivePemDerCertificate")));
            }
        }

        return loaded;
    }

    /// <summary>What is known of a certificate: the caller and the time within which its whole chain is valid, or why it is nobody's.</summary>
    /// <remarks>The dates are the reader's to hold against the clock: what is remembered has no time of its own.</remarks>
    public Finding Find(X509Certificate2 certificate)
    {
        if (rules.Count == 0)
        {
            return Stranger;
        }

        var thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        if (remembered.TryGetValue(thumbprint, out var known))
        {
            return known;
        }

        var found = Look(certificate);
        if (remembered.Count >= MostRemembered)
        {
            remembered.Clear(); // Certificates are cheap to make: strangers must not fill the memory.
        }

        remembered[thumbprint] = found;
        return found;
    }

    private static X509Certificate2Collection CertificatesOf(string file)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(file);
        if (all.Count == 0)
        {
            all.Add(X509CertificateLoader.LoadCertificateFromFile(file));
        }

        return all;
    }

    private static bool IsRoot(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private Finding Look(X509Certificate2 certificate)
    {
        var finding = Stranger;
        foreach (var (authority, subject, caller) in rules)
        {
            // Strangers' certificates cost no chain.
            if (!authority.Any(issuer => issuer.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)))
            {
                continue;
            }

            using var chain = Chain(authority);
            if (!chain.Build(certificate))
            {
                finding = chain.ChainStatus.Any(status => status.Status == X509ChainStatusFlags.NotValidForUsage)
                    ? finding with { Found = RefusalPhrases.Of("certificate_not_for_clients") }
                    : finding;
            }
            else if (SubjectRule.Holds(certificate, subject))
            {
                return new Finding(
                    caller,
                    chain.ChainElements.Max(element => new DateTimeOffset(element.Certificate.NotBefore)),
                    chain.ChainElements.Min(element => new DateTimeOffset(element.Certificate.NotAfter)),
                    null);
            }
            else
            {
                finding = finding with { Found = RefusalPhrases.Of("certificate_of_another_subject") };
            }
        }

        return finding;
    }

    private static X509Chain Chain(X509Certificate2Collection authority)
    {
        var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        foreach (var one in authority)
        {
            (IsRoot(one) ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(one);
        }

        chain.ChainPolicy.DisableCertificateDownloads = true;

        // Revocation is asked by CallerAuthenticator, where Trust:Revocation has an entry for the authority; the dates at every call.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain;
    }

    /// <summary>What is known of a certificate.</summary>
    /// <param name="Caller">Whose it is; null when nobody's.</param>
    /// <param name="From">First moment at which its whole chain is valid.</param>
    /// <param name="Until">Last moment.</param>
    /// <param name="Found">What it is instead, where it is nobody's.</param>
    internal sealed record Finding(CallerOptions? Caller, DateTimeOffset From, DateTimeOffset Until, string? Found);
}

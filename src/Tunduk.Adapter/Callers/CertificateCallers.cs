using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Callers;

/// <summary>Callers known by a certificate of an authority of theirs and a part its subject must have.</summary>
internal sealed class CertificateCallers
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int MostRemembered = 1_000;
    private readonly List<(X509Certificate2 Authority, string Subject, CallerOptions Caller)> rules = [];
    private readonly ConcurrentDictionary<string, CallerOptions?> remembered = new(StringComparer.Ordinal);
    private readonly TimeProvider clock;

    private CertificateCallers(TimeProvider clock) => this.clock = clock;

    /// <summary>Knows nobody: where no connection can bring a certificate.</summary>
    public static CertificateCallers None { get; } = new(TimeProvider.System);

    /// <summary>Reads the authorities; one that cannot be read is a fault of the configuration.</summary>
    public static CertificateCallers Load(IReadOnlyList<CallerOptions> callers, Func<string, string> resolve, TimeProvider clock, List<SettingFault> faults)
    {
        var loaded = new CertificateCallers(clock);
        for (var i = 0; i < callers.Count; i++)
        {
            if (callers[i] is not { CertificateAuthority: { } file, CertificateSubject: { } subject })
            {
                continue;
            }

            try
            {
                loaded.rules.Add((X509CertificateLoader.LoadCertificateFromFile(resolve(file)), subject, callers[i]));
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                faults.Add(new SettingFault($"Callers:{i}:CertificateAuthority", Phrases.Of("Callers.NoCertificate", file), Phrases.Of("Callers.GivePemDerCertificate")));
            }
        }

        return loaded;
    }

    /// <summary>The caller behind a certificate; null when no authority and rule names it.</summary>
    public CallerOptions? Find(X509Certificate2 certificate)
    {
        if (rules.Count == 0)
        {
            return null;
        }

        var thumbprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        if (remembered.TryGetValue(thumbprint, out var known))
        {
            return known;
        }

        var found = rules.FirstOrDefault(rule => SubjectRule.Holds(certificate, rule.Subject) && IsIssued(certificate, rule.Authority)).Caller;
        if (remembered.Count >= MostRemembered)
        {
            remembered.Clear(); // Certificates are cheap to make: strangers must not fill the memory.
        }

        remembered[thumbprint] = found;
        return found;
    }

    // Dates are asked at every call (CallerAuthenticator), so that what is remembered does not outlive them.
    private bool IsIssued(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.DisableCertificateDownloads = true;

        // Revocation is asked by CallerAuthenticator, where Trust:Revocation has an entry for the authority.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(certificate);
    }
}

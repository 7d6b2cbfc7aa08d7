using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Adapter.Listeners;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.Signing;

namespace Tunduk.Adapter.Doctor;

/// <summary>Own keys and certificates: readable, private, in force, usable for what they are for, and chained to the anchors.</summary>
internal static class CertificateChecks
{
    public static IEnumerable<DoctorFinding> Run(AdapterConfiguration configuration, DateTimeOffset now, List<SettingFault> faults)
    {
        var findings = new List<DoctorFinding>();
        var options = configuration.Options;
        var anchors = Anchors(configuration, faults);
        using (var keys = SigningKeys.Load(options, configuration.Resolve, faults))
        {
            foreach (var key in keys?.All ?? [])
            {
                findings.Add(Expiry.Judge(Phrases.Of("Doctor.Key", key.Name), key.Certificate.NotBefore, key.Certificate.NotAfter, now));
                findings.AddRange(Usage(Phrases.Of("Doctor.Key", key.Name), key.Certificate));
                findings.AddRange(Chain(Phrases.Of("Doctor.Key", key.Name), key.Certificate, anchors, now));
            }
        }

        foreach (var (subject, files) in TlsFiles(options))
        {
            using var certificate = CertificateLoader.Load(files, configuration.Resolve, faults);
            if (certificate is not null)
            {
                findings.Add(Expiry.Judge(subject, certificate.NotBefore, certificate.NotAfter, now));
            }
        }

        findings.AddRange(anchors.Select(anchor => Expiry.Judge(Phrases.Of("Doctor.Anchor", anchor.GetNameInfo(X509NameType.SimpleName, forIssuer: false)), anchor.NotBefore, anchor.NotAfter, now)));
        foreach (var anchor in anchors)
        {
            anchor.Dispose();
        }

        return findings;
    }

    private static IEnumerable<(string Subject, CertificateFiles Files)> TlsFiles(AdapterOptions options)
    {
        if (options.SecurityServer.Address.Length > 0 && SecurityServerClient.ClientCertificate(options.SecurityServer) is { } client)
        {
            yield return (Phrases.Of("Doctor.ClientCertificateSecurityServer"), client);
        }

        foreach (var (setting, listener) in new (string, ListenerOptions)[] { ("Listen:Is", options.Listen.Is), ("Listen:Grpc", options.Listen.Grpc), ("Listen:SecurityServer", options.Listen.SecurityServer), ("Listen:Admin", options.Listen.Admin) })
        {
            if (listener.Address.Length > 0 && ListenerCertificate.Files(setting, listener) is { } files)
            {
                yield return (Phrases.Of("Doctor.Certificate", setting), files);
            }
        }
    }

    private static List<X509Certificate2> Anchors(AdapterConfiguration configuration, List<SettingFault> faults)
    {
        var anchors = new List<X509Certificate2>();
        foreach (var file in configuration.Options.Trust.Anchors)
        {
            try
            {
                anchors.Add(X509CertificateLoader.LoadCertificateFromFile(configuration.Resolve(file)));
            }
            catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
            {
                faults.Add(new SettingFault("Trust:Anchors", Phrases.Of("Doctor.NoCertificate", file), Phrases.Of("Doctor.GivePemDerCertificate")));
            }
        }

        return anchors;
    }

    private static IEnumerable<DoctorFinding> Usage(string subject, X509Certificate2 certificate)
    {
        // What counterparties refuse in any case is a fault of the settings already (SigningKeys.Load).
        if (KeyStrength.Warning(certificate) is { } weak)
        {
            yield return DoctorFinding.Warning(subject, weak, Phrases.Of("Doctor.AskAuthoritySignedSha"));
        }
    }

    private static IEnumerable<DoctorFinding> Chain(string subject, X509Certificate2 certificate, List<X509Certificate2> anchors, DateTimeOffset now)
    {
        if (anchors.Count == 0)
        {
            yield break; // Counterparties pin it by agreement; there is no chain to judge.
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors.ToArray());
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        yield return chain.Build(certificate)
            ? DoctorFinding.Ok(Phrases.Of("Doctor.Chain", subject), Phrases.Of("Doctor.LeadsAnchorTrustAnchors"))
            : DoctorFinding.Warning(Phrases.Of("Doctor.Chain", subject), Phrases.Of("Doctor.LeadsNoAnchorTrust", string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())), Phrases.Of("Doctor.RightWhereCounterpartiesPin"));
    }
}

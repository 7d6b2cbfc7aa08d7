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
                findings.Add(Expiry.Judge($"key {key.Name}", key.Certificate.NotBefore, key.Certificate.NotAfter, now));
                findings.AddRange(Usage($"key {key.Name}", key.Certificate));
                findings.AddRange(Chain($"key {key.Name}", key.Certificate, anchors, now));
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

        findings.AddRange(anchors.Select(anchor => Expiry.Judge($"anchor {anchor.GetNameInfo(X509NameType.SimpleName, forIssuer: false)}", anchor.NotBefore, anchor.NotAfter, now)));
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
            yield return ("client certificate of SecurityServer", client);
        }

        foreach (var (setting, listener) in new (string, ListenerOptions)[] { ("Listen:Is", options.Listen.Is), ("Listen:Grpc", options.Listen.Grpc), ("Listen:SecurityServer", options.Listen.SecurityServer), ("Listen:Admin", options.Listen.Admin) })
        {
            if (listener.Address.Length > 0 && ListenerCertificate.Files(setting, listener) is { } files)
            {
                yield return ($"certificate of {setting}", files);
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
                faults.Add(new SettingFault("Trust:Anchors", $"{file} is no certificate", "Give a PEM or DER certificate."));
            }
        }

        return anchors;
    }

    private static IEnumerable<DoctorFinding> Usage(string subject, X509Certificate2 certificate)
    {
        // What counterparties refuse in any case is a fault of the settings already (SigningKeys.Load).
        if (KeyStrength.Warning(certificate) is { } weak)
        {
            yield return DoctorFinding.Warning(subject, weak, "Ask the authority for one signed with SHA-256");
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
            ? DoctorFinding.Ok($"{subject} chain", "it leads to an anchor of Trust:Anchors")
            : DoctorFinding.Warning($"{subject} chain", $"it leads to no anchor of Trust:Anchors ({string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())})", "Right where counterparties pin the certificate by agreement; else add the authority to Trust:Anchors");
    }
}

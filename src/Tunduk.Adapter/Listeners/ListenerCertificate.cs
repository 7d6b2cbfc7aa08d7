using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Certificates;
using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Listeners;

/// <summary>What a listener shows its clients under https.</summary>
/// <param name="Certificate">The listener's certificate, with its key.</param>
/// <param name="Chain">Certificates sent along.</param>
internal sealed record ListenerCertificate(X509Certificate2 Certificate, X509Certificate2Collection Chain) : IDisposable
{
    /// <summary>Loads it; null for plain HTTP, or with faults added.</summary>
    public static ListenerCertificate? Load(string setting, ListenerOptions options, Func<string, string> resolve, List<SettingFault> faults)
    {
        if (Files(setting, options) is not { } files)
        {
            return null;
        }

        return CertificateLoader.Load(files, resolve, faults) is { } certificate ? new ListenerCertificate(certificate, CertificateLoader.Chain(files, resolve)) : null;
    }

    /// <summary>The files of a listener's certificate; null for plain HTTP.</summary>
    public static CertificateFiles? Files(string setting, ListenerOptions options) => new Uri(options.Address).Scheme == Uri.UriSchemeHttps
        ? new CertificateFiles($"{setting}:Certificate", options.Certificate!, $"{setting}:CertificateKey", options.CertificateKey, options.CertificatePasswordFile)
        : null;

    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var certificate in Chain)
        {
            certificate.Dispose();
        }
    }
}

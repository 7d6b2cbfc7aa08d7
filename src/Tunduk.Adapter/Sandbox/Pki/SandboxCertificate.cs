using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>A certificate of the sandbox with its private key, in memory and as the PEM files the adapters' settings name.</summary>
internal sealed class SandboxCertificate(string name, string certificatePath, string keyPath, X509Certificate2 certificate) : IDisposable
{
    public string Name { get; } = name;

    /// <summary>PEM file with this certificate alone.</summary>
    public string CertificatePath { get; } = certificatePath;

    /// <summary>PEM file with the PKCS#8 key, readable by its owner alone (mode 0600).</summary>
    public string KeyPath { get; } = keyPath;

    /// <summary>The certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; } = certificate;

    public void Dispose() => Certificate.Dispose();
}

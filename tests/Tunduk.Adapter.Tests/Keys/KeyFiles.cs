using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Keys;

/// <summary>A key and a self-signed certificate of each permitted family, as PEM files.</summary>
public sealed class KeyFiles : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public KeyFiles()
    {
        using var rsa = RSA.Create(2048);
        Rsa = Save("rsa", rsa, new CertificateRequest("CN=rsa", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        foreach (var (name, curve) in new[] { ("p-256", ECCurve.NamedCurves.nistP256), ("p-384", ECCurve.NamedCurves.nistP384) })
        {
            using var key = ECDsa.Create(curve);
            Save(name, key, new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256)).Dispose();
        }
    }

    public X509Certificate2 Rsa { get; }

    internal (string Certificate, string Key) this[string kind] => (folder[kind + ".crt.pem"], folder[kind + ".key.pem"]);

    public void Dispose()
    {
        Rsa.Dispose();
        folder.Dispose();
    }

    private X509Certificate2 Save(string name, AsymmetricAlgorithm key, CertificateRequest request)
    {
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(90));
        File.WriteAllText(folder[name + ".crt.pem"], certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(folder[name + ".key.pem"], key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(folder[name + ".key.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return certificate;
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Tests.Soap;

namespace Tunduk.Evidence.Tests.Revocation;

/// <summary>An invented authority in a folder of its own, with what the foreign tool needs as files; deleted afterwards.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string Openssl = "/usr/bin/openssl";
    private static readonly ConcurrentDictionary<string, RSA> Keys = new();

    /// <param name="name">Its name.</param>
    /// <param name="key">Which key; they are made once.</param>
    public TestAuthority(string name = "CN=Sandbox CA", string key = "ca")
    {
        Folder = Directory.CreateTempSubdirectory("tunduk-authority-").FullName;
        Key = KeyOf(key);
        var request = new CertificateRequest(name, Key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, true));
        Certificate = request.CreateSelfSigned(Now.AddDays(-10), Now.AddDays(100));
        Write("ca", Certificate, Key);
        File.WriteAllText(At("index.txt"), "");
        File.WriteAllText(At("crlnumber"), "01\n");
        File.WriteAllText(At("ca.cnf"), $"""
            [ca]
            default_ca=d
            [d]
            database={At("index.txt")}
            crlnumber={At("crlnumber")}
            certificate={At("ca.pem")}
            private_key={At("ca.key")}
            default_md=sha256
            default_crl_days=7
            [delta]
            2.5.29.27=critical,DER:02:01:01
            [indirect]
            2.5.29.28=critical,DER:30:03:84:01:FF
            [partial]
            2.5.29.28=critical,DER:30:03:82:01:FF
            [unknown]
            1.2.3.4=critical,DER:05:00
            """);
    }

    /// <summary>The machine's clock, with which the foreign tool stamps its answers.</summary>
    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string Folder { get; }

    public RSA Key { get; }

    public X509Certificate2 Certificate { get; }

    public static RSA KeyOf(string name) => Keys.GetOrAdd(name, _ => RSA.Create(2048));

    public string At(string file) => Path.Combine(Folder, file);

    public X509Certificate2 Issue(byte serial, RSA key, string name = "CN=leaf", string? usage = null, bool isCritical = true, DateTimeOffset? until = null)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], isCritical));
        }

        return request.Create(
            Certificate.SubjectName, X509SignatureGenerator.CreateForRSA(Key, RSASignaturePadding.Pkcs1), Now.AddDays(-5), until ?? Now.AddDays(30),
            [1, serial]);
    }

    public void Write(string name, X509Certificate2 certificate, RSA? key = null)
    {
        File.WriteAllText(At(name + ".pem"), certificate.ExportCertificatePem());
        if (key is not null)
        {
            File.WriteAllText(At(name + ".key"), key.ExportPkcs8PrivateKeyPem());
        }
    }

    /// <summary>Lists certificates in the tool's database: V valid or R revoked since.</summary>
    public void List(params (X509Certificate2 Certificate, DateTimeOffset? RevokedAt)[] certificates) => File.WriteAllLines(
        At("index.txt"),
        certificates.Select(entry => string.Join(
            '\t',
            entry.RevokedAt is null ? "V" : "R",
            entry.Certificate.NotAfter.ToUniversalTime().ToString("yyMMddHHmmss") + "Z",
            entry.RevokedAt is { } at ? at.UtcDateTime.ToString("yyMMddHHmmss") + "Z,keyCompromise" : "",
            entry.Certificate.SerialNumber,
            "unknown",
            "/" + entry.Certificate.Subject)));

    public static void Run(params string[] arguments)
    {
        (int exit, string output) = ForeignTool.Run(Openssl, arguments);
        if (exit != 0)
        {
            throw new InvalidOperationException(output);
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

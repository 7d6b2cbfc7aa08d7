using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Sandbox.Pki;
using Tunduk.Adapter.Signing;
using Tunduk.Evidence.Signing;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>The keys of all test worlds: made once per process, since RSA keys are the dearest part of a world.</summary>
internal static class TestKeys
{
    private static readonly Lazy<DevelopmentAuthority> Authority = new(Open);
    private static readonly Lazy<SandboxCertificate> ConsumerKey = new(() => Authority.Value.SigningCertificate("is-loans", "60009001", "Credit office (invented)", "loans"));
    private static readonly Lazy<SandboxCertificate> ProviderKey = new(() => Authority.Value.SigningCertificate("is-registry", "70009001", "Population register (invented)", "registry"));
    private static readonly Lazy<SandboxCertificate> OtherKey = new(() => Authority.Value.SigningCertificate("is-stranger", "60009009", "Somebody else (invented)", "stranger"));

    public static SandboxCertificate Consumer => ConsumerKey.Value;

    public static SandboxCertificate Provider => ProviderKey.Value;

    /// <summary>The authority that issued all of them.</summary>
    public static DevelopmentAuthority TheAuthority => Authority.Value;

    /// <summary>A second certificate of the credit office, with a key of its own.</summary>
    public static SandboxCertificate ConsumerNext() => Authority.Value.SigningCertificate("is-loans-next", "60009001", "Credit office (invented)", "loans");

    /// <summary>Issued by the same authority, named by no agreement.</summary>
    public static SandboxCertificate Stranger => OtherKey.Value;

    public static SigningKey ToSigner(X509Certificate2 certificate) =>
        new("test", new X509Certificate2(certificate), certificate.GetRSAPrivateKey()!, SignatureAlgorithm.RsaSha256); // It disposes what it is given.

    /// <summary>A certificate with the given usage and validity over the consumer's own RSA key.</summary>
    public static X509Certificate2 SelfSigned(X509KeyUsageFlags usage, DateTimeOffset from, DateTimeOffset until)
    {
        using var key = Consumer.Certificate.GetRSAPrivateKey()!;
        var request = new CertificateRequest("CN=loans (invented), O=sandbox", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        request.CertificateExtensions.Add(SandboxMarker.CreateExtension());
        return request.CreateSelfSigned(from, until);
    }

    /// <summary>A certificate for a request, by the authority of all test keys.</summary>
    public static X509Certificate2 Issue(string requestPem)
    {
        var request = CertificateRequest.LoadSigningRequestPem(requestPem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        request.CertificateExtensions.Add(SandboxMarker.CreateExtension());
        var now = TimeProvider.System.GetUtcNow();
        using var root = Authority.Value.Root.Certificate.GetRSAPrivateKey()!;
        return request.Create(Authority.Value.Root.Certificate.SubjectName, X509SignatureGenerator.CreateForRSA(root, RSASignaturePadding.Pkcs1), now.AddMinutes(-1), now.AddDays(90), RandomNumberGenerator.GetBytes(12));
    }

    public static string Sha256(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    private static DevelopmentAuthority Open()
    {
        var folder = Directory.CreateTempSubdirectory("tunduk-keys-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return DevelopmentAuthority.OpenOrCreate(folder, TimeProvider.System);
    }
}

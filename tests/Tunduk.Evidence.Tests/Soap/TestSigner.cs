using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Tests.Soap;

/// <summary>An invented key with a self-signed certificate, made once for each name and algorithm.</summary>
internal sealed class TestSigner : IMessageSigner
{
    private static readonly ConcurrentDictionary<(string, SignatureAlgorithm), TestSigner> Made = new();
    private static readonly ConcurrentDictionary<string, RSA> RsaKeys = new();

    private TestSigner(AsymmetricAlgorithm key, X509Certificate2 certificate, SignatureAlgorithm algorithm)
    {
        Key = key;
        Certificate = certificate;
        Algorithm = algorithm;
    }

    public static DateTimeOffset NotBefore => TestMoment.NotBefore;

    public static DateTimeOffset NotAfter => TestMoment.NotAfter;

    public AsymmetricAlgorithm Key { get; }

    public X509Certificate2 Certificate { get; }

    public SignatureAlgorithm Algorithm { get; }

    public byte[] Sha256 => SHA256.HashData(Certificate.RawData);

    public SignerTrust Pinned => new([new PinnedCertificate(Sha256)]);

    public static TestSigner Of(string name, SignatureAlgorithm algorithm = SignatureAlgorithm.RsaSha256) =>
        Made.GetOrAdd((name, algorithm), static key => Make(key.Item1, key.Item2));

    public static TestSigner Make(string name, SignatureAlgorithm algorithm, int rsaBits = 2048, X509KeyUsageFlags? usage = null, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null, X509Extension? extension = null)
    {
        DateTimeOffset from = notBefore ?? NotBefore;
        DateTimeOffset until = notAfter ?? NotAfter;
        if (algorithm is SignatureAlgorithm.EcdsaP256Sha256 or SignatureAlgorithm.EcdsaP384Sha384)
        {
            var ec = ECDsa.Create(
                algorithm == SignatureAlgorithm.EcdsaP256Sha256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
            var ecRequest = new CertificateRequest("CN=" + name, ec, HashAlgorithmName.SHA256);
            return new TestSigner(ec, ecRequest.CreateSelfSigned(from, until), algorithm);
        }

        RSA rsa = RsaKeys.GetOrAdd(name + rsaBits, _ => RSA.Create(rsaBits));
        var request = new CertificateRequest("CN=" + name, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage ?? X509KeyUsageFlags.NonRepudiation, critical: true));
        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }

        return new TestSigner(rsa, request.CreateSelfSigned(from, until), algorithm);
    }

    public byte[] Sign(ReadOnlySpan<byte> data) => SignatureAlgorithms.Sign(Algorithm, Key, data);

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => new(Sign(data.Span));
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Tests.Soap;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Tests.Trust;

public sealed class SignerTrustTests : IDisposable
{
    private readonly RSA rootKey = RSA.Create(2048);
    private readonly RSA leafKey = RSA.Create(2048);
    private readonly X509Certificate2 root;

    public SignerTrustTests() => root = Authority("CN=Sandbox CA", rootKey, null, null);

    private static DateTimeOffset Now => SoapMessages.Now;

    public void Dispose()
    {
        root.Dispose();
        rootKey.Dispose();
        leafKey.Dispose();
    }

    [Fact]
    public void TryTrust_IssuedUnderAnAnchor_TrustedForTheWholeChainsPeriod()
    {
        X509Certificate2 leaf = Leaf(root, rootKey);
        var trust = new SignerTrust(anchors: [root]);
        trust.TryTrust(leaf.RawData, Now, out TrustedSigner? signer, out _).ShouldBeTrue();
        signer.IsPinned.ShouldBeFalse();
        signer.NotAfter.ShouldBe(new DateTimeOffset(leaf.NotAfter));
        trust.TryTrust(leaf.RawData, Now, out TrustedSigner? again, out _).ShouldBeTrue();
        again.ShouldBeSameAs(signer);
    }

    [Fact]
    public void TryTrust_IntermediateGivenAndNot_ChainBuiltOfflineOnly()
    {
        using var middleKey = RSA.Create(2048);
        X509Certificate2 middle = Authority("CN=Sandbox Issuing CA", middleKey, root, rootKey);
        X509Certificate2 leaf = Leaf(middle, middleKey);
        Fault(new SignerTrust(anchors: [root]), leaf).ShouldBe(TrustFault.Untrusted);
        Fault(new SignerTrust(anchors: [root], intermediates: [middle]), leaf).ShouldBe(TrustFault.None);
        Fault(new SignerTrust(intermediates: [middle, root]), leaf).ShouldBe(TrustFault.Untrusted);
    }

    [Fact]
    public void TryTrust_SubjectRuleRefuses_Untrusted()
    {
        X509Certificate2 leaf = Leaf(root, rootKey);
        Fault(new SignerTrust(anchors: [root], subjectRule: certificate => certificate.Subject == "CN=other"), leaf).ShouldBe(TrustFault.Untrusted);
        Fault(new SignerTrust(anchors: [root], subjectRule: certificate => certificate.Subject == "CN=leaf"), leaf).ShouldBe(TrustFault.None);
    }

    [Fact]
    public void TryTrust_OtherRootOrSelfSigned_Untrusted()
    {
        using var otherKey = RSA.Create(2048);
        X509Certificate2 other = Authority("CN=Sandbox CA", otherKey, null, null);
        Fault(new SignerTrust(anchors: [root]), Leaf(other, otherKey)).ShouldBe(TrustFault.Untrusted);
        Fault(new SignerTrust(anchors: [root]), SoapMessages.Consumer.Certificate).ShouldBe(TrustFault.Untrusted);
        Fault(new SignerTrust(), SoapMessages.Consumer.Certificate).ShouldBe(TrustFault.Untrusted);
    }

    [Fact]
    public void TryTrust_UnknownCriticalExtension_RefusedUnderAnAnchorAndPinned()
    {
        X509Certificate2 strange = Leaf(root, rootKey, new X509Extension("1.2.3.4", [5, 0], critical: true));
        Fault(new SignerTrust(anchors: [root]), strange).ShouldBe(TrustFault.CriticalExtension);
        Fault(new SignerTrust([new PinnedCertificate(SHA256.HashData(strange.RawData))]), strange).ShouldBe(TrustFault.CriticalExtension);
        Fault(new SignerTrust(anchors: [root]), Leaf(root, rootKey, new X509Extension("1.2.3.4", [5, 0], critical: false))).ShouldBe(TrustFault.None);
    }

    [Fact]
    public void TryTrust_SameNameAndSerialWithAnotherKey_IsNotThePinnedOne()
    {
        using var otherKey = RSA.Create(2048);
        X509Certificate2 pinned = Leaf(root, rootKey);
        using X509Certificate2 twin = new CertificateRequest(pinned.SubjectName, otherKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .Create(pinned.IssuerName, X509SignatureGenerator.CreateForRSA(otherKey, RSASignaturePadding.Pkcs1), Now.AddDays(-1), Now.AddDays(30), pinned.SerialNumberBytes.Span);
        Fault(new SignerTrust([new PinnedCertificate(SHA256.HashData(pinned.RawData))]), twin).ShouldBe(TrustFault.Untrusted);
        Fault(new SignerTrust(anchors: [root]), twin).ShouldBe(TrustFault.Untrusted);
    }

    [Fact]
    public void TryTrust_ChainExpired_TrustedWithItsPeriod()
    {
        X509Certificate2 leaf = Leaf(root, rootKey);
        new SignerTrust(anchors: [root]).TryTrust(leaf.RawData, new DateTimeOffset(leaf.NotAfter).AddDays(1), out TrustedSigner? signer, out _).ShouldBeTrue();
        signer.NotAfter.ShouldBe(new DateTimeOffset(leaf.NotAfter));
    }

    [Fact]
    public void TryTrust_Pinned_PeriodNarrowedByThePin()
    {
        TestSigner signer = SoapMessages.Consumer;
        var trust = new SignerTrust([new PinnedCertificate(signer.Sha256, Now, Now.AddDays(1))]);
        trust.TryTrust(signer.Certificate.RawData, Now, out TrustedSigner? trusted, out _).ShouldBeTrue();
        (trusted.NotBefore, trusted.NotAfter, trusted.IsPinned).ShouldBe((Now, Now.AddDays(1), true));
    }

    [Fact]
    public void TryTrust_CurveOutsideTheList_WeakKey()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        using X509Certificate2 certificate = new CertificateRequest("CN=x", ec, HashAlgorithmName.SHA512)
            .CreateSelfSigned(TestSigner.NotBefore, TestSigner.NotAfter);
        var trust = new SignerTrust([new PinnedCertificate(SHA256.HashData(certificate.RawData))]);
        Fault(trust, certificate).ShouldBe(TrustFault.WeakKey);
    }

    [Fact]
    public void Constructor_MinimumBelow2048_Refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new SignerTrust(minimumRsaBits: 1024));

    private static TrustFault Fault(SignerTrust trust, X509Certificate2 certificate)
    {
        trust.TryTrust(certificate.RawData, Now, out _, out TrustFault fault);
        return fault;
    }

    private X509Certificate2 Leaf(X509Certificate2 issuer, RSA issuerKey, X509Extension? extension = null)
    {
        var request = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForRSA(issuerKey, RSASignaturePadding.Pkcs1), Now.AddDays(-1), Now.AddDays(30), [1, 2]);
    }

    private static X509Certificate2 Authority(string name, RSA key, X509Certificate2? issuer, RSA? issuerKey)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return issuer is null
            ? request.CreateSelfSigned(TestSigner.NotBefore, TestSigner.NotAfter)
            : request.Create(
                issuer.SubjectName, X509SignatureGenerator.CreateForRSA(issuerKey!, RSASignaturePadding.Pkcs1), Now.AddDays(-1), Now.AddDays(300), [3]);
    }
}

using System.Security.Cryptography.X509Certificates;
using Shouldly;
using Tunduk.Adapter.Sandbox.Pki;
using Xunit;

namespace Tunduk.Adapter.Tests.Sandbox.Pki;

public sealed class DevelopmentAuthorityTests(AuthorityFixture fixture) : IClassFixture<AuthorityFixture>
{
    [Fact]
    public void OpenOrCreate_SecondStart_LoadsTheSameCertificates()
    {
        using var folder = new TemporaryFolder();
        string root;
        string signing;
        using (DevelopmentAuthority first = DevelopmentAuthority.OpenOrCreate(folder["ca"], TimeProvider.System))
        {
            root = first.Root.Certificate.Thumbprint;
            signing = Signing(first).Certificate.Thumbprint;
        }

        using DevelopmentAuthority second = DevelopmentAuthority.OpenOrCreate(folder["ca"], TimeProvider.System);
        second.Root.Certificate.Thumbprint.ShouldBe(root);
        Signing(second).Certificate.Thumbprint.ShouldBe(signing);
        second.Register.Knows(second.Ocsp.Certificate.SerialNumber).ShouldBeTrue();
    }

    [Fact]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void OpenOrCreate_Files_AreReadableByTheOwnerAlone()
    {
        DevelopmentAuthority authority = fixture.Authority;
        Signing(authority);
        File.GetUnixFileMode(authority.Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string file in Directory.GetFiles(authority.Folder))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public void SigningCertificate_Issued_HasSubjectAndUsageOfAnInformationSystem()
    {
        DevelopmentAuthority authority = fixture.Authority;
        X509Certificate2 certificate = Signing(authority).Certificate;
        certificate.HasPrivateKey.ShouldBeTrue();
        certificate.PublicKey.GetRSAPublicKey()!.KeySize.ShouldBe(2048);
        certificate.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages
            .ShouldBe(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation);
        Dictionary<string, string> subject = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .ToDictionary(static part => part.GetSingleElementType().Value!, static part => part.GetSingleElementValue()!);
        subject["2.5.4.6"].ShouldBe("KG");
        subject["2.5.4.10"].ShouldBe("Sandbox register");
        subject["2.5.4.5"].ShouldBe("70009001");
        subject["2.5.4.3"].ShouldBe("registry");
    }

    [Fact]
    public void IsMarked_EveryCertificateOfTheAuthority_IsMarked()
    {
        DevelopmentAuthority authority = fixture.Authority;
        SandboxCertificate[] all = [authority.Root, authority.Ocsp, authority.Tsa, Signing(authority), authority.TlsCertificate("tls")];
        all.ShouldAllBe(certificate => SandboxMarker.IsMarked(certificate.Certificate));
    }

    [Fact]
    public void IsMarked_ForeignCertificate_IsNot()
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=elsewhere", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.32", [0x30, 0x08, 0x30, 0x06, 0x06, 0x04, 0x55, 0x1D, 0x20, 0x00], false));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90));
        SandboxMarker.IsMarked(certificate).ShouldBeFalse();
    }

    [Fact]
    public async Task Certificates_JudgedByOpenssl_Verify()
    {
        DevelopmentAuthority authority = fixture.Authority;
        string signing = Signing(authority).CertificatePath;
        string tls = authority.TlsCertificate("tls").CertificatePath;
        string root = authority.Root.CertificatePath;
        (await Tool.RunAsync("openssl", "verify", "-x509_strict", "-CAfile", root, signing)).Output.ShouldContain(": OK");
        (await Tool.RunAsync("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_ip", "127.0.0.1", "-CAfile", root, tls))
            .Output.ShouldContain(": OK");
        (await Tool.RunAsync("openssl", "verify", "-x509_strict", "-purpose", "timestampsign", "-CAfile", root, authority.Tsa.CertificatePath))
            .Output.ShouldContain(": OK");
        (await Tool.RunAsync("openssl", "x509", "-in", authority.Tsa.CertificatePath, "-noout", "-text")).Output
            .ShouldContain("X509v3 Extended Key Usage: critical");
    }

    private static SandboxCertificate Signing(DevelopmentAuthority authority) =>
        authority.SigningCertificate("provider.sign", "70009001", "Sandbox register", "registry");
}

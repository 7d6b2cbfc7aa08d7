using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Tests.Soap;
using Tunduk.Evidence.Trust;

namespace Tunduk.Evidence.Tests.Signing;

public sealed class DetachedSignatureTests
{
    private static readonly byte[] Content = "<soapenv:Envelope/>"u8.ToArray();

    private static DateTimeOffset Now => SoapMessages.Now;

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaSha512)]
    [InlineData(SignatureAlgorithm.RsaPssSha256)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    [InlineData(SignatureAlgorithm.EcdsaP384Sha384)]
    public async Task Verify_OverTheSignedBytes_Valid(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        byte[] cms = await CreateAsync(signer);
        DetachedVerification result = Verify(cms, signer);
        result.Fault.ShouldBe(DetachedFault.None);
        (result.Algorithm, result.SigningTime).ShouldBe((algorithm, Now));
        result.Signer!.Sha256.ToArray().ShouldBe(signer.Sha256);
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaPssSha384)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    public async Task Openssl_OurSignature_Verifies(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tunduk-cms-");
        try
        {
            string cms = Path.Combine(folder.FullName, "signature");
            string content = Path.Combine(folder.FullName, "content");
            await File.WriteAllBytesAsync(cms, await CreateAsync(signer));
            await File.WriteAllBytesAsync(content, Content);
            (int exitCode, string output) = ForeignTool.Run(
                "/usr/bin/openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", cms, "-content", content, "-noverify", "-out", "/dev/null");
            exitCode.ShouldBe(0, output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Verify_OtherBytesContextSignerOrMoment_RefusedByCode()
    {
        TestSigner signer = SoapMessages.Consumer;
        byte[] cms = await CreateAsync(signer);
        SignerTrust trust = signer.Pinned;
        DetachedSignature.Verify("x"u8, DetachedContext.SoapRequest, cms, trust, Now).Fault.ShouldBe(DetachedFault.Digest);
        DetachedSignature.Verify(Content, DetachedContext.SoapResponse, cms, trust, Now).Fault.ShouldBe(DetachedFault.Context);
        DetachedSignature.Verify(Content, DetachedContext.SoapRequest, cms, SoapMessages.Provider.Pinned, Now)
            .ShouldBe(new DetachedVerification(DetachedFault.Untrusted, TrustFault.Untrusted));
        DetachedSignature.Verify(Content, DetachedContext.SoapRequest, cms, trust, TestSigner.NotAfter.AddDays(1)).Fault
            .ShouldBe(DetachedFault.CertificatePeriod);
        DetachedSignature.Verify(Content, DetachedContext.SoapRequest, "x"u8, trust, Now).Fault.ShouldBe(DetachedFault.Malformed);
    }

    [Fact]
    public async Task Verify_AnyByteOfTheValueChanged_Refused()
    {
        byte[] cms = await CreateAsync(SoapMessages.Consumer);
        cms[^10] ^= 1;
        Verify(cms, SoapMessages.Consumer).Fault.ShouldBe(DetachedFault.Signature);
    }

    [Fact]
    public void Verify_CmsOfAnotherMaker_RefusedForItsContext()
    {
        TestSigner signer = SoapMessages.Consumer;
        var foreign = new SignedCms(new ContentInfo(Content), detached: true);
        foreign.ComputeSignature(new CmsSigner(signer.Certificate) { DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"), IncludeOption = System.Security.Cryptography.X509Certificates.X509IncludeOption.EndCertOnly });
        Verify(foreign.Encode(), signer).Fault.ShouldBe(DetachedFault.Context);
        var attached = new SignedCms(new ContentInfo(Content), detached: false);
        attached.ComputeSignature(new CmsSigner(signer.Certificate));
        Verify(attached.Encode(), signer).Fault.ShouldBe(DetachedFault.NotDetached);
    }

    private static ValueTask<byte[]> CreateAsync(TestSigner signer) =>
        DetachedSignature.CreateAsync(Content, DetachedContext.SoapRequest, Now, signer, CancellationToken.None);

    private static DetachedVerification Verify(byte[] cms, TestSigner signer) =>
        DetachedSignature.Verify(Content, DetachedContext.SoapRequest, cms, signer.Pinned, Now);
}

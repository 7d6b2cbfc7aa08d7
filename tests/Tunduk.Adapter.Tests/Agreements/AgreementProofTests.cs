using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Tests.Sandbox;

namespace Tunduk.Adapter.Tests.Agreements;

/// <summary>Who may put an agreement in force: the detached signature of the responsible person beside the file.</summary>
public sealed class AgreementProofTests : IDisposable
{
    private static readonly byte[] Document = Encoding.UTF8.GetBytes(AgreementTexts.Full);

    private readonly TemporaryFolder folder = new();
    private readonly X509Certificate2 person = Certificate("CN=Responsible Person");
    private readonly X509Certificate2 other = Certificate("CN=Responsible Person");

    public void Dispose()
    {
        folder.Dispose();
        person.Dispose();
        other.Dispose();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Reload_SignedByAConfiguredPerson_PutsTheTextInForce(bool pem, bool withoutCertificate)
    {
        AgreementStatus status = Load(Document, Sign(person, pem: pem, withoutCertificate: withoutCertificate));
        status.Agreement.ShouldNotBeNull();
        status.ProvedBy.ShouldBe("CN=Responsible Person");
    }

    [Fact]
    public async Task Reload_SignedWithOpenssl_PutsTheTextInForceAsTheRemedySays()
    {
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "doc.yaml"), Document);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "cert.pem"), person.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "key.pem"), person.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        string signature = Path.Combine(folder.Path, "doc.yaml.sig");
        (int code, string output) = await Tool.RunAsync("openssl", "cms", "-sign", "-binary", "-in", Path.Combine(folder.Path, "doc.yaml"), "-signer", Path.Combine(folder.Path, "cert.pem"), "-inkey", Path.Combine(folder.Path, "key.pem"), "-outform", "PEM", "-out", signature);
        code.ShouldBe(0, output);
        Load(Document, await File.ReadAllBytesAsync(signature)).Agreement.ShouldNotBeNull();
    }

    [Fact]
    public void Reload_TextChangedAfterwards_DoesNotCount() =>
        Refused(Load(Encoding.UTF8.GetBytes(AgreementTexts.Full.Replace("[surname", "[photo, surname")), Sign(person)));

    [Fact]
    public void Reload_SignedByANamesake_DoesNotCount() => Refused(Load(Document, Sign(other)));

    [Fact]
    public void Reload_WeakDigest_DoesNotCount() => Refused(Load(Document, Sign(person, digest: "1.3.14.3.2.26")));

    [Fact]
    public void Reload_SignatureCutOrJunk_DoesNotCount()
    {
        byte[] signature = Sign(person);
        Refused(Load(Document, signature[..^10]));
        Refused(Load(Document, [1, 2, 3]));
        Refused(Load(Document, "-----BEGIN CMS-----\nnothing\n-----END CMS-----\n"u8.ToArray()));
        Refused(Load(Document, []));
        Refused(Load(Document, new byte[100_000]));
    }

    [Fact]
    public void Reload_SignatureThatCarriesAnotherText_DoesNotCount()
    {
        // Not detached: it carries, and is valid over, a text of its own.
        SignedCms cms = new(new ContentInfo("another: text"u8.ToArray()), detached: false);
        cms.ComputeSignature(new CmsSigner(person) { IncludeOption = X509IncludeOption.EndCertOnly });
        Refused(Load(Document, cms.Encode()));
    }

    [Fact]
    public void Reload_NobodyConfigured_NoSignatureCounts()
    {
        Write(Document, Sign(person));
        AgreementStore store = new(new AgreementStoreOptions { Folder = folder.Path, StateFolder = Path.Combine(folder.Path, "state") }, null, TimeProvider.System);
        store.Reload();
        Refused(store.Current.Documents.ShouldHaveSingleItem());
    }

    private static void Refused(AgreementStatus status)
    {
        status.Agreement.ShouldBeNull();
        AgreementFault fault = status.Faults.First(static f => !f.IsWarning);
        fault.Code.ShouldBe("not_put_in_force");
        fault.Remedy.ShouldContain("openssl cms -sign");
    }

    private AgreementStatus Load(byte[] document, byte[] signature)
    {
        Write(document, signature);
        string state = Directory.CreateTempSubdirectory("state-").FullName;
        try
        {
            AgreementStore store = new(new AgreementStoreOptions { Folder = folder.Path, StateFolder = state, Signers = [X509CertificateLoader.LoadCertificate(person.RawData)] }, null, TimeProvider.System);
            store.Reload();
            return store.Current.Documents.Single(static d => d.File == "sla.yaml");
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private void Write(byte[] document, byte[] signature)
    {
        File.Delete(Path.Combine(folder.Path, "doc.yaml"));
        File.WriteAllBytes(Path.Combine(folder.Path, "sla.yaml"), document);
        File.WriteAllBytes(Path.Combine(folder.Path, "sla.yaml.sig"), signature);
    }

    private static byte[] Sign(X509Certificate2 certificate, bool pem = false, bool withoutCertificate = false, string digest = "2.16.840.1.101.3.4.2.1")
    {
        SignedCms cms = new(new ContentInfo(Document), detached: true);
        cms.ComputeSignature(new CmsSigner(certificate) { DigestAlgorithm = new Oid(digest), IncludeOption = withoutCertificate ? X509IncludeOption.None : X509IncludeOption.EndCertOnly });
        byte[] der = cms.Encode();
        return pem ? Encoding.ASCII.GetBytes(PemEncoding.WriteString("CMS", der)) : der;
    }

    private static X509Certificate2 Certificate(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}

using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Tests.Soap.Attacks;
using static Tunduk.Evidence.Tests.Soap.SoapMessages;

namespace Tunduk.Evidence.Tests.Soap;

/// <summary>python3-xmlsec verifies ours, and we verify what it signs.</summary>
public sealed class PythonXmlsecJudgeTests : IDisposable
{
    private static readonly string Judge = Path.Combine(Repository.Root, "tests/judges/xmlsec_soap.py");
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tunduk-pyxmlsec-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaSha512)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    [InlineData(SignatureAlgorithm.EcdsaP384Sha384)]
    public void Judge_OurSignature_VerifiesAndAChangedOneDoesNot(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        string certificate = Write("certificate.pem", signer.Certificate.ExportCertificatePem());
        string signed = Text(Sign(Envelope("<r a='x&quot;y'><![CDATA[<&>]]>Айнура</r>"), signer));

        Run("verify", Write("good.xml", signed), certificate).ExitCode.ShouldBe(0);
        Run("verify", Write("bad.xml", signed.Swap("Айнура", "Айнурa")), certificate).ExitCode.ShouldNotBe(0);
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaSha384)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    [InlineData(SignatureAlgorithm.EcdsaP384Sha384)]
    public void Verify_SignedByTheJudge_Valid(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        string template = Regex.Replace(
            Text(Sign(Envelope(Person), signer)), "<(?<name>ds:(DigestValue|SignatureValue))>[^<]*<", "<${name}><", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        string output = Path.Combine(folder.FullName, "out.xml");

        (int code, string text) = Run("sign", Write("template.xml", template), Write("key.pem", signer.Key.ExportPkcs8PrivateKeyPem()), output);

        code.ShouldBe(0, text);
        SoapVerification result = Verify(File.ReadAllBytes(output), Check(signer));
        result.CodeName.ShouldBeEmpty();
        result.Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    private static (int ExitCode, string Output) Run(params string[] arguments) => ForeignTool.Run("/usr/bin/python3", [Judge, .. arguments]);

    private string Write(string name, string content)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(content));
        return path;
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Tunduk.Evidence.Canonicalization;
using Tunduk.Evidence.Signing;
using Tunduk.Evidence.Soap;
using Tunduk.Evidence.Tests.Soap.Attacks;
using Tunduk.Xml;
using Tunduk.Xml.Tests;
using static Tunduk.Evidence.Tests.Soap.SoapMessages;

namespace Tunduk.Evidence.Tests.Soap;

/// <summary>xmlsec1 verifies ours, we verify what xmlsec1 signs, and both see the same canonical form.</summary>
public sealed class XmlsecJudgeTests : IDisposable
{
    private const string Xmlsec = "/usr/bin/xmlsec1";
    private const string Utility = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tunduk-xmlsec-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256)]
    [InlineData(SignatureAlgorithm.RsaSha384)]
    [InlineData(SignatureAlgorithm.RsaSha512)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    [InlineData(SignatureAlgorithm.EcdsaP384Sha384)]
    public void Xmlsec_OurSignature_Verifies(SignatureAlgorithm algorithm)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        string body = "<r a='x&quot;y' xsi:type=\"xsd:string\"><![CDATA[<&>]]>Айнура &#13;&#x1F600;</r>";
        byte[] signed = Sign(Envelope(body), signer).Envelope;
        XmlsecVerify(signed, signer).ExitCode.ShouldBe(0);
        byte[] changed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(signed).Swap("Айнура", "Айнурa"));
        XmlsecVerify(changed, signer).ExitCode.ShouldNotBe(0);
    }

    /// <summary>xmlsec1 knows no PSS: its canonical SignedInfo is signed and verified by openssl.</summary>
    [Theory]
    [InlineData(SignatureAlgorithm.RsaPssSha256, "sha256", 32)]
    [InlineData(SignatureAlgorithm.RsaPssSha384, "sha384", 48)]
    [InlineData(SignatureAlgorithm.RsaPssSha512, "sha512", 64)]
    public void Openssl_PssOverTheCanonicalFormOfXmlsec_BothWays(SignatureAlgorithm algorithm, string hash, int salt)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        string signed = Text(Sign(Envelope(Person), signer));
        string value = signed.Piece("ds:SignatureValue");
        string data = Write("signedinfo", XmlsecSignedInfo(signed, algorithm, signer));
        string[] pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", $"rsa_pss_saltlen:{salt}", "-sigopt", $"rsa_mgf1_md:{hash}"];

        string ours = Write("ours", Convert.FromBase64String(value["<ds:SignatureValue>".Length..^"</ds:SignatureValue>".Length]));
        ForeignTool.Run("/usr/bin/openssl", ["dgst", "-" + hash, "-verify", PublicKey(signer), .. pss, "-signature", ours, data]).ExitCode.ShouldBe(0);

        string key = Write("key.pem", Encoding.ASCII.GetBytes(signer.Key.ExportPkcs8PrivateKeyPem()));
        string theirs = Path.Combine(folder.FullName, "theirs");
        ForeignTool.Run("/usr/bin/openssl", ["dgst", "-" + hash, "-sign", key, .. pss, "-out", theirs, data]).ExitCode.ShouldBe(0);
        string resigned = signed.Swap(value, $"<ds:SignatureValue>{Convert.ToBase64String(File.ReadAllBytes(theirs))}</ds:SignatureValue>");
        resigned.ShouldNotBe(signed);
        SoapVerification result = Verify(Encoding.UTF8.GetBytes(resigned), Check(signer));
        result.CodeName.ShouldBeEmpty();
        result.Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaSha256, SoapVerificationCode.None)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256, SoapVerificationCode.None)]
    public void Verify_SignedByXmlsec_Valid(SignatureAlgorithm algorithm, SoapVerificationCode code)
    {
        TestSigner signer = TestSigner.Of("loans.sandbox", algorithm);
        byte[] signed = XmlsecSign(Template(Text(Sign(Envelope(Person), signer))), signer);
        SoapVerification result = Verify(signed, Check(signer));
        result.Code.ShouldBe(code);
        result.Status.ShouldBe(SoapVerificationStatus.Valid);
    }

    [Fact]
    public void Verify_SignedByXmlsecWithSha1_RefusedByName()
    {
        string template = Template(Text(Sign(Envelope(Person), Consumer)))
            .Swap("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1");
        SoapVerification result = Verify(XmlsecSign(template, Consumer), Check(Consumer));
        result.Code.ShouldBe(SoapVerificationCode.SignatureAlgorithmWeak);
        result.Explanation.Algorithm.ShouldBe("http://www.w3.org/2000/09/xmldsig#rsa-sha1");
    }

    /// <summary>Signatures whose references each cover a generated document: xmlsec1 must find every one of our digests.</summary>
    [Fact]
    public void Xmlsec_GeneratedCorpus_SameCanonicalForm()
    {
        // A hundred files at a time: a command line has its limits.
        foreach (int[] batch in Canonicalization.Corpus.Seeds.Where(seed => (seed - Canonicalization.Corpus.First) % Canonicalization.Corpus.FileSize == 0).Chunk(100))
        {
            string[] files = [.. batch.Select(first => Write($"corpus{first}.xml", Encoding.UTF8.GetBytes(Corpus(first, Canonicalization.Corpus.FileSize))))];
            (int exitCode, string output) = ForeignTool.Run(Xmlsec, ["--verify", "--pubkey-pem", PublicKey(Consumer), "--id-attr:Id", "part", .. files]);
            exitCode.ShouldBe(0, output);
            Regex.Count(output, Regex.Escape($"SignedInfo References (ok/all): {Canonicalization.Corpus.FileSize}/{Canonicalization.Corpus.FileSize}")).ShouldBe(files.Length);
            Array.ForEach(files, File.Delete);
        }
    }

    private static string Corpus(int first, int count)
    {
        var corpus = new StringBuilder("<corpus xmlns:z=\"urn:z\">");
        for (int seed = first; seed < first + count; seed++)
        {
            // libxml2 keeps a reference in a namespace name unresolved (&#38;); the framework judges those.
            string document = Canonicalization.ExclusiveCanonicalizerTests.Subtree(
                new GeneratedXml(seed).Document().Replace("urn:c?x=1&amp;y=2", "urn:c", StringComparison.Ordinal));
            corpus.Append("<part Id=\"p").Append(seed).Append("\">").Append(document).Append("</part>");
        }

        corpus.Append("<!--signature--></corpus>");
        var signedInfo = new StringBuilder("<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>");
        using (XmlTape tape = Parse(corpus.ToString()))
        {
            int seed = first;
            foreach (XmlElement part in tape.Root.Children)
            {
                AppendReference(signedInfo, part, seed++);
            }
        }

        signedInfo.Append("</ds:SignedInfo>");
        string value = Convert.ToBase64String(Consumer.Sign(Encoding.UTF8.GetBytes(signedInfo.ToString())));
        return corpus.ToString().Swap(
            "<!--signature-->",
            $"<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{signedInfo}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>");
    }

    private static void AppendReference(StringBuilder signedInfo, XmlElement part, int seed)
    {
        string list = (seed % 3) switch { 0 => "", 1 => "a n1 z", _ => "b #default" };
        string inclusive = list.Length == 0 ? "" : $"<ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"{list}\"></ec:InclusiveNamespaces>";
        byte[] canonical = ExclusiveCanonicalizer.ToArray(part, list.Length == 0 ? [] : list.Split(' '));
        signedInfo.Append("<ds:Reference URI=\"#p").Append(seed)
            .Append("\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">").Append(inclusive)
            .Append("</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod><ds:DigestValue>")
            .Append(Convert.ToBase64String(SHA256.HashData(canonical))).Append("</ds:DigestValue></ds:Reference>");
    }

    /// <summary>What xmlsec1 would sign, with the algorithm's name it does not know exchanged for one it does and back.</summary>
    private byte[] XmlsecSignedInfo(string signed, SignatureAlgorithm algorithm, TestSigner signer)
    {
        const string Known = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
        string identifier = SignatureAlgorithms.Identifier(algorithm);
        (_, string output) = ForeignTool.Run(
            Xmlsec,
            [.. (string[])["--verify", "--store-signatures", "--pubkey-pem", PublicKey(signer)], .. IdAttributes, Write("known.xml", Encoding.UTF8.GetBytes(signed.Swap(identifier, Known)))]);
        const string Start = "== PreSigned data - start buffer:\n";
        int start = output.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        start.ShouldBeGreaterThan(Start.Length, output);
        int end = output.IndexOf("\n== PreSigned data - end buffer", start, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(output[start..end].Swap(Known, identifier));
    }

    private static string Template(string signed)
    {
        // The digests and the value are emptied: xmlsec1 computes them.
        return Regex.Replace(signed, "<(?<name>ds:(DigestValue|SignatureValue))>[^<]*<", "<${name}><", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
    }

    private (int ExitCode, string Output) XmlsecVerify(byte[] signed, TestSigner signer) => ForeignTool.Run(
        Xmlsec, [.. (string[])["--verify", "--pubkey-pem", PublicKey(signer)], .. IdAttributes, Write("signed.xml", signed)]);

    private byte[] XmlsecSign(string template, TestSigner signer)
    {
        string key = Write("key.pem", Encoding.ASCII.GetBytes(signer.Key.ExportPkcs8PrivateKeyPem()));
        string output = Path.Combine(folder.FullName, "out.xml");
        (int exitCode, string text) = ForeignTool.Run(
            Xmlsec,
            [.. (string[])["--sign", "--privkey-pem", key, "--output", output], .. IdAttributes, Write("template.xml", Encoding.UTF8.GetBytes(template))]);
        exitCode.ShouldBe(0, text);
        return File.ReadAllBytes(output);
    }

    private static string[] IdAttributes =>
    [
        "--id-attr:Id", "http://schemas.xmlsoap.org/soap/envelope/:Body", "--id-attr:Id", Utility + ":Timestamp",
        "--id-attr:Id", "urn:tunduk-adapter:exchange:1:Exchange",
    ];

    private string PublicKey(TestSigner signer) =>
        Write("public.pem", Encoding.ASCII.GetBytes(signer.Key.ExportSubjectPublicKeyInfoPem()));

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}

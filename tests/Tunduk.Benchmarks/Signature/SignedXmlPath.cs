#pragma warning disable RS0030 // The framework's SignedXml, which needs XmlDocument, is a yardstick here.
using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace Tunduk.Benchmarks.Signature;

/// <summary>The framework's way: a document tree, three references by id, exclusive C14N.</summary>
internal static class SignedXmlPath
{
    public static string Sign(string envelope, RSA key)
    {
        XmlDocument document = Load(envelope);
        var body = (System.Xml.XmlElement)document.DocumentElement!.LastChild!;
        body.SetAttribute("Id", "body");
        var signed = new SignedXml(document) { SigningKey = key };
        signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
        signed.SignedInfo.SignatureMethod = SignedXml.XmlDsigRSASHA256Url;
        foreach (System.Xml.XmlElement part in SignatureEnvelope.ExtraParts(document))
        {
            document.DocumentElement.FirstChild!.AppendChild(part);
        }

        foreach (string id in (string[])["body", "part1", "part2"])
        {
            var reference = new Reference("#" + id) { DigestMethod = SignedXml.XmlDsigSHA256Url };
            reference.AddTransform(new XmlDsigExcC14NTransform());
            signed.AddReference(reference);
        }

        signed.ComputeSignature();
        document.DocumentElement.FirstChild!.AppendChild(signed.GetXml());
        return document.OuterXml;
    }

    public static void Verify(string envelope, RSA key)
    {
        XmlDocument document = Load(envelope);
        var signed = new SignedXml(document);
        signed.LoadXml((System.Xml.XmlElement)document.GetElementsByTagName("Signature", SignedXml.XmlDsigNamespaceUrl)[0]!);
        if (!signed.CheckSignature(key))
        {
            throw new InvalidOperationException("SignedXml refuses its own signature.");
        }
    }

    private static XmlDocument Load(string envelope)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.LoadXml(envelope);
        return document;
    }
}

using System.Text;
using Tunduk.Evidence.Signing;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>How refused algorithms are named: by identifier when it is a well-known one, by length when it is a stranger's text.</summary>
internal static class KnownTransforms
{
    private static readonly string[] Known =
    [
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
        "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform",
    ];

    public static string Describe(ReadOnlySpan<byte> identifier)
    {
        foreach (string known in Known)
        {
            if (Ascii.Equals(identifier, known))
            {
                return known;
            }
        }

        return Phrases.Of("Soap.UnknownBytes", identifier.Length);
    }

    public static SoapFinding Refuse(SoapVerificationCode code, XmlElement element, ReadOnlySpan<byte> identifier, bool isKnown) =>
        new(
            code,
            new SignatureExplanation
            {
                Element = element.LocalName,
                Line = element.Line,
                Algorithm = isKnown ? Encoding.UTF8.GetString(identifier) : Phrases.Of("Soap.UnknownBytes", identifier.Length),
            });
}

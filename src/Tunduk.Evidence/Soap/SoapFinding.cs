using Tunduk.Evidence.Signing;
using Tunduk.Xml;

namespace Tunduk.Evidence.Soap;

/// <summary>A fault found by the verifier.</summary>
internal sealed record SoapFinding(SoapVerificationCode Code, SignatureExplanation Explanation)
{
    public static SoapFinding At(SoapVerificationCode code, XmlElement element) =>
        new(code, new SignatureExplanation { Element = Name(element), Line = element.Line });

    public static SoapFinding Of(SoapVerificationCode code, string element) => new(code, new SignatureExplanation { Element = element });

    public static SoapFinding Counted(SoapVerificationCode code, string element, int found) =>
        new(code, new SignatureExplanation { Element = element, Found = found });

    /// <summary>Names in a foreign message are shown only when they are short.</summary>
    private static string Name(XmlElement element) =>
        element.LocalNameUtf8.Length <= 64 ? element.LocalName : Phrases.Of("Soap.NameBytes", element.LocalNameUtf8.Length);
}

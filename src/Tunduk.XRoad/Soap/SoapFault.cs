using Tunduk.Xml;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Soap;

/// <summary>
/// A fault that arrived (SOAP 1.1 §4.4). Code and structure may be passed on; string and detail can hold personal data and are subject
/// to the agreement. Unsigned, it says only that somebody claims a fault.
/// </summary>
/// <param name="Code">The text of faultcode, with the prefix <c>soapenv</c> where it had one of SOAP's namespace; empty without one.</param>
/// <param name="Message">The text of faultstring.</param>
/// <param name="Actor">The text of faultactor, null without one.</param>
/// <param name="Detail">The detail element; check <see cref="XmlElement.Exists"/>.</param>
public readonly record struct SoapFault(string Code, string Message, string? Actor, XmlElement Detail)
{
    /// <summary>Code and lengths only: texts of faults can hold personal data.</summary>
    public override string ToString() => $"{Classified}, message of {Message?.Length ?? 0} characters";

    public XRoadFault Classified => XRoadFault.Classify(Code);

    /// <summary>The text of <c>faultDetail</c>, by which a security server's log can be searched; null without one.</summary>
    public string? DetailId
    {
        get
        {
            if (Detail.Exists)
            {
                foreach (XmlElement child in Detail.Children)
                {
                    if (child.LocalName == "faultDetail" && child.HasOnlyText && child.TextUtf8.Length <= 256)
                    {
                        return child.Text;
                    }
                }
            }

            return null;
        }
    }
}

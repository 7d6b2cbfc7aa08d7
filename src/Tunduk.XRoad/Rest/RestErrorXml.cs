using System.Text;
using Tunduk.Xml;

namespace Tunduk.XRoad.Rest;

/// <summary>Reads the XML form of an error body.</summary>
internal static class RestErrorXml
{
    public static RestError Read(ReadOnlySpan<byte> body, RestError bare, bool fromBody)
    {
        if (body.IsEmpty || !XmlTape.TryParse(body.ToArray(), XmlLimits.Default, out XmlTape? tape, out _) || tape.Root.LocalName != "error")
        {
            return bare;
        }

        string type = bare.Type, message = string.Empty, detail = string.Empty;
        foreach (XmlElement child in tape.Root.Children)
        {
            if (fromBody && child.LocalName == "type")
            {
                type = child.Text;
            }
            else if (child.LocalName == "message")
            {
                message = child.Text;
            }
            else if (child.LocalName == "detail")
            {
                detail = child.Text;
            }
        }

        return new RestError(type, message, detail);
    }
}

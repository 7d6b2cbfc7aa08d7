using System.Text;
using System.Xml;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>Writes the SOAP fault of a security server: no X-Road headers, an empty faultactor, a UUID in faultDetail.</summary>
internal static class FaultWriter
{
    public static byte[] Write(string code, string text)
    {
        using var output = new MemoryStream(512);
        using (var writer = XmlWriter.Create(output, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            writer.WriteStartElement("SOAP-ENV", "Envelope", SoapNames.Envelope);
            writer.WriteStartElement("SOAP-ENV", "Header", SoapNames.Envelope);
            writer.WriteEndElement();
            writer.WriteStartElement("SOAP-ENV", "Body", SoapNames.Envelope);
            writer.WriteStartElement("SOAP-ENV", "Fault", SoapNames.Envelope);
            writer.WriteElementString("faultcode", code);
            writer.WriteElementString("faultstring", text);
            writer.WriteElementString("faultactor", "");
            writer.WriteStartElement("detail");
            writer.WriteElementString("faultDetail", Guid.NewGuid().ToString());
            writer.WriteEndElement();
            writer.WriteEndElement();
            writer.WriteEndElement();
            writer.WriteEndElement();
        }

        return output.ToArray();
    }
}

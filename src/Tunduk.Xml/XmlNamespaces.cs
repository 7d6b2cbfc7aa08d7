namespace Tunduk.Xml;

/// <summary>The two namespaces every document has (Namespaces in XML 1.0 §3).</summary>
internal static class XmlNamespaces
{
    public static readonly byte[] Xml = "http://www.w3.org/XML/1998/namespace"u8.ToArray();
    public static readonly byte[] Xmlns = "http://www.w3.org/2000/xmlns/"u8.ToArray();
}

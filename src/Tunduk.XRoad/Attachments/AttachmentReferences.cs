using Tunduk.Xml;

namespace Tunduk.XRoad.Attachments;

/// <summary>
/// The parts that a message's body refers to: <c>xop:Include/@href</c> (XOP 1.0 §2.1) and <c>href="cid:…"</c> of SOAP Messages with
/// Attachments. Reading them walks the body, so it is done only where a rule needs it.
/// </summary>
public static class AttachmentReferences
{
    public const string XopNamespace = "http://www.w3.org/2004/08/xop/include";

    /// <summary>The Content-IDs in document order, without <c>cid:</c> and percent-decoded (RFC 2392 §2).</summary>
    public static IReadOnlyList<string> Find(XmlElement element)
    {
        List<string> found = [];
        Walk(element, found);
        return found;
    }

    private static void Walk(XmlElement element, List<string> found)
    {
        if (element.TryGetAttribute(string.Empty, "href", out XmlAttribute href)
            && href.Value is { } value && value.StartsWith("cid:", StringComparison.OrdinalIgnoreCase))
        {
            found.Add(Uri.UnescapeDataString(value[4..]));
        }

        // Depth is bounded by the parse (XmlLimits.MaxDepth).
        foreach (XmlElement child in element.Children)
        {
            Walk(child, found);
        }
    }
}

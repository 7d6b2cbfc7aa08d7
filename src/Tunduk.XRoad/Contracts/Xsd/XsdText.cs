using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Tunduk.XRoad.Contracts.Xsd;

/// <summary>Small readings of schema attributes and annotations.</summary>
internal static class XsdText
{
    public static bool IsTrue(XElement node, string attribute) => ((string?)node.Attribute(attribute))?.Trim() is "true" or "1";

    /// <summary>Whether an element or attribute can have this name (without a prefix).</summary>
    public static bool IsName(string local)
    {
        try
        {
            return local.Length > 0 && XmlConvert.VerifyNCName(local) == local;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    /// <summary>A number of occurrences; <c>unbounded</c> and what is larger than an int become <see cref="int.MaxValue"/>; null when it is not a number.</summary>
    public static int? Occurs(string? text, int otherwise)
    {
        if (text is null)
        {
            return otherwise;
        }

        text = text.Trim();
        if (text == "unbounded")
        {
            return int.MaxValue;
        }

        if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : int.MaxValue;
    }

    /// <summary>The human title: <c>xrd:title</c> (Russian first), else the first documentation.</summary>
    public static string? Title(XElement node)
    {
        if (node.Element(XsdDocument.Xs + "annotation") is not { } annotation)
        {
            return null;
        }

        var titles = annotation.Descendants().Where(e => e.Name.LocalName == "title").ToList();
        var title = titles.Find(t => (string?)t.Attribute(XNamespace.Xml + "lang") == "ru") ?? titles.FirstOrDefault() ??
            annotation.Element(XsdDocument.Xs + "documentation");
        return Shorten(title?.Value);
    }

    public static string? Shorten(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var line = string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 200 ? line : line[..200];
    }
}

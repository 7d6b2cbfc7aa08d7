using System.Globalization;
using System.Text;
using Tunduk.Xml;

namespace Tunduk.Evidence.Canonicalization;

/// <summary>The first difference of two elements in exclusive canonical form: where, never what.</summary>
/// <param name="Path">The innermost element that differs, by local names and positions: <c>Body/getPerson[1]/pin[2]</c>.</param>
/// <param name="Offset">Offset of the first byte that differs in the canonical form of the whole.</param>
public sealed record CanonicalDifference(string Path, int Offset)
{
    private const int LongestName = 64;

    /// <summary>Finds it; null if the canonical forms are equal.</summary>
    public static CanonicalDifference? Find(XmlElement first, XmlElement second, IReadOnlyList<string> prefixes)
    {
        string[] list = [.. prefixes];
        byte[] one = ExclusiveCanonicalizer.ToArray(first, list);
        byte[] other = ExclusiveCanonicalizer.ToArray(second, list);
        int offset = one.AsSpan().CommonPrefixLength(other);
        return offset == one.Length && offset == other.Length ? null : new CanonicalDifference(PathOf(first, second, list), offset);
    }

    private static string PathOf(XmlElement first, XmlElement second, string[] prefixes)
    {
        var path = new StringBuilder(Name(first));
        while (true)
        {
            var known = new List<XmlElement>();
            foreach (XmlElement child in second.Children)
            {
                known.Add(child);
            }

            int position = 0;
            bool isDeeper = false;
            foreach (XmlElement child in first.Children)
            {
                if (position >= known.Count || !child.LocalNameUtf8.SequenceEqual(known[position].LocalNameUtf8))
                {
                    break;
                }

                if (!ExclusiveCanonicalizer.ToArray(child, prefixes).AsSpan().SequenceEqual(ExclusiveCanonicalizer.ToArray(known[position], prefixes)))
                {
                    path.Append(CultureInfo.InvariantCulture, $"/{Name(child)}[{position + 1}]");
                    (first, second, isDeeper) = (child, known[position], true);
                    break;
                }

                position++;
            }

            if (!isDeeper)
            {
                return path.ToString();
            }
        }
    }

    private static string Name(XmlElement element) =>
        element.LocalNameUtf8.Length <= LongestName ? element.LocalName : Phrases.Of("Canonicalization.NameBytes", element.LocalNameUtf8.Length);
}

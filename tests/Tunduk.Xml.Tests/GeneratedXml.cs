using System.Text;

namespace Tunduk.Xml.Tests;

/// <summary>Invented documents from a seed: namespaces redeclared at every level, every kind of node, every kind of reference.</summary>
public sealed class GeneratedXml(int seed)
{
    private static readonly string[] Uris = ["urn:a", "urn:b", "urn:c?x=1&amp;y=2", "http://x-road.eu/xsd/xroad.xsd"];
    private static readonly string[] Prefixes = ["", "a", "b", "n1", "xrd", "ы"];
    private static readonly string[] Locals = ["x", "item", "Body", "элемент", "a.b-c_d", "z"];
    private static readonly string[] Texts =
    [
        "text", " ", "\n  ", "\r\n", "\r", "\t", "&lt;", "&amp;&gt;", "&quot;&apos;", "&#xD;", "&#13;&#10;", "&#9;", "&#x1F600;",
        "Бишкек", "a > b", "]]", "\"'", "\U0001F600", "&#0065;", "e\u0301",
    ];

#pragma warning disable RS0030 // A seeded generator: the same documents in every run.
    private readonly Random random = new(seed);
#pragma warning restore RS0030
    private readonly StringBuilder text = new();

    /// <summary>A well-formed document.</summary>
    public string Document()
    {
        text.Clear();
        if (Chance(3))
        {
            text.Append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        }

        if (Chance(6))
        {
            text.Append("<!-- before --><?before it?>");
        }

        Element([], random.Next(2, 6));
        if (Chance(6))
        {
            text.Append("\n<!-- after -->");
        }

        return text.ToString();
    }

    /// <summary>The document with one byte changed, removed, doubled or a range repeated: well-formed or not.</summary>
    public byte[] Mutated()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Document());
        int at = random.Next(bytes.Length);
        switch (random.Next(4))
        {
            case 0:
                ReadOnlySpan<byte> palette = "<>&\"'/= :;!?-[]x\0\u0001\u00e9"u8;
                bytes[at] = palette[random.Next(palette.Length)];
                return bytes;
            case 1:
                return [.. bytes[..at], .. bytes[(at + 1)..]];
            case 2:
                int end = Math.Min(bytes.Length, at + random.Next(1, 20));
                return [.. bytes[..end], .. bytes[at..]];
            default:
                return bytes[..at];
        }
    }

    private void Element(Dictionary<string, string> outer, int depth)
    {
        var scope = new Dictionary<string, string>(outer);
        var declared = new List<string>();
        for (int i = random.Next(3); i > 0; i--)
        {
            string prefix = Pick(Prefixes);
            if (declared.Contains(prefix))
            {
                continue;
            }

            declared.Add(prefix);
            scope[prefix] = prefix.Length == 0 && Chance(4) ? "" : Pick(Uris);
        }

        string name = QName(scope.Keys, allowDefault: true);
        var parts = declared.ConvertAll(p => Attribute(p.Length == 0 ? "xmlns" : "xmlns:" + p, scope[p]));
        var used = new HashSet<string>();
        for (int i = random.Next(4); i > 0; i--)
        {
            string attribute = Chance(8) ? "xml:lang" : QName(scope.Keys.Where(k => k.Length > 0), allowDefault: false);
            string[] split = attribute.Split(':');
            string expanded = split.Length == 1 ? attribute : scope.GetValueOrDefault(split[0], "xml") + "}" + split[1];
            if (used.Add(expanded))
            {
                parts.Add(Attribute(attribute, string.Concat(Enumerable.Range(0, random.Next(3)).Select(_ => AttributeText()))));
            }
        }

        Shuffle(parts);
        text.Append('<').Append(name);
        foreach (string part in parts)
        {
            text.Append(Chance(8) ? "\n\t" : " ").Append(part);
        }

        if (Chance(6))
        {
            text.Append(Chance(2) ? " />" : "/>");
            return;
        }

        text.Append(Chance(8) ? " >" : ">");
        for (int i = random.Next(5); i > 0; i--)
        {
            Child(scope, depth);
        }

        text.Append("</").Append(name).Append(Chance(8) ? "\n>" : ">");
    }

    private void Child(Dictionary<string, string> scope, int depth)
    {
        switch (random.Next(8))
        {
            case 0:
                text.Append("<!-- c < & ] -->");
                break;
            case 1:
                text.Append("<?target ").Append(Chance(2) ? "data\r\nmore ?" : "").Append("?>");
                break;
            case 2:
                text.Append("<![CDATA[").Append(Chance(2) ? "<&>\r\n]] \"" : "").Append("]]>");
                break;
            case 3 or 4 or 5 when depth > 0:
                Element(scope, depth - 1);
                break;
            default:
                text.Append(Pick(Texts));
                break;
        }
    }

    private string QName(IEnumerable<string> prefixes, bool allowDefault)
    {
        string[] all = [.. prefixes];
        string local = Pick(Locals);
        if (all.Length == 0 || Chance(3))
        {
            return local;
        }

        string prefix = Pick(all);
        return prefix.Length == 0 ? (allowDefault ? local : "q" + local) : prefix + ":" + local;
    }

    private string AttributeText() => Pick(Texts).Replace("\"", "&quot;", StringComparison.Ordinal).Replace("]]", "]]>", StringComparison.Ordinal);

    private string Attribute(string name, string value) =>
        Chance(2) ? $"{name}=\"{value}\"" : $"{name} = '{value.Replace("'", "&apos;", StringComparison.Ordinal)}'";

    private void Shuffle(List<string> parts)
    {
        for (int i = parts.Count - 1; i > 0; i--)
        {
            int j = random.Next(i + 1);
            (parts[i], parts[j]) = (parts[j], parts[i]);
        }
    }

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private bool Chance(int one) => random.Next(one) == 0;
}

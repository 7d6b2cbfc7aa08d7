using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>One prefix for each namespace of a message; names without a namespace have none.</summary>
internal sealed class PrefixMap
{
    private readonly Dictionary<string, string> prefixes = new(StringComparer.Ordinal);
    private readonly List<(string Namespace, string Prefix)> all = [];

    public IReadOnlyList<(string Namespace, string Prefix)> All => all;

    public void Add(string ns)
    {
        if (ns.Length > 0 && ns != "http://www.w3.org/XML/1998/namespace" && !prefixes.ContainsKey(ns))
        {
            var prefix = all.Count == 0 ? "tns" : "n" + all.Count;
            prefixes.Add(ns, prefix);
            all.Add((ns, prefix));
        }
    }

    public string Tag(QualifiedName name)
    {
        if (name.Namespace.Length == 0)
        {
            return name.Local;
        }

        return (name.Namespace == "http://www.w3.org/XML/1998/namespace" ? "xml" : prefixes[name.Namespace]) + ":" + name.Local;
    }
}

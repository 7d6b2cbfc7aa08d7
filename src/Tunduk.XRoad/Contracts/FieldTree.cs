using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts;

/// <summary>
/// The field paths of a message. A recursive contract has endless paths: single paths are resolved step by step, and
/// an enumeration enters a type once on each way down, and no more than 64 levels.
/// </summary>
public sealed class FieldTree
{
    private const int MaxFields = 20_000;

    // No message is deeper (MappingLimits.MaxDepth); a chain of types may be.
    private const int MaxLevels = 64;
    private readonly ElementDeclaration root;

    internal FieldTree(ElementDeclaration root) => this.root = root;

    /// <summary>All fields, parents before children, in schema order; at most 20,000.</summary>
    public IEnumerable<FieldNode> Enumerate()
    {
        var count = 0;
        foreach (var node in Walk(root.Type, "", []))
        {
            if (++count > MaxFields)
            {
                yield break;
            }

            yield return node;
        }
    }

    /// <summary>The fields that a path pattern means: <c>*</c> is one level, a final <c>**</c> the whole subtree below. Empty when there are none.</summary>
    public IReadOnlyList<FieldNode> Resolve(string pattern)
    {
        var segments = pattern.Trim('/').Split('/');
        IEnumerable<FieldNode> level = [Root()];
        for (var i = 0; i < segments.Length; i++)
        {
            var segment = segments[i];
            if (segment == "**" && i == segments.Length - 1)
            {
                return [.. level.SelectMany(n => Walk(n.Type, n.Path, [])).Take(MaxFields)];
            }

            level = [.. level.SelectMany(n => Children(n.Type, n.Path)).Where(c => segment == "*" || LastName(c.Path) == segment).Take(MaxFields)];
        }

        return [.. level.DistinctBy(n => n.Path)];
    }

    public bool TryResolve(string pattern, out IReadOnlyList<FieldNode> fields)
    {
        fields = Resolve(pattern);
        return fields.Count > 0;
    }

    /// <summary>Existing paths nearest to one that does not resolve, for a message: the same name elsewhere, then small differences in spelling.</summary>
    public IReadOnlyList<string> Nearest(string path, int count = 3)
    {
        var wanted = path.Trim('/');
        var name = LastName(wanted);
        return [.. Enumerate()
            .Select(n => (n.Path, Distance: Math.Min(
                EditDistance(n.Path, wanted),
                EditDistance(LastName(n.Path), name) is var d && d < 1000 ? d + 1 : d)))
            .Where(c => c.Distance <= Math.Max(3, name.Length / 2))
            .OrderBy(c => c.Distance).ThenBy(c => c.Path, StringComparer.Ordinal)
            .Select(c => c.Path).Distinct().Take(count)];
    }

    private FieldNode Root() =>
        new("", true, root.Nillable, false, false, root.Type, root.Title, root.Location);

    private static string LastName(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static IEnumerable<FieldNode> Walk(SchemaType type, string path, HashSet<SchemaType> open)
    {
        if (open.Count > MaxLevels || !open.Add(type))
        {
            yield break;
        }

        foreach (var child in Children(type, path))
        {
            yield return child;
            foreach (var inner in Walk(child.Type, child.Path, open))
            {
                yield return inner;
            }
        }

        open.Remove(type);
    }

    private static IEnumerable<FieldNode> Children(SchemaType type, string path)
    {
        if (type is not ComplexType complex)
        {
            yield break;
        }

        var prefix = path.Length == 0 ? "" : path + "/";
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var variant in complex.Derived.Prepend(complex))
        {
            foreach (var attribute in variant.Attributes)
            {
                if (seen.Add("@" + attribute.Name.Local))
                {
                    yield return new FieldNode(prefix + "@" + attribute.Name.Local, attribute.Required, false, false, true, attribute.Type, null, attribute.Location) { XmlName = attribute.Name, Fixed = attribute.Fixed, Default = attribute.Default };
                }
            }

            foreach (var member in variant.Members)
            {
                if (member.Element is { } element && seen.Add(element.Name.Local))
                {
                    var required = member.Required && ReferenceEquals(variant, complex);
                    yield return new FieldNode(prefix + element.Name.Local, required, element.Nillable, member.Repeated || variant.ContentAsList, IsLeaf(element.Type), element.Type, element.Title, element.Location) { XmlName = element.Name, Fixed = element.Fixed, Default = element.Default, RequiredInDerived = member.Required && !required };
                }
            }
        }
    }

    private static bool IsLeaf(SchemaType type) => type is SimpleType || type is ComplexType { Content: ContentKind.Simple, IsObject: false };

    private static int EditDistance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 20)
        {
            return int.MaxValue - 1;
        }

        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1] + 1, previous[j] + 1), previous[j - 1] + same);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}

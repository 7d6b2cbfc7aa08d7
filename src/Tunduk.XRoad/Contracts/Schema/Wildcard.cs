namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>What <c>xs:any</c> or <c>xs:anyAttribute</c> lets in, by namespace (XSD 1.0 part 1, §3.10).</summary>
public sealed class Wildcard
{
    private readonly string constraint;
    private readonly string targetNamespace;
    private readonly Wildcard? also;

    internal Wildcard(string constraint, string targetNamespace, SchemaLocation location)
    {
        this.constraint = string.IsNullOrWhiteSpace(constraint) ? "##any" : constraint.Trim();
        this.targetNamespace = targetNamespace;
        Location = location;
    }

    private Wildcard(Wildcard one, Wildcard other)
        : this(one.constraint, one.targetNamespace, one.Location)
    {
        also = other;
    }

    public SchemaLocation Location { get; }

    /// <summary>What it says, to tell whether two wildcards are the same.</summary>
    internal (string Constraint, string TargetNamespace) Key => (constraint, constraint.Contains("##", StringComparison.Ordinal) ? targetNamespace : "");

    /// <summary>Only elements that a schema declares may stand there (<c>processContents</c>).</summary>
    internal bool Strict { get; init; }

    /// <summary>Whether a name can fit both.</summary>
    internal bool Meets(Wildcard other) => Named().Concat(other.Named()).Any(ns => Allows(ns) && other.Allows(ns));

    /// <summary>What either lets in.</summary>
    internal Wildcard Or(Wildcard other) => other.constraint == constraint && other.targetNamespace == targetNamespace ? this : new Wildcard(this, other);

    /// <summary>A namespace it lets in; null where it lets in none.</summary>
    internal string? Example() =>
        Named().OrderBy(ns => AllowedByAll(ns) ? 0 : 1).FirstOrDefault(Allows);

    private IEnumerable<string> Named() =>
        [.. (string[])["urn:sample", ""], .. constraint.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(part => !part.StartsWith("##", StringComparison.Ordinal)), targetNamespace, .. also?.Named() ?? []];

    private bool AllowedByAll(string ns) => Own(ns) && also?.AllowedByAll(ns) != false;

    /// <summary>Whether a name of this namespace (empty for none) is let in.</summary>
    public bool Allows(string ns)
    {
        return Own(ns) || also?.Allows(ns) == true;
    }

    private bool Own(string ns)
    {
        if (constraint == "##any")
        {
            return true;
        }

        if (constraint == "##other")
        {
            return ns.Length > 0 && ns != targetNamespace;
        }

        foreach (var part in constraint.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var value = part switch { "##targetNamespace" => targetNamespace, "##local" => "", _ => part };
            if (value == ns)
            {
                return true;
            }
        }

        return false;
    }
}

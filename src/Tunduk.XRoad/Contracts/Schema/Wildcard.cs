namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>What <c>xs:any</c> or <c>xs:anyAttribute</c> lets in, by namespace (XSD 1.0 part 1, §3.10).</summary>
public sealed class Wildcard
{
    private readonly string constraint;
    private readonly string targetNamespace;

    internal Wildcard(string constraint, string targetNamespace, SchemaLocation location)
    {
        this.constraint = string.IsNullOrWhiteSpace(constraint) ? "##any" : constraint.Trim();
        this.targetNamespace = targetNamespace;
        Location = location;
    }

    public SchemaLocation Location { get; }

    /// <summary>Whether a name of this namespace (empty for none) is let in.</summary>
    public bool Allows(string ns)
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

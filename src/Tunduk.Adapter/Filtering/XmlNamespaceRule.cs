using System.Text;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// The namespaces in which names of a message count. A name in another namespace is another name, whatever its local
/// part says; a declaration of another namespace is left out, since its text could carry data. Names in no namespace
/// count as well: many members send their fields unqualified.
/// </summary>
internal sealed class XmlNamespaceRule
{
    private readonly HashSet<string> names;
    private readonly byte[][] utf8;

    /// <summary>A rule for one operation.</summary>
    /// <param name="names">Namespaces of the operation and of its schema.</param>
    /// <param name="typeSubstitution">The contract has types that stand in for others, so that <c>xsi:type</c> passes.</param>
    public XmlNamespaceRule(IEnumerable<string> names, bool typeSubstitution = false)
    {
        this.names = new HashSet<string>(names, StringComparer.Ordinal);
        utf8 = [.. this.names.Select(Encoding.UTF8.GetBytes)];
        TypeSubstitution = typeSubstitution;
    }

    public bool TypeSubstitution { get; }

    /// <summary>Whether names in this namespace can be listed ones.</summary>
    public bool Counts(ReadOnlySpan<byte> namespaceName)
    {
        if (namespaceName.IsEmpty)
        {
            return true;
        }

        foreach (byte[] candidate in utf8)
        {
            if (namespaceName.SequenceEqual(candidate))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a declaration of this namespace may stay.</summary>
    public bool MayBeDeclared(string namespaceName) =>
        namespaceName.Length == 0
        || names.Contains(namespaceName)
        || namespaceName is XmlFieldFilter.InstanceNamespace or XmlFieldFilter.SchemaNamespace or XmlFieldFilter.IncludeNamespace or XmlFieldFilter.EnvelopeNamespace;
}

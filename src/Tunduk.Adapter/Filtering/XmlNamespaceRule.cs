using System.Collections.Frozen;
using System.Text;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// The namespaces in which names of a message count. A name in another namespace is another name, whatever its local
/// part says; a declaration of another namespace is left out, since its text could carry data. Names in no namespace
/// count as well: many members send their fields unqualified.
/// </summary>
internal sealed class XmlNamespaceRule
{
    // The names that a simple value's type may go by where it is one of XML Schema's own (Part 2 §3.2, §3.3).
    private static readonly FrozenSet<string> BuiltIn = FrozenSet.ToFrozenSet(
        [
            "string", "boolean", "decimal", "float", "double", "duration", "dateTime", "time", "date", "gYearMonth", "gYear", "gMonthDay", "gDay", "gMonth",
            "hexBinary", "base64Binary", "anyURI", "QName", "normalizedString", "token", "language", "Name", "NCName", "integer", "nonPositiveInteger",
            "negativeInteger", "long", "int", "short", "byte", "nonNegativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "positiveInteger",
        ],
        StringComparer.Ordinal);

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

    /// <summary>Types that the contract gives its elements, as <c>{namespace}name</c>; an element may name the one it has anyway.</summary>
    public IReadOnlySet<string> Types { get; init; } = FrozenSet<string>.Empty;

    /// <summary>
    /// Whether <c>xsi:type</c> with this name changes nothing: a built-in type on an element that holds a value alone (RPC
    /// clients write it), or a type of a contract without substitution, whose fit was checked when the body was.
    /// </summary>
    public bool IsOwnType(string namespaceName, string localName, bool hasOnlyText) =>
        (hasOnlyText && namespaceName is XmlFieldFilter.SchemaNamespace or XmlFieldFilter.EncodingNamespace && BuiltIn.Contains(localName))
        || Types.Contains($"{{{namespaceName}}}{localName}");

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
        || namespaceName is XmlFieldFilter.InstanceNamespace or XmlFieldFilter.SchemaNamespace or XmlFieldFilter.EncodingNamespace or XmlFieldFilter.IncludeNamespace or XmlFieldFilter.EnvelopeNamespace;
}

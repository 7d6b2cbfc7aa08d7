using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Evidence.Http;

/// <summary>A dictionary, in its order (RFC 8941 §3.2).</summary>
public sealed class StructuredDictionary : IReadOnlyList<KeyValuePair<string, StructuredMember>>
{
    private readonly List<KeyValuePair<string, StructuredMember>> entries = [];

    public int Count => entries.Count;

    /// <summary>A key came more than once; the last member counts, as the norm says. Strict readers refuse such a field.</summary>
    public bool HasRepeatedKeys { get; private set; }

    public KeyValuePair<string, StructuredMember> this[int index] => entries[index];

    /// <summary>Adds a member.</summary>
    /// <exception cref="ArgumentException">The key is none, or is there.</exception>
    public void Add(string key, StructuredMember member)
    {
        if (!StructuredField.IsKey(key) || TryGet(key, out _))
        {
            throw new ArgumentException("Not a key, or twice.", nameof(key));
        }

        entries.Add(new(key, member));
    }

    /// <summary>Finds a member.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out StructuredMember? member)
    {
        int at = IndexOf(key);
        member = at < 0 ? null : entries[at].Value;
        return at >= 0;
    }

    public IEnumerator<KeyValuePair<string, StructuredMember>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => StructuredField.Serialize(this);

    /// <summary>RFC 8941 §4.2.2: a repeated key overwrites the member and keeps its place.</summary>
    internal void Set(string key, StructuredMember member)
    {
        int at = IndexOf(key);
        if (at < 0)
        {
            entries.Add(new(key, member));
            return;
        }

        HasRepeatedKeys = true;
        entries[at] = new(key, member);
    }

    private int IndexOf(string key)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            if (string.Equals(entries[i].Key, key, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}

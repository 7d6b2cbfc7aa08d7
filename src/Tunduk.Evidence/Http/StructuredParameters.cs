using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tunduk.Evidence.Http;

/// <summary>Parameters of an item or inner list, in their order (RFC 8941 §3.1.2).</summary>
public sealed class StructuredParameters : IReadOnlyList<KeyValuePair<string, StructuredValue>>
{
    private readonly List<KeyValuePair<string, StructuredValue>> entries = [];

    /// <summary>None.</summary>
    public static StructuredParameters Empty { get; } = new();

    public int Count => entries.Count;

    /// <summary>A key came more than once; the last value counts, as the norm says. Strict readers refuse such a field.</summary>
    public bool HasRepeatedKeys { get; private set; }

    public KeyValuePair<string, StructuredValue> this[int index] => entries[index];

    /// <summary>Builds parameters.</summary>
    /// <exception cref="ArgumentException">A key that the grammar cannot carry, or one that comes twice.</exception>
    public static StructuredParameters Of(params ReadOnlySpan<(string Key, StructuredValue Value)> parameters)
    {
        var made = new StructuredParameters();
        foreach ((string key, StructuredValue value) in parameters)
        {
            if (!StructuredField.IsKey(key) || made.TryGet(key, out _))
            {
                throw new ArgumentException("Not a key, or twice.", nameof(parameters));
            }

            made.entries.Add(new(key, value));
        }

        return made;
    }

    /// <summary>Finds a parameter.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out StructuredValue? value)
    {
        int at = IndexOf(key);
        value = at < 0 ? null : entries[at].Value;
        return at >= 0;
    }

    public IEnumerator<KeyValuePair<string, StructuredValue>> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>RFC 8941 §4.2.3.2: a repeated key overwrites the value and keeps its place.</summary>
    internal void Set(string key, StructuredValue value)
    {
        int at = IndexOf(key);
        if (at < 0)
        {
            entries.Add(new(key, value));
            return;
        }

        HasRepeatedKeys = true;
        entries[at] = new(key, value);
    }

    internal void Write(StringBuilder target)
    {
        foreach ((string key, StructuredValue value) in entries)
        {
            target.Append(';').Append(key);
            if (!ReferenceEquals(value, StructuredValue.True))
            {
                target.Append('=');
                value.Write(target);
            }
        }
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

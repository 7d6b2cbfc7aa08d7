using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text;

namespace Tunduk.Xml;

/// <summary>
/// The texts an assembly shows to users, from its resource file: no text for users stands in code. English today, the culture of the reader later.
/// It stands in this project because every other one that speaks to users builds on it.
/// </summary>
/// <remarks>
/// <para>Entries are composite formats: {0}, {1} are filled in, and a brace that is shown is written twice.</para>
/// <para>The resource is read once, when the first text is asked for; after that a text is a look into a table.</para>
/// </remarks>
public sealed class PhraseBook
{
    private readonly Lazy<Dictionary<string, Phrase>> phrases;
    private readonly string resource;

    /// <summary>A book of one resource file.</summary>
    /// <param name="resource">Name of the resource, without <c>.resources</c>.</param>
    /// <param name="assembly">The assembly that carries it.</param>
    public PhraseBook(string resource, Assembly assembly)
    {
        this.resource = resource;
        phrases = new(() => Read(resource, assembly));
    }

    /// <summary>The text of a name.</summary>
    /// <param name="name">The name of an entry.</param>
    /// <param name="values">What the entry fills in, in its order, written in the invariant culture.</param>
    /// <exception cref="ArgumentException">There is no such entry; tests hold names and entries against each other.</exception>
    public string Of(string name, params ReadOnlySpan<object?> values) => phrases.Value.TryGetValue(name, out var phrase)
        ? phrase.With(values)
        : throw new ArgumentException($"{resource} has no such phrase", nameof(name));

    private static Dictionary<string, Phrase> Read(string resource, Assembly assembly)
    {
        var found = new Dictionary<string, Phrase>(StringComparer.Ordinal);
        var entries = new ResourceManager(resource, assembly).GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: true)!.GetEnumerator();
        while (entries.MoveNext())
        {
            found.Add((string)entries.Key, new Phrase((string)entries.Value!));
        }

        return found;
    }

    // Most texts are never shown: each is taken apart when it is asked for. Two threads at once do it twice, to the same end.
    private sealed class Phrase(string text)
    {
        private CompositeFormat? format;
        private string? plain;

        public string With(ReadOnlySpan<object?> values)
        {
            if (plain is { } shown)
            {
                return shown;
            }

            var parsed = format ??= CompositeFormat.Parse(text);
            return parsed.MinimumArgumentCount == 0
                ? plain = text.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal)
                : string.Format(CultureInfo.InvariantCulture, parsed, values);
        }
    }
}

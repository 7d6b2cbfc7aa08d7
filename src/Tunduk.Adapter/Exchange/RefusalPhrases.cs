using System.Collections.Frozen;
using System.Globalization;
using System.Resources;
using System.Text;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// What a refusal says was expected and found, from <c>Phrases.resx</c>: no text for users stands in code. English today, the culture of the reader later.
/// </summary>
/// <remarks>Entries are composite formats: {0}, {1} are filled in, and a brace that is shown is written twice.</remarks>
internal static class RefusalPhrases
{
    private static readonly FrozenDictionary<string, CompositeFormat> Formats = Read();

    /// <summary>The phrase of a name.</summary>
    /// <param name="name">The name of an entry.</param>
    /// <param name="values">What the entry fills in, in its order: types, lengths and names, never a value of a field.</param>
    /// <exception cref="ArgumentException">There is no such entry; the tests hold names and entries against each other.</exception>
    public static string Of(string name, params ReadOnlySpan<object?> values) => !Formats.TryGetValue(name, out var format)
        ? throw new ArgumentException("Phrases.resx has no such phrase", nameof(name))
        : format.MinimumArgumentCount == 0 ? Shown(format.Format)
        : string.Format(CultureInfo.InvariantCulture, format, values);

    // A composite format that fills in nothing is given back as it is written, its braces twice.
    private static string Shown(string format) => format.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);

    private static FrozenDictionary<string, CompositeFormat> Read() =>
        new ResourceManager("Tunduk.Adapter.Exchange.Phrases", typeof(RefusalPhrases).Assembly)
            .GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: true)!
            .Cast<System.Collections.DictionaryEntry>()
            .ToFrozenDictionary(entry => (string)entry.Key, entry => CompositeFormat.Parse((string)entry.Value!), StringComparer.Ordinal);
}

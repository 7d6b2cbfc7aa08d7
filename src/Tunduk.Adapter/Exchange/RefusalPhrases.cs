using Tunduk.Xml;

namespace Tunduk.Adapter.Exchange;

/// <summary>What a refusal says was expected and found, from <c>Phrases.resx</c> beside this file.</summary>
internal static class RefusalPhrases
{
    private static readonly PhraseBook Book = new("Tunduk.Adapter.Exchange.Phrases", typeof(RefusalPhrases).Assembly);

    /// <summary>The phrase of a name.</summary>
    /// <param name="name">The name of an entry.</param>
    /// <param name="values">What the entry fills in, in its order: types, lengths and names, never a value of a field.</param>
    /// <exception cref="ArgumentException">There is no such entry; the tests hold names and entries against each other.</exception>
    public static string Of(string name, params ReadOnlySpan<object?> values) => Book.Of(name, values);
}

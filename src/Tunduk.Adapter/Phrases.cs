using Tunduk.Xml;

namespace Tunduk.Adapter;

/// <summary>What the adapter says of settings, keys, contracts and agreements, and what its commands say, from <c>Phrases.resx</c> beside this file.</summary>
internal static class Phrases
{
    private static readonly PhraseBook Book = new("Tunduk.Adapter.Phrases", typeof(Phrases).Assembly);

    /// <inheritdoc cref="PhraseBook.Of"/>
    public static string Of(string name, params ReadOnlySpan<object?> values) => Book.Of(name, values);
}

using Tunduk.Xml;

namespace Tunduk.Evidence;

/// <summary>What this library says of bundles, logs and messages, from <c>Phrases.resx</c>.</summary>
internal static class Phrases
{
    private static readonly PhraseBook Book = new("Tunduk.Evidence.Phrases", typeof(Phrases).Assembly);

    /// <inheritdoc cref="PhraseBook.Of"/>
    public static string Of(string name, params ReadOnlySpan<object?> values) => Book.Of(name, values);
}

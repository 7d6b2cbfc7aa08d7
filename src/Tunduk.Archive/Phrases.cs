using Tunduk.Xml;

namespace Tunduk.Archive;

/// <summary>What the archive says of its state, its faults and what it verified, from <c>Phrases.resx</c>.</summary>
internal static class Phrases
{
    private static readonly PhraseBook Book = new("Tunduk.Archive.Phrases", typeof(Phrases).Assembly);

    /// <inheritdoc cref="PhraseBook.Of"/>
    public static string Of(string name, params ReadOnlySpan<object?> values) => Book.Of(name, values);
}

using Tunduk.Xml;

namespace Tunduk.XRoad;

/// <summary>What this library says of messages and contracts, from <c>Phrases.resx</c>.</summary>
internal static class Phrases
{
    private static readonly PhraseBook Book = new("Tunduk.XRoad.Phrases", typeof(Phrases).Assembly);

    /// <inheritdoc cref="PhraseBook.Of"/>
    public static string Of(string name, params ReadOnlySpan<object?> values) => Book.Of(name, values);
}

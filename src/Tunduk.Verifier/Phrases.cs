using Tunduk.Xml;

namespace Tunduk.Verifier;

/// <summary>What the command says, from <c>Phrases.resx</c>.</summary>
internal static class Phrases
{
    private static readonly PhraseBook Book = new("Tunduk.Verifier.Phrases", typeof(Phrases).Assembly);

    /// <inheritdoc cref="PhraseBook.Of"/>
    public static string Of(string name, params ReadOnlySpan<object?> values) => Book.Of(name, values);
}

namespace Tunduk.Adapter.Agreements;

/// <summary>One node of an agreement document with its place; exactly one of text, items and members is set.</summary>
internal sealed record YamlNode(int Line, int Column)
{
    /// <summary>The text of a scalar.</summary>
    public string? Text { get; init; }

    /// <summary>A scalar in quotes: never read as null.</summary>
    public bool Quoted { get; init; }

    public IReadOnlyList<YamlNode>? Items { get; init; }

    public IReadOnlyList<YamlMember>? Members { get; init; }

    public bool IsNull => Text is not null && !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>What the node is, in words for a fault.</summary>
    public string Kind => Items is not null ? Phrases.Of("Agreements.List") : Members is not null ? Phrases.Of("Agreements.Mapping") : IsNull ? Phrases.Of("Agreements.Nothing") : Phrases.Of("Agreements.Text");

    public YamlNode? this[string name] => Members?.FirstOrDefault(m => m.Name == name)?.Value;
}

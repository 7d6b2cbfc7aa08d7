namespace Tunduk.Archive;

/// <summary>Index terms of values that were searched for, apart from those of values that messages hold.</summary>
public static class Searched
{
    internal const int Offset = 64;

    /// <summary>The term that a look for this value is found by.</summary>
    public static IndexTerm Of(IndexTerm term) => term with { Kind = term.Kind + Offset };
}

namespace Tunduk.XRoad.Contracts.Schema;

internal enum ParticleKind
{
    Element,
    Any,
    Sequence,
    Choice,
    All,
}

/// <summary>A term of a content model with its number of occurrences, before it is compiled to an automaton.</summary>
internal sealed class Particle
{
    public const int Unbounded = int.MaxValue;

    public required ParticleKind Kind { get; init; }

    public int Min { get; set; } = 1;

    public int Max { get; set; } = 1;

    public SchemaLocation Location { get; init; }

    public ElementDeclaration? Element { get; init; }

    public Wildcard? Wildcard { get; init; }

    public List<Particle> Children { get; } = [];
}

namespace Tunduk.XRoad.Contracts;

/// <summary>Limits of an import. Nothing is ever fetched from a network, and nothing is read outside the contract's folder.</summary>
public sealed record ImportOptions
{
    public static ImportOptions Default { get; } = new();

    /// <summary>Bytes of one file. Default 16 MiB.</summary>
    public int MaxFileBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Files reached by import and include. Default 200.</summary>
    public int MaxFiles { get; init; } = 200;

    /// <summary>Nesting of elements (XML) or values (JSON, YAML) in a file. Default 128.</summary>
    public int MaxDepth { get; init; } = 128;

    /// <summary>Types of one contract, after expansion. Default 20,000.</summary>
    public int MaxTypes { get; init; } = 20_000;

    /// <summary>Element particles of one contract, after groups are expanded. Default 200,000.</summary>
    public int MaxParticles { get; init; } = 200_000;

    /// <summary>Characters of one pattern. Default 2,000.</summary>
    public int MaxPatternLength { get; init; } = 2_000;
}

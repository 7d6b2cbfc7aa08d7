using System.Text.RegularExpressions;

namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>The facets of a simple type, those of its base types included.</summary>
public sealed class Facets
{
    internal static readonly Facets None = new();

    public long? Length { get; internal set; }

    public long? MinLength { get; internal set; }

    public long? MaxLength { get; internal set; }

    public int? TotalDigits { get; internal set; }

    public int? FractionDigits { get; internal set; }

    public string? MinInclusive { get; internal set; }

    public string? MaxInclusive { get; internal set; }

    public string? MinExclusive { get; internal set; }

    public string? MaxExclusive { get; internal set; }

    /// <summary>The permitted values in schema order; null when not restricted.</summary>
    public IReadOnlyList<string>? Enumeration { get; internal set; }

    /// <summary>The patterns as the contract has them; those of one derivation step are alternatives.</summary>
    public IReadOnlyList<string> Patterns { get; internal set; } = [];

    internal HashSet<string>? EnumerationSet { get; set; }

    internal IReadOnlyList<Regex> Expressions { get; set; } = [];

    internal bool HasRange => (MinInclusive ?? MaxInclusive ?? MinExclusive ?? MaxExclusive) is not null;

    internal bool HasLength => Length is not null || MinLength is not null || MaxLength is not null;

    internal Facets Copy() => (Facets)MemberwiseClone();
}

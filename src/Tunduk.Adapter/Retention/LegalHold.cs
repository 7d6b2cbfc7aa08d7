using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Retention;

/// <summary>A legal hold in force.</summary>
/// <param name="Id">The record that placed it.</param>
/// <param name="PlacedBy">Who placed it.</param>
/// <param name="Case">The case it is for.</param>
/// <param name="Query">What it holds.</param>
internal sealed record LegalHold(string Id, string PlacedBy, string? Case, ArchiveSearchRequest? Query);

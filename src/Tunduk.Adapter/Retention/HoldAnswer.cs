namespace Tunduk.Adapter.Retention;

/// <summary>A legal hold as it is shown: never what it searches for.</summary>
/// <param name="Id">The record that placed it; release it by this.</param>
/// <param name="State"><c>placed</c>, <c>released</c> or <c>in-force</c>.</param>
/// <param name="PlacedBy">Who placed it.</param>
/// <param name="Case">The case it is for.</param>
internal sealed record HoldAnswer(string Id, string State, string? PlacedBy = null, string? Case = null);

namespace Tunduk.Archive;

/// <summary>
/// A value to find records by. Only HMAC-SHA-256 over kind and normalised value is stored, under a key outside the database.
/// Normalisation: surrounding white space goes, letters become upper case, and in <c>pin</c>, <c>tin</c>, <c>document</c> and
/// <c>plate</c> spaces and hyphens go; user, basis and message id are compared exactly.
/// </summary>
public readonly record struct IndexTerm(IndexKind Kind, string Value)
{
    public override string ToString() => Kind.ToString(); // never the value

    // Most are digits alone, which have nothing to normalise.
    internal string Normalised() => Value.AsSpan().ContainsAnyExceptInRange('0', '9') && Kind is IndexKind.Pin or IndexKind.Tin or IndexKind.Document or IndexKind.Plate
        or IndexKind.SearchedPin or IndexKind.SearchedTin or IndexKind.SearchedDocument or IndexKind.SearchedPlate
        ? string.Concat(Value.Where(static c => !char.IsWhiteSpace(c) && c is not '-')).ToUpperInvariant()
        : Value;
}

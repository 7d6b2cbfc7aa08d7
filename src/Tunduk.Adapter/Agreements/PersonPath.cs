using Tunduk.Adapter.Filtering;

namespace Tunduk.Adapter.Agreements;

/// <summary>Where a message names a person, for the archive's keyed index.</summary>
/// <param name="Side"><c>request</c> or <c>response</c>: which list's message.</param>
/// <param name="Path">Path below that, relative as in the lists.</param>
/// <param name="Kind"><c>pin</c>, <c>tin</c>, <c>document</c>, <c>plate</c>.</param>
internal sealed record PersonPath(string Side, FieldPath Path, string Kind);

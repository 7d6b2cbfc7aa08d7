namespace Tunduk.Adapter.Filtering;

/// <summary>
/// One list of an agreement as written: what may pass on one side of a service, and what happens to the rest.
/// A path under <see cref="Remove"/>, <see cref="Refuse"/> or <see cref="Blank"/> covers everything below it and
/// wins over <see cref="Allow"/>.
/// </summary>
internal sealed record FieldRules
{
    public static readonly FieldRules Nothing = new();

    public IReadOnlyList<FieldPath> Allow { get; init; } = [];

    public UnlistedAction Unlisted { get; init; } = UnlistedAction.Remove;

    public IReadOnlyList<FieldPath> Remove { get; init; } = [];

    public IReadOnlyList<FieldPath> Refuse { get; init; } = [];

    public IReadOnlyList<FieldPath> Blank { get; init; } = [];
}

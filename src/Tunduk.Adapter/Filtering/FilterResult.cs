namespace Tunduk.Adapter.Filtering;

/// <summary>What a filter did to one message.</summary>
/// <param name="Refusal">Set when nothing may pass; the output is then empty.</param>
/// <param name="Removed">What did not pass, by name, in the order of first occurrence.</param>
internal sealed record FilterResult(PolicyRefusal? Refusal, IReadOnlyList<RemovedField> Removed)
{
    /// <summary>Everything passed.</summary>
    public static readonly FilterResult Unchanged = new(null, []);

    public bool IsRefused => Refusal is not null;

    /// <summary>Number of fields removed or blanked.</summary>
    public int RemovedCount => Removed.Sum(static r => r.Count);

    public static FilterResult Refused(PolicyRefusal refusal) => new(refusal, []);
}

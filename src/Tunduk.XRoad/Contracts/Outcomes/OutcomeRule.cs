namespace Tunduk.XRoad.Contracts.Outcomes;

/// <summary>One rule: when its test holds for an answer, the outcome is this. Exactly one of the tests is set.</summary>
/// <param name="Operation">Service code, or <c>*</c> for all.</param>
/// <param name="Outcome">The outcome.</param>
public sealed record OutcomeRule(string Operation, BusinessOutcome Outcome)
{
    /// <summary>Field path in the answer's JSON; empty with <see cref="Statuses"/>.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>A field at the path has one of these values, compared as text.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>More fields at the path than this are there and not null; 0 asks whether there is any.</summary>
    public int? MoreThan { get; init; }

    /// <summary>No field at the path is there and not null.</summary>
    public bool Absent { get; init; }

    /// <summary>The HTTP status of a REST answer is one of these.</summary>
    public IReadOnlyList<int>? Statuses { get; init; }
}

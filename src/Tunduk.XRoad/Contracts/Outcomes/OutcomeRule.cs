namespace Tunduk.XRoad.Contracts.Outcomes;

/// <summary>One rule: when a field of the answer has one of some values, or is there at all, the outcome is this.</summary>
/// <param name="Operation">Service code, or <c>*</c> for all.</param>
/// <param name="Path">Field path in the answer's JSON.</param>
/// <param name="Values">The values that fit; null when presence decides.</param>
/// <param name="Outcome">The outcome.</param>
public sealed record OutcomeRule(string Operation, IReadOnlyList<string> Path, IReadOnlyList<string>? Values, BusinessOutcome Outcome);

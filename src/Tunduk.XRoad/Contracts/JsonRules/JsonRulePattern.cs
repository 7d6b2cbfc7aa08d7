using System.Text.RegularExpressions;

namespace Tunduk.XRoad.Contracts.JsonRules;

/// <summary>A rule for members whose names match (patternProperties).</summary>
/// <param name="Pattern">As the description has it.</param>
/// <param name="Expression">The same, compiled.</param>
/// <param name="Rule">What such a member must meet.</param>
internal sealed record JsonRulePattern(string Pattern, Regex Expression, JsonRule Rule);

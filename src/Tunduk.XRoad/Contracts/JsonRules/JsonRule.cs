using System.Text.RegularExpressions;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.JsonRules;

/// <summary>
/// A schema of an OpenAPI file, compiled: what a JSON value there must meet. Rules refer to each other in cycles where the
/// description is recursive. OpenAPI 3.0 and 3.1 become the same rules.
/// </summary>
public sealed class JsonRule
{
    internal JsonRule(SchemaLocation location) => Location = location;

    /// <summary>Where the schema stands.</summary>
    public SchemaLocation Location { get; }

    /// <summary>The name under which the description's other schemas refer to it; null for one that stands in its place only.</summary>
    internal string? Name { get; set; }

    internal string? Title { get; set; }

    internal JsonKinds Kinds { get; set; } = JsonKinds.All;

    /// <summary><c>nullable: true</c> of OpenAPI 3.0: null passes, whatever else is said.</summary>
    internal bool NullPasses { get; set; }

    /// <summary>The permitted values (enum, const) as JSON; null for any.</summary>
    internal IReadOnlyList<string>? Values { get; set; }

    internal HashSet<string>? ValueSet { get; set; }

    internal bool IsConst { get; set; }

    internal string? Format { get; set; }

    internal SimpleType? FormatType { get; set; }

    internal long? MinLength { get; set; }

    internal long? MaxLength { get; set; }

    internal string? Pattern { get; set; }

    internal Regex? Expression { get; set; }

    internal JsonNumber? Minimum { get; set; }

    internal JsonNumber? Maximum { get; set; }

    internal JsonNumber? ExclusiveMinimum { get; set; }

    internal JsonNumber? ExclusiveMaximum { get; set; }

    internal JsonNumber? MultipleOf { get; set; }

    internal IReadOnlyList<JsonRule> Prefix { get; set; } = [];

    internal JsonRule? Items { get; set; }

    internal JsonRule? Contains { get; set; }

    internal long? MinContains { get; set; }

    internal long? MaxContains { get; set; }

    internal long? MinItems { get; set; }

    internal long? MaxItems { get; set; }

    internal bool Unique { get; set; }

    /// <summary>In the description's order.</summary>
    internal IReadOnlyList<KeyValuePair<string, JsonRule>> Properties { get; set; } = [];

    internal Dictionary<string, JsonRule> ByName { get; set; } = [];

    internal IReadOnlyList<string> Required { get; set; } = [];

    /// <summary>What members without a rule of their own must meet; null for anything.</summary>
    internal JsonRule? Additional { get; set; }

    internal IReadOnlyList<JsonRulePattern> Patterns { get; set; } = [];

    internal JsonRule? PropertyNames { get; set; }

    internal long? MinProperties { get; set; }

    internal long? MaxProperties { get; set; }

    internal IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> DependentRequired { get; set; } = [];

    internal IReadOnlyList<KeyValuePair<string, JsonRule>> DependentRules { get; set; } = [];

    /// <summary>What members must meet that no rule of this value has looked at; null for anything.</summary>
    internal JsonRule? Unevaluated { get; set; }

    internal IReadOnlyList<JsonRule> AllOf { get; set; } = [];

    internal IReadOnlyList<JsonRule> AnyOf { get; set; } = [];

    internal IReadOnlyList<JsonRule> OneOf { get; set; } = [];

    internal JsonRule? Not { get; set; }

    internal JsonRule? If { get; set; }

    internal JsonRule? Then { get; set; }

    internal JsonRule? Else { get; set; }

    /// <summary>The member that names the alternative.</summary>
    internal string? Discriminator { get; set; }

    /// <summary>The alternatives by the discriminator's values.</summary>
    internal IReadOnlyDictionary<string, JsonRule> Mapping { get; set; } = new Dictionary<string, JsonRule>(StringComparer.Ordinal);

    internal bool NeedsCanonicalValue => ValueSet is not null;

    /// <summary>The rules that look at the same value.</summary>
    internal IEnumerable<JsonRule> InPlace() => [.. AllOf, .. AnyOf, .. OneOf, .. DependentRules.Select(rule => rule.Value), .. new[] { Not, If, Then, Else }.OfType<JsonRule>()];
}

using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Tunduk.XRoad.Contracts.JsonRules;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Samples;

// Over 300 lines: what is invented for each kind of value, side by side.

/// <summary>
/// Invents JSON that should meet a rule: of alternatives it takes one, and what several rules say of one value it takes together.
/// What comes out is checked by the caller, who tries again where it does not.
/// </summary>
internal sealed class JsonRuleSampler(Utf8JsonWriter writer, SeededValues random, SampleOptions options, bool first)
{
    private const int HardDepth = 40;
    private const int MaxValues = 20_000;
    private const int MostItems = 200;
    private readonly SampleValues values = new(random);
    private int written;

    /// <summary>Nothing can be invented: the rule asks for itself without end, or for more than a message may hold.</summary>
    public bool Failed { get; private set; }

    public void Value(JsonRule rule, string name) => Value([rule], name, 0);

    private void Value(IReadOnlyList<JsonRule> asked, string name, int depth)
    {
        if (depth > HardDepth || ++written > MaxValues)
        {
            Failed = true;
            writer.WriteNullValue();
            return;
        }

        var rules = new List<JsonRule>();
        foreach (var rule in asked)
        {
            Gather(rule, rules, 0);
        }

        var kinds = rules.Aggregate(JsonKinds.All, (all, rule) => all & rule.Kinds);
        if (rules.Find(rule => rule.Values is { Count: > 0 }) is { } listed)
        {
            Listed(listed, kinds);
            return;
        }

        if ((asked.Any(rule => rule.NullPasses) || (kinds.HasFlag(JsonKinds.Null) && kinds is not (JsonKinds.Null or JsonKinds.All))) && (random.Chance(options.NilPercent) || depth > options.MaxDepth * 2))
        {
            writer.WriteNullValue();
            return;
        }

        switch (Pick(kinds, rules))
        {
            case JsonKinds.Object:
                Object(rules, depth);
                break;
            case JsonKinds.Array:
                Array(rules, name, depth);
                break;
            case JsonKinds.String:
                Text(rules, name);
                break;
            case JsonKinds.Boolean:
                writer.WriteBooleanValue(random.Chance(50));
                break;
            case JsonKinds.Fraction:
                Number(rules, whole: false);
                break;
            case JsonKinds.Integer:
                Number(rules, whole: true);
                break;
            case JsonKinds.Null:
                writer.WriteNullValue();
                break;
            default:
                Failed = true;
                writer.WriteNullValue();
                break;
        }
    }

    // The rules that one value has to meet, one alternative of each choice taken.
    private void Gather(JsonRule rule, List<JsonRule> rules, int level)
    {
        if (level > 64 || rules.Contains(rule))
        {
            return;
        }

        rules.Add(rule);
        foreach (var part in rule.AllOf)
        {
            Gather(part, rules, level + 1);
        }

        foreach (var alternatives in new[] { rule.OneOf, rule.AnyOf }.Where(alternatives => alternatives.Count > 0))
        {
            Gather(Alternative(alternatives), rules, level + 1);
        }

        // Of a parent without alternatives the parent's own members are enough, and the name of an heir.
        if (rule.Discriminator is not null && rule.OneOf.Count + rule.AnyOf.Count == 0 && level == 0 && rule.Mapping.Count > 0)
        {
            Gather(first ? rule.Mapping.First().Value : random.Pick([.. rule.Mapping.Values]), rules, level + 1);
        }

        if (rule.If is not null)
        {
            if (rule.Then is not null && (first || rule.Else is null || random.Chance(50)))
            {
                Gather(rule.If, rules, level + 1);
                Gather(rule.Then, rules, level + 1);
            }
            else if (rule.Else is not null)
            {
                Gather(rule.Else, rules, level + 1);
            }
        }

        foreach (var (_, dependent) in rule.DependentRules)
        {
            Gather(dependent, rules, level + 1);
        }
    }

    private JsonRule Alternative(IReadOnlyList<JsonRule> alternatives)
    {
        var real = alternatives.Where(alternative => alternative.Kinds is not (JsonKinds.Null or JsonKinds.None)).ToList();
        return real.Count == 0 ? alternatives[0] : first ? real[0] : random.Pick(real);
    }

    private void Listed(JsonRule rule, JsonKinds kinds)
    {
        var fit = rule.Values!.Where(value => (KindOf(value) & kinds) != 0).ToList();
        var real = fit.Where(value => value != "null").ToList();
        var from = real.Count > 0 ? real : fit;
        Failed |= from.Count == 0;
        writer.WriteRawValue(from.Count == 0 ? "null" : first ? from[0] : random.Pick(from));
    }

    private static JsonKinds KindOf(string json) => json[0] switch
    {
        '{' => JsonKinds.Object,
        '[' => JsonKinds.Array,
        '"' => JsonKinds.String,
        't' or 'f' => JsonKinds.Boolean,
        'n' => JsonKinds.Null,
        _ => JsonKinds.Number,
    };

    private JsonKinds Pick(JsonKinds kinds, List<JsonRule> rules)
    {
        // Where nothing is said of the kind, the keywords tell what is meant.
        if (kinds == JsonKinds.All)
        {
            return rules.Exists(rule => rule.Properties.Count > 0 || rule.Required.Count > 0 || rule.Additional is not null || rule.Patterns.Count > 0 || rule.MinProperties > 0) ? JsonKinds.Object
                : rules.Exists(rule => rule.Items is not null || rule.Prefix.Count > 0 || rule.MinItems is not null || rule.Contains is not null) ? JsonKinds.Array
                : rules.Exists(rule => rule.Minimum is not null || rule.Maximum is not null || rule.ExclusiveMinimum is not null || rule.MultipleOf is not null) ? JsonKinds.Integer
                : JsonKinds.String;
        }

        JsonKinds[] all = [JsonKinds.Object, JsonKinds.Array, JsonKinds.String, JsonKinds.Fraction, JsonKinds.Integer, JsonKinds.Boolean];
        var possible = all.Where(kind => kinds.HasFlag(kind) && (kind != JsonKinds.Integer || !kinds.HasFlag(JsonKinds.Fraction))).ToList();
        return possible.Count == 0 ? kinds & JsonKinds.Null : first ? possible[0] : random.Pick(possible);
    }

    private void Object(List<JsonRule> rules, int depth)
    {
        var members = new List<string>();
        var required = rules.SelectMany(rule => rule.Required).ToHashSet(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            members.AddRange(rule.Properties.Select(member => member.Key).Where(name => !members.Contains(name)));
            required.UnionWith(rule.Discriminator is { } chosen ? [chosen] : []);
        }

        members.AddRange(required.Where(name => !members.Contains(name)));
        var lean = depth >= options.MaxDepth || written > MaxValues / 4;
        var most = rules.Min(rule => rule.MaxProperties) ?? long.MaxValue;
        var least = rules.Max(rule => rule.MinProperties) ?? 0;
        var taken = members.Where(name => required.Contains(name) || (!lean && random.Chance(options.OptionalPercent) && IsPossible(rules, name))).ToList();
        foreach (var name in members.Where(name => taken.Count < least && !taken.Contains(name)).ToList())
        {
            taken.Add(name);
        }

        foreach (var name in taken.Where(name => !required.Contains(name)).Skip((int)Math.Min(int.MaxValue, Math.Max(0, most - required.Count))).ToList())
        {
            taken.Remove(name);
        }

        foreach (var (_, others) in rules.SelectMany(rule => rule.DependentRequired).Where(dependent => taken.Contains(dependent.Key)).ToList())
        {
            taken.AddRange(others.Where(other => !taken.Contains(other)));
        }

        writer.WriteStartObject();
        foreach (var name in taken)
        {
            writer.WritePropertyName(name);
            if (Named(rules, name) is { } heir)
            {
                writer.WriteStringValue(heir);
            }
            else
            {
                Value(RulesOf(rules, name), name, depth + 1);
            }
        }

        Others(rules, taken, least, most, lean, depth);
        writer.WriteEndObject();
    }

    // Members without a name of their own: one to show, as many as are asked for.
    private void Others(List<JsonRule> rules, List<string> taken, long least, long most, bool lean, int depth)
    {
        var pattern = rules.SelectMany(rule => rule.Patterns).FirstOrDefault();
        var shown = (pattern is not null || rules.Exists(rule => rule.Additional is { Kinds: not JsonKinds.None })) && !lean && taken.Count < most && random.Chance(options.OptionalPercent) ? 1 : 0;
        var wanted = Math.Min(MostItems, Math.Max(least, taken.Count + shown));
        for (var i = taken.Count; i < wanted; i++)
        {
            var name = pattern is not null ? PatternSampler.Sample(Plain(pattern.Pattern), random) : "key" + (i + 1).ToString(CultureInfo.InvariantCulture);
            if (!taken.Contains(name) && IsPossible(rules, name))
            {
                taken.Add(name);
                writer.WritePropertyName(name);
                Value(RulesOf(rules, name), name, depth + 1);
            }
        }
    }

    private static bool IsPossible(List<JsonRule> rules, string name) => RulesOf(rules, name).All(rule => rule.Kinds != JsonKinds.None);

    private static List<JsonRule> RulesOf(List<JsonRule> rules, string name)
    {
        var found = new List<JsonRule>();
        foreach (var rule in rules)
        {
            var before = found.Count;
            if (rule.ByName.TryGetValue(name, out var own))
            {
                found.Add(own);
            }

            found.AddRange(rule.Patterns.Where(pattern => JsonPattern.IsMatch(pattern.Expression, name)).Select(pattern => pattern.Rule));
            if (before == found.Count && rule.Additional is { } additional)
            {
                found.Add(additional);
            }
        }

        return found;
    }

    // The value of a discriminator that goes with the alternative that was taken.
    private static string? Named(List<JsonRule> rules, string name)
    {
        foreach (var rule in rules.Where(rule => rule.Discriminator == name))
        {
            if (rule.Mapping.LastOrDefault(mapping => rules.Contains(mapping.Value)) is { Key: { } value })
            {
                return value;
            }
        }

        return null;
    }

    private void Array(List<JsonRule> rules, string name, int depth)
    {
        var least = Math.Max(rules.Max(rule => rule.MinItems) ?? 0, rules.Max(rule => rule.Contains is null ? 0 : rule.MinContains ?? 1));
        var most = rules.Min(rule => rule.MaxItems) ?? long.MaxValue;
        var lean = depth >= options.MaxDepth || written > MaxValues / 4;
        var prefix = rules.Max(rule => rule.Prefix.Count);
        var wanted = lean ? least : Math.Max(Math.Max(least, prefix), random.Chance(options.OptionalPercent) ? 1 + random.Below(options.MaxRepeat) : 0);
        Failed |= least > MostItems;
        var unique = rules.Exists(rule => rule.Unique);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        writer.WriteStartArray();
        for (var i = 0; i < Math.Min(MostItems, Math.Min(wanted, most)); i++)
        {
            List<JsonRule> of = [.. rules.Select(rule => i < rule.Prefix.Count ? rule.Prefix[i] : rule.Items).OfType<JsonRule>(), .. rules.Select(rule => rule.Contains).OfType<JsonRule>()];
            if (of.Exists(rule => rule.Kinds == JsonKinds.None))
            {
                break;
            }

            if (!unique)
            {
                Value(of, name, depth + 1);
                continue;
            }

            Distinct(of, name, depth, seen);
        }

        writer.WriteEndArray();
    }

    // Written apart first, so that an item that is there already can be tried again.
    private void Distinct(List<JsonRule> rules, string name, int depth, HashSet<string> seen)
    {
        for (var i = 0; i < 8; i++)
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>();
            using (var apart = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
            {
                var inner = new JsonRuleSampler(apart, random, options, first && i == 0);
                inner.Value(rules, name, depth + 1);
                Failed |= inner.Failed;
            }

            var json = Encoding.UTF8.GetString(buffer.WrittenSpan);
            if (seen.Add(JsonCanonical.Of(json)))
            {
                writer.WriteRawValue(json);
                return;
            }
        }
    }

    private void Text(List<JsonRule> rules, string name)
    {
        var least = rules.Max(rule => rule.MinLength) ?? 0;
        var most = rules.Min(rule => rule.MaxLength) ?? long.MaxValue;
        var pattern = rules.Find(rule => rule.Pattern is not null);
        for (var i = 0; i < 40; i++)
        {
            var text = pattern is not null ? PatternSampler.Sample(Plain(pattern.Pattern!), random, i < 10 || least == 0 ? 0 : (int)Math.Min(1_000, 1 + (least * (i - 10) / 20)))
                : Formed(rules) ?? Plain(name, least, most, i);
            var length = text.EnumerateRunes().Count();
            if (length >= least && length <= most && rules.TrueForAll(rule => rule.Expression is null || JsonPattern.IsMatch(rule.Expression, text)))
            {
                writer.WriteStringValue(text);
                return;
            }
        }

        Failed = true;
        writer.WriteNullValue();
    }

    private string? Formed(List<JsonRule> rules)
    {
        foreach (var rule in rules.Where(rule => rule.Format is not null))
        {
            switch (rule.Format)
            {
                case "uuid":
                    return $"{random.Next():x16}".Insert(8, "-").Insert(13, "-") + $"-{random.Next():x16}".Insert(5, "-");
                case "date-time":
                    return values.For(rule.FormatType!, "")!.Split(['.', '+'])[0] + "Z";
                case "date":
                    return values.For(rule.FormatType!, "")![..10];
                case "byte":
                    return Convert.ToBase64String(BitConverter.GetBytes(random.Next()));
                case "email":
                    return "person@example.org";
                case "uri":
                    return "http://example.org/" + random.Below(1000).ToString(CultureInfo.InvariantCulture);
                case "time":
                    return "10:30:00Z";
                case "ipv4":
                    return "192.0.2." + random.Below(255).ToString(CultureInfo.InvariantCulture);
                case "hostname":
                    return "example.org";
            }
        }

        return null;
    }

    private string Plain(string name, long least, long most, int attempt)
    {
        var text = attempt == 0 ? values.For(BuiltIn, name) ?? "" : values.Words();
        if (text.Length < least)
        {
            text = text.PadRight((int)Math.Min(least, 100_000), 'x');
        }

        return text.Length > most ? text[..(int)most] : text;
    }

    private static SimpleType BuiltIn => Xsd.BuiltInTypes.Find("string")!;

    // Patterns of ECMA-262 match anywhere in a text; those that say where begin and end with it.
    private static string Plain(string pattern) => pattern.TrimStart('^') is var text && text.EndsWith('$') && !text.EndsWith("\\$", StringComparison.Ordinal) ? text[..^1] : text;

    private void Number(List<JsonRule> rules, bool whole)
    {
        var low = rules.SelectMany(rule => new[] { rule.Minimum, rule.ExclusiveMinimum }).OfType<JsonNumber>().Aggregate((JsonNumber?)null, static (a, b) => a is { } one && one.Against(b) > 0 ? one : b);
        var high = rules.SelectMany(rule => new[] { rule.Maximum, rule.ExclusiveMaximum }).OfType<JsonNumber>().Aggregate((JsonNumber?)null, static (a, b) => a is { } one && one.Against(b) < 0 ? one : b);
        var step = rules.Find(rule => rule.MultipleOf is not null)?.MultipleOf;

        // Counted in steps of the asked size, or finer than the bounds where a fraction may stand.
        var unit = step is { Mantissa.IsZero: false } given ? given : new JsonNumber(1, whole ? 0 : Math.Min(-1, Math.Min(low?.Exponent ?? 0, high?.Exponent ?? 0) - 1));
        var exponent = Math.Min(unit.Exponent, Math.Min(low?.Exponent ?? 0, high?.Exponent ?? 0));
        var size = Scaled(unit, exponent);
        var from = low is { } min ? CeilingOf(Scaled(min, exponent), size) : high is null ? BigInteger.Zero : FloorOf(Scaled(high.Value, exponent), size) - 1_000;
        var to = high is { } max ? FloorOf(Scaled(max, exponent), size) : from + 5_000;
        if (rules.Exists(rule => rule.ExclusiveMinimum is { } above && above == low) && from * size == Scaled(low!.Value, exponent))
        {
            from++;
        }

        if (rules.Exists(rule => rule.ExclusiveMaximum is { } below && below == high) && to * size == Scaled(high!.Value, exponent))
        {
            to--;
        }

        if (to < from)
        {
            Failed = true;
            writer.WriteNullValue();
            return;
        }

        if (from < 0 && to > 1_000)
        {
            from = 0;
        }

        var number = (from + (random.Next() % BigInteger.Min(to - from + 1, 5_000))) * size;
        writer.WriteRawValue(Digits(number, exponent), skipInputValidation: true);
    }

    private static BigInteger Scaled(JsonNumber number, int exponent) => number.Mantissa * BigInteger.Pow(10, number.Exponent - exponent);

    private static BigInteger FloorOf(BigInteger value, BigInteger size) => (value - (((value % size) + size) % size)) / size;

    private static BigInteger CeilingOf(BigInteger value, BigInteger size) => -FloorOf(-value, size);

    private static string Digits(BigInteger number, int exponent)
    {
        if (exponent >= 0)
        {
            return (number * BigInteger.Pow(10, exponent)).ToString(CultureInfo.InvariantCulture);
        }

        var text = BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(1 - exponent, '0');
        return (number.Sign < 0 ? "-" : "") + text[..^-exponent] + "." + text[^-exponent..];
    }
}

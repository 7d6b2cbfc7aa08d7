using System.Runtime.CompilerServices;
using System.Text.Json;
using Tunduk.XRoad.Contracts.JsonRules;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

// Over 300 lines: one judgement for each keyword, side by side.

/// <summary>
/// Holds one document against a rule. A value that several rules look at is read again for each of them, from a copy of the
/// reader; what that may cost in all is bounded, and a check beyond the bound has failed.
/// </summary>
internal sealed class JsonRuleCheck(long budget)
{
    /// <summary>Where faults go of which nobody is to know: of alternatives that are tried.</summary>
    private static readonly MappingLimits Quiet = new() { MaxFaults = 0 };

    private readonly MappingTrace quiet = new(Quiet);
    private long left = budget;

    /// <summary>What checking a document of some size may cost: room for a few dozen alternatives of everything.</summary>
    public static long BudgetFor(int length) => 200_000 + (64L * length);

    /// <summary>Judges the value the reader stands on; the reader is left on its last token.</summary>
    /// <exception cref="MappingAbortException">The alternatives took more than the budget.</exception>
    public bool Value(JsonRule rule, ref Utf8JsonReader reader, MappingTrace trace, bool inherited = false)
    {
        Spend(1);
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new MappingAbortException();
        }

        if (reader.TokenType == JsonTokenType.Null && rule.NullPasses)
        {
            return true;
        }

        var start = reader;
        if ((rule.Kinds & KindOf(reader)) == 0)
        {
            reader.Skip();
            return Kind(rule, start, trace);
        }

        var valid = Listed(rule, start, trace) && reader.TokenType switch
        {
            JsonTokenType.StartObject => Object(rule, ref reader, trace),
            JsonTokenType.StartArray => Array(rule, ref reader, trace),
            JsonTokenType.String => Text(rule, ref reader, trace),
            JsonTokenType.Number => Number(rule, ref reader, trace),
            _ => true,
        };
        if (!valid)
        {
            reader = start;
            reader.Skip();
        }

        return InPlace(rule, start, trace, inherited) && valid;
    }

    /// <summary>The kind of the value; a number whose fraction is nothing is whole.</summary>
    private static JsonKinds KindOf(Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => JsonKinds.Null,
        JsonTokenType.True or JsonTokenType.False => JsonKinds.Boolean,
        JsonTokenType.StartObject => JsonKinds.Object,
        JsonTokenType.StartArray => JsonKinds.Array,
        JsonTokenType.String => JsonKinds.String,
        _ => reader.ValueSpan.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 || (JsonNumber.TryParse(reader.ValueSpan, out var number) && number.IsWhole) ? JsonKinds.Integer : JsonKinds.Fraction,
    };

    private static bool Kind(JsonRule rule, Utf8JsonReader reader, MappingTrace trace)
    {
        if (rule.Kinds == JsonKinds.None)
        {
            return Fault(trace, MappingCodes.Unknown, rule, Phrases.Of("Mapping.MemberDescription"), Phrases.Of("Mapping.Another"));
        }

        return reader.TokenType == JsonTokenType.Null
            ? Fault(trace, MappingCodes.NotNillable, rule, Phrases.Of("Mapping.Value"), "null")
            : Fault(trace, MappingCodes.Type, rule, Name(rule.Kinds), Name(KindOf(reader)));
    }

    private static string Name(JsonKinds kinds)
    {
        var names = new List<string>();
        foreach (var (kind, name) in new[] { (JsonKinds.Object, Phrases.Of("Mapping.Object")), (JsonKinds.Array, Phrases.Of("Mapping.Array")), (JsonKinds.String, Phrases.Of("Mapping.String")), (JsonKinds.Boolean, Phrases.Of("Mapping.TrueFalse")) })
        {
            if (kinds.HasFlag(kind))
            {
                names.Add(name);
            }
        }

        if ((kinds & JsonKinds.Number) != 0)
        {
            names.Add(kinds.HasFlag(JsonKinds.Fraction) ? Phrases.Of("Mapping.Number") : Phrases.Of("Mapping.WholeNumber"));
        }

        return string.Join(Phrases.Of("Mapping.Or"), names);
    }

    private bool Listed(JsonRule rule, Utf8JsonReader reader, MappingTrace trace)
    {
        if (rule.ValueSet is null)
        {
            return true;
        }

        var before = reader.BytesConsumed;
        var found = rule.ValueSet.Contains(JsonCanonical.Of(ref reader));
        Spend((reader.BytesConsumed - before) / 16);
        return found || Fault(trace, rule.IsConst ? MappingCodes.Fixed : MappingCodes.Enumeration, rule, rule.IsConst ? Phrases.Of("Mapping.ValueDescription") : Phrases.Of("Mapping.Values", rule.Values!.Count), Phrases.Of("Mapping.Another"));
    }

    private bool Object(JsonRule rule, ref Utf8JsonReader reader, MappingTrace trace)
    {
        var valid = true;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            seen.Add(name);
            trace.Push(name);
            if (rule.PropertyNames is { } names)
            {
                var text = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(name));
                text.Read();
                valid &= Value(names, ref text, trace);
            }

            valid &= Member(rule, name, ref reader, trace);
            trace.Pop();
        }

        foreach (var name in rule.Required.Where(name => !seen.Contains(name)))
        {
            valid = Missing(trace, rule, name);
        }

        foreach (var (_, others) in rule.DependentRequired.Where(dependent => seen.Contains(dependent.Key)))
        {
            foreach (var other in others.Where(other => !seen.Contains(other)))
            {
                valid = Missing(trace, rule, other);
            }
        }

        return Count(trace, rule, seen.Count, rule.MinProperties, rule.MaxProperties, "members") && valid;
    }

    private bool Member(JsonRule rule, string name, ref Utf8JsonReader reader, MappingTrace trace)
    {
        var start = reader;
        var valid = true;
        var known = false;
        if (rule.ByName.TryGetValue(name, out var own))
        {
            known = true;
            valid = Value(own, ref reader, trace);
        }

        foreach (var pattern in rule.Patterns)
        {
            Spend(1);
            if (JsonPattern.IsMatch(pattern.Expression, name))
            {
                known = true;
                reader = start;
                valid &= Value(pattern.Rule, ref reader, trace);
            }
        }

        if (!known && rule.Additional is { } additional)
        {
            return Value(additional, ref reader, trace);
        }

        if (!known)
        {
            reader.Skip();
        }

        return valid;
    }

    private bool Array(JsonRule rule, ref Utf8JsonReader reader, MappingTrace trace)
    {
        var valid = true;
        var count = 0;
        var matches = 0L;
        var values = rule.Unique ? new HashSet<string>(StringComparer.Ordinal) : null;
        trace.PushItems();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            trace.NextItem();
            var start = reader;
            if (values is not null)
            {
                var copy = reader;
                var canonical = JsonCanonical.Of(ref copy);
                Spend(canonical.Length / 16);
                if (!values.Add(canonical))
                {
                    valid = Fault(trace, MappingCodes.Duplicate, rule, Phrases.Of("Mapping.EachValueOnce"), Phrases.Of("Mapping.Second"));
                }
            }

            if (rule.Contains is { } contains)
            {
                var copy = reader;
                matches += Value(contains, ref copy, quiet) ? 1 : 0;
            }

            if ((count < rule.Prefix.Count ? rule.Prefix[count] : rule.Items) is { } item)
            {
                valid &= Value(item, ref reader, trace);
            }
            else
            {
                reader = start;
                reader.Skip();
            }

            count++;
        }

        trace.Pop();
        if (rule.Contains is not null)
        {
            valid &= Count(trace, rule, matches, rule.MinContains ?? 1, rule.MaxContains, Phrases.Of("Mapping.ItemsContainsSays"));
        }

        return Count(trace, rule, count, rule.MinItems, rule.MaxItems, "items") && valid;
    }

    private static bool Text(JsonRule rule, ref Utf8JsonReader reader, MappingTrace trace)
    {
        if (rule is { MinLength: null, MaxLength: null, Expression: null, Format: null })
        {
            return true;
        }

        var text = reader.GetString()!;
        if (rule.MinLength is not null || rule.MaxLength is not null)
        {
            // Characters, not units of UTF-16 (RFC 8259 §7).
            var length = text.EnumerateRunes().Count();
            if (length < rule.MinLength || length > rule.MaxLength)
            {
                return Fault(trace, MappingCodes.Length, rule, Bounds(rule.MinLength, rule.MaxLength, "characters"), $"{length}");
            }
        }

        if (rule.Expression is { } expression && !JsonPattern.IsMatch(expression, text))
        {
            return Fault(trace, MappingCodes.Pattern, rule, Phrases.Of("Mapping.TextMatches", rule.Pattern), Phrases.Of("Mapping.Characters", text.EnumerateRunes().Count()));
        }

        var formed = rule.FormatType is { } type ? SimpleValue.Check(type, text).IsNone : rule.Format != "uuid" || Guid.TryParseExact(text, "D", out _);
        return formed || Fault(trace, MappingCodes.Type, rule, Phrases.Of("Mapping.Format", rule.Format), Phrases.Of("Mapping.ATextOfCharacters", text.Length));
    }

    private static bool Number(JsonRule rule, ref Utf8JsonReader reader, MappingTrace trace)
    {
        if (rule is { Minimum: null, Maximum: null, ExclusiveMinimum: null, ExclusiveMaximum: null, MultipleOf: null })
        {
            return true;
        }

        if (!JsonNumber.TryParse(reader.ValueSpan, out var number))
        {
            return Fault(trace, MappingCodes.Range, rule, Phrases.Of("Mapping.NumberMostCharacters", JsonNumber.MaxLength), Phrases.Of("Mapping.ExponentTooLarge", reader.ValueSpan.Length));
        }

        var within = !(rule.Minimum is { } min && number.Against(min) < 0) && !(rule.Maximum is { } max && number.Against(max) > 0)
            && !(rule.ExclusiveMinimum is { } above && number.Against(above) <= 0) && !(rule.ExclusiveMaximum is { } below && number.Against(below) >= 0);
        if (!within)
        {
            return Fault(trace, MappingCodes.Range, rule, Phrases.Of("Mapping.NumberWithinDescriptionBounds"), Phrases.Of("Mapping.Another"));
        }

        return rule.MultipleOf is not { } step || number.IsMultipleOf(step) || Fault(trace, MappingCodes.Range, rule, Phrases.Of("Mapping.MultipleWhatDescription"), Phrases.Of("Mapping.AnotherNumber"));
    }

    private bool InPlace(JsonRule rule, Utf8JsonReader start, MappingTrace trace, bool inherited)
    {
        var valid = true;
        foreach (var part in rule.AllOf)
        {
            if (!Try(part, start, trace, inherited: true))
            {
                valid = false;
                if ((part.Kinds & KindOf(start)) == 0)
                {
                    // The other parts would say the same.
                    break;
                }
            }
        }

        if (rule.Discriminator is { } member && !(inherited && rule.OneOf.Count + rule.AnyOf.Count == 0))
        {
            valid &= Chosen(rule, member, start, trace);
        }

        if (valid && rule.AnyOf.Count > 0)
        {
            valid = Alternatives(rule, rule.AnyOf, exactly: false, start, trace);
        }

        if (valid && rule.OneOf.Count > 0)
        {
            valid = Alternatives(rule, rule.OneOf, exactly: true, start, trace);
        }

        if (rule.Not is { } not && Try(not, start, quiet))
        {
            valid = Fault(trace, MappingCodes.Content, not, Phrases.Of("Mapping.ValueNotNotSays"), Phrases.Of("Mapping.OneThatIs"));
        }

        if (rule.If is { } condition)
        {
            var branch = Try(condition, start, quiet) ? rule.Then : rule.Else;
            valid &= branch is null || Try(branch, start, trace);
        }

        if (start.TokenType == JsonTokenType.StartObject && rule.DependentRules.Count > 0)
        {
            var names = Names(start);
            foreach (var (_, dependent) in rule.DependentRules.Where(dependent => names.Contains(dependent.Key)))
            {
                valid &= Try(dependent, start, trace);
            }
        }

        return (rule.Unevaluated is null || start.TokenType != JsonTokenType.StartObject || !valid || Rest(rule, start, trace)) && valid;
    }

    private bool Try(JsonRule rule, Utf8JsonReader start, MappingTrace trace, bool inherited = false) => Value(rule, ref start, trace, inherited);

    // The alternative a member names. That exactly one fits is asked all the same: the name is a help, no rule (OpenAPI 3.1.1 §4.8.25).
    private bool Chosen(JsonRule rule, string member, Utf8JsonReader start, MappingTrace trace)
    {
        if (start.TokenType != JsonTokenType.StartObject)
        {
            return true;
        }

        var reader = start;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.GetString() == member;
            reader.Read();
            if (found)
            {
                if (reader.TokenType == JsonTokenType.String && rule.Mapping.TryGetValue(reader.GetString()!, out var chosen))
                {
                    return Try(chosen, start, trace);
                }

                trace.Push(member);
                Fault(trace, MappingCodes.UnknownType, rule, Phrases.Of("Mapping.NameAlternatives", rule.Mapping.Count), Phrases.Of("Mapping.AnotherValue"));
                trace.Pop();
                return false;
            }

            reader.Skip();
        }

        return Missing(trace, rule, member);
    }

    private bool Alternatives(JsonRule rule, IReadOnlyList<JsonRule> alternatives, bool exactly, Utf8JsonReader start, MappingTrace trace)
    {
        var matches = 0;
        foreach (var alternative in alternatives)
        {
            matches += Try(alternative, start, quiet) ? 1 : 0;
            if (matches > 0 && !exactly)
            {
                return true;
            }
        }

        if (matches == 1)
        {
            return true;
        }

        if (matches == 0)
        {
            // Where the kind of the value leaves one alternative, its faults say what is wrong.
            var kind = KindOf(start);
            var near = alternatives.Where(alternative => (alternative.Kinds & kind) != 0).ToList();
            return near.Count == 1 ? Try(near[0], start, trace)
                : Fault(trace, near.Count == 0 ? MappingCodes.Type : MappingCodes.Content, rule, Phrases.Of("Mapping.Alternatives", alternatives.Count), Phrases.Of("Mapping.ValueMeetsNone"));
        }

        return Fault(trace, MappingCodes.Content, rule, Phrases.Of("Mapping.ExactlyAlternatives", alternatives.Count), Phrases.Of("Mapping.ValueMeets", matches));
    }

    // unevaluatedProperties: members that no rule about this value knows.
    private bool Rest(JsonRule rule, Utf8JsonReader start, MappingTrace trace)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        Evaluated(rule, start, Names(start), known);
        var valid = true;
        var reader = start;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (known.Contains(name))
            {
                reader.Skip();
                continue;
            }

            trace.Push(name);
            valid &= Value(rule.Unevaluated!, ref reader, trace);
            trace.Pop();
        }

        return valid;
    }

    // Only rules that the value meets have looked at its members (JSON Schema 2020-12 core §11.3).
    private void Evaluated(JsonRule rule, Utf8JsonReader start, HashSet<string> names, HashSet<string> known)
    {
        Spend(names.Count);
        foreach (var name in names)
        {
            if (rule.ByName.ContainsKey(name) || rule.Additional is not null || rule.Patterns.Any(pattern => JsonPattern.IsMatch(pattern.Expression, name)))
            {
                known.Add(name);
            }
        }

        var branches = rule.If is null ? [] : Try(rule.If, start, quiet) ? new[] { rule.If, rule.Then } : [rule.Else];
        foreach (var part in rule.AllOf.Concat(rule.AnyOf).Concat(rule.OneOf).Concat(branches.OfType<JsonRule>()).Concat(rule.DependentRules.Where(dependent => names.Contains(dependent.Key)).Select(dependent => dependent.Value)))
        {
            if (Try(part, start, quiet))
            {
                Evaluated(part, start, names, known);
                if (part.Unevaluated is not null)
                {
                    known.UnionWith(names);
                }
            }
        }
    }

    private static HashSet<string> Names(Utf8JsonReader reader)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            names.Add(reader.GetString()!);
            reader.Read();
            reader.Skip();
        }

        return names;
    }

    private static bool Count(MappingTrace trace, JsonRule rule, long count, long? least, long? most, string what) =>
        (count >= (least ?? 0) && count <= (most ?? long.MaxValue)) || Fault(trace, MappingCodes.Length, rule, Bounds(least, most, what), $"{count}");

    private static string Bounds(long? least, long? most, string what) =>
        (least, most) switch
        {
            ({ } low, { } high) => Phrases.Of("Mapping.To", low, high, what),
            ({ } low, _) => Phrases.Of("Mapping.Least", low, what),
            _ => Phrases.Of("Mapping.Most", most, what),
        };

    private static bool Missing(MappingTrace trace, JsonRule rule, string name)
    {
        trace.Fault(MappingCodes.Required, rule.ByName.GetValueOrDefault(name)?.Location ?? rule.Location, Phrases.Of("Mapping.Member"), Phrases.Of("Mapping.Nothing"), name);
        return false;
    }

    private static bool Fault(MappingTrace trace, string code, JsonRule rule, string expected, string found)
    {
        trace.Fault(code, rule.Location, expected, found);
        return false;
    }

    private void Spend(long steps)
    {
        left -= steps;
        if (left < 0)
        {
            throw new MappingAbortException();
        }
    }
}

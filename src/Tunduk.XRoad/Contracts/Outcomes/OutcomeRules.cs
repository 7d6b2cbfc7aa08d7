using System.Text;
using System.Text.Json;

namespace Tunduk.XRoad.Contracts.Outcomes;

/// <summary>The rules that map a member's way of saying "not found" or "denied" to one outcome (proto/MAPPING.md).</summary>
public sealed class OutcomeRules
{
    private readonly IReadOnlyList<OutcomeRule> rules;

    private OutcomeRules(IReadOnlyList<OutcomeRule> rules) => this.rules = rules;

    public static OutcomeRules None { get; } = new([]);

    public IReadOnlyList<OutcomeRule> Rules => rules;

    /// <summary>The name of an outcome as written in rules, records and metrics.</summary>
    public static string Name(BusinessOutcome outcome) => outcome switch
    {
        BusinessOutcome.Ok => "ok",
        BusinessOutcome.NotFound => "not-found",
        BusinessOutcome.Many => "many",
        BusinessOutcome.BadRequest => "bad-request",
        BusinessOutcome.Denied => "denied",
        _ => "provider-error",
    };

    /// <summary>Reads a rule file. With a contract, paths and operations are checked against it; all faults are told at once.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> json, Contract? contract, out OutcomeRules rules, out IReadOnlyList<string> faults)
    {
        var reader = new OutcomeRuleReader(contract);
        reader.Read(json);
        faults = reader.Faults;
        rules = faults.Count == 0 ? new OutcomeRules(reader.Rules) : None;
        return faults.Count == 0;
    }

    /// <summary>The rules that concern one service.</summary>
    public OutcomeRules For(string serviceCode)
    {
        var meant = rules.Where(rule => rule.Operation == "*" || rule.Operation == serviceCode).ToList();
        return meant.Count == 0 ? None : new OutcomeRules(meant);
    }

    /// <summary>The outcome of an answer in its JSON form.</summary>
    /// <param name="serviceCode">The service that answered.</param>
    /// <param name="json">The answer; empty where it has no JSON. Malformed JSON is a provider error.</param>
    /// <param name="status">HTTP status of a REST answer; 200 for SOAP.</param>
    public BusinessOutcome Decide(string serviceCode, ReadOnlySpan<byte> json, int status = 200)
    {
        foreach (var rule in rules)
        {
            if (rule.Operation != "*" && rule.Operation != serviceCode)
            {
                continue;
            }

            try
            {
                if (Fits(rule, json, status))
                {
                    return rule.Outcome;
                }
            }
            catch (JsonException)
            {
                return BusinessOutcome.ProviderError;
            }
        }

        return BusinessOutcome.Ok;
    }

    private static bool Fits(OutcomeRule rule, ReadOnlySpan<byte> json, int status)
    {
        if (rule.Statuses is not null)
        {
            return rule.Statuses.Contains(status);
        }

        var found = 0;
        var reader = new Utf8JsonReader(json);
        if (!json.IsEmpty && reader.Read())
        {
            found = Count(ref reader, rule, 0);
        }

        return rule.Absent ? found == 0 : found > (rule.MoreThan ?? 0);
    }

    // Fields at the path that are not null, or with Values that have one of them.
    private static int Count(ref Utf8JsonReader reader, OutcomeRule rule, int depth)
    {
        var found = 0;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            // Arrays are transparent: each item counts.
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                found += Count(ref reader, rule, depth);
            }

            return found;
        }

        if (depth == rule.Path.Count)
        {
            return Field(ref reader, rule);
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return 0;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // The children of a $content list stand one level deeper in JSON, but not in the path.
            var transparent = reader.ValueTextEquals("$content"u8);
            var meant = !transparent && reader.ValueTextEquals(rule.Path[depth]);
            reader.Read();
            if (transparent || meant)
            {
                found += Count(ref reader, rule, transparent ? depth : depth + 1);
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    private static int Field(ref Utf8JsonReader reader, OutcomeRule rule)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return rule.Values is null
                ? reader.TokenType == JsonTokenType.Null ? 0 : 1
                : reader.TokenType != JsonTokenType.Null && rule.Values.Contains(ValueText(ref reader)) ? 1 : 0;
        }

        // The value of an element with attributes stands behind $, and $nil says that there is none.
        var there = true;
        var fits = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = reader.ValueTextEquals("$"u8);
            var isNil = reader.ValueTextEquals("$nil"u8);
            reader.Read();
            there &= !(isNil && reader.TokenType == JsonTokenType.True);
            if (isValue && reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
            {
                fits |= rule.Values?.Contains(ValueText(ref reader)) == true;
            }

            reader.Skip();
        }

        return rule.Values is null ? there ? 1 : 0 : fits ? 1 : 0;
    }

    private static string ValueText(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        _ => reader.ValueIsEscaped || reader.ValueSpan.Length < 1_000 ? SafeString(ref reader) : "",
    };

    private static string SafeString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }
}

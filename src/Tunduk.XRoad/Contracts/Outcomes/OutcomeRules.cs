using System.Text;
using System.Text.Json;

namespace Tunduk.XRoad.Contracts.Outcomes;

/// <summary>The rules that map a member's way of saying "not found" or "denied" to one outcome (proto/MAPPING.md).</summary>
public sealed class OutcomeRules
{
    private const int MaxRules = 1_000;
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
        var problems = new List<string>();
        var list = new List<OutcomeRule>();
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, CommentHandling = JsonCommentHandling.Skip });
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("rules", out var array) || array.ValueKind != JsonValueKind.Array)
            {
                problems.Add("The file must be an object with the list 'rules'.");
            }
            else
            {
                foreach (var (index, item) in array.EnumerateArray().Take(MaxRules).Index())
                {
                    if (Rule(item, contract, $"rules[{index}]", problems) is { } rule)
                    {
                        list.Add(rule);
                    }
                }
            }
        }
        catch (JsonException e)
        {
            problems.Add($"The file is not JSON: line {e.LineNumber + 1}.");
        }

        rules = problems.Count == 0 ? new OutcomeRules(list) : None;
        faults = problems;
        return problems.Count == 0;
    }

    /// <summary>The outcome of an answer in its JSON form. Malformed JSON is a provider error.</summary>
    public BusinessOutcome Decide(string serviceCode, ReadOnlySpan<byte> json)
    {
        foreach (var rule in rules)
        {
            if (rule.Operation != "*" && rule.Operation != serviceCode)
            {
                continue;
            }

            try
            {
                var reader = new Utf8JsonReader(json);
                if (reader.Read() && Fits(ref reader, rule, 0))
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

    private static OutcomeRule? Rule(JsonElement item, Contract? contract, string at, List<string> problems)
    {
        var operation = Text(item, "operation");
        var path = Text(item, "path");
        var outcome = Enum.GetValues<BusinessOutcome>().Cast<BusinessOutcome?>().FirstOrDefault(o => Name(o!.Value) == Text(item, "outcome"));
        var values = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("equals", out var equals) && equals.ValueKind == JsonValueKind.Array
            ? equals.EnumerateArray().Select(v => v.ToString()).ToList()
            : null;
        var present = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("present", out var p) && p.ValueKind == JsonValueKind.True;
        var before = problems.Count;
        if (operation is null || path is null || outcome is null || (values is null) != present)
        {
            problems.Add($"{at}: needs operation, path, outcome ({string.Join(", ", Enum.GetValues<BusinessOutcome>().Select(Name))}) and either equals or present.");
            return null;
        }

        if (contract is not null)
        {
            var meant = contract.Operations.Where(o => operation == "*" || o.ServiceCode == operation).ToList();
            if (meant.Count == 0)
            {
                problems.Add($"{at}.operation: the contract has no operation '{operation}'.");
            }
            else if (!meant.Exists(o => o.Fields(MessageSide.Response).TryResolve(path, out _)))
            {
                problems.Add($"{at}.path: no answer has the field; nearest: {string.Join(", ", meant[0].Fields(MessageSide.Response).Nearest(path))}.");
            }
        }

        return problems.Count == before ? new OutcomeRule(operation, path.Trim('/').Split('/'), values, outcome.Value) : null;
    }

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Fits(ref Utf8JsonReader reader, OutcomeRule rule, int depth)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            // Arrays are transparent: any item may fit.
            var any = false;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                any |= Fits(ref reader, rule, depth);
            }

            return any;
        }

        if (depth == rule.Path.Count)
        {
            var fits = rule.Values is null
                ? reader.TokenType != JsonTokenType.Null
                : reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False && rule.Values.Contains(ValueText(ref reader));
            reader.Skip();
            return fits;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // The children of a $content list stand one level deeper in JSON, but not in the path.
            var transparent = reader.ValueTextEquals("$content"u8);
            var meant = !transparent && reader.ValueTextEquals(rule.Path[depth]);
            reader.Read();
            if (transparent || meant)
            {
                found |= Fits(ref reader, rule, transparent ? depth : depth + 1);
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
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

using System.Text.Json;

namespace Tunduk.XRoad.Contracts.Outcomes;

/// <summary>Reads a rule file; all faults are told at once, each with where and what is expected.</summary>
internal sealed class OutcomeRuleReader(Contract? contract)
{
    private const int MaxRules = 1_000;
    private const int MaxValues = 1_000;
    private static readonly string[] Members = ["operation", "path", "equals", "present", "absent", "moreThan", "status", "outcome", "comment"];
    private static readonly string Outcomes = string.Join(", ", Enum.GetValues<BusinessOutcome>().Select(OutcomeRules.Name));
    private readonly List<string> faults = [];
    private readonly List<OutcomeRule> rules = [];

    public IReadOnlyList<string> Faults => faults;

    public IReadOnlyList<OutcomeRule> Rules => rules;

    public void Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false });
            Document(document.RootElement);
        }
        catch (JsonException e)
        {
            faults.Add(e.LineNumber is { } line ? Phrases.Of("Outcomes.FileNotJsonNames", line + 1) : Phrases.Of("Outcomes.FileNamesMemberTwice"));
        }
    }

    private void Document(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("rules", out var array) || array.ValueKind != JsonValueKind.Array)
        {
            faults.Add(Phrases.Of("Outcomes.FileMustObjectList"));
            return;
        }

        foreach (var other in root.EnumerateObject().Where(member => member.Name is not ("rules" or "comment")))
        {
            faults.Add(Phrases.Of("Outcomes.NoMemberFileRules", other.Name));
        }

        if (array.GetArrayLength() > MaxRules)
        {
            faults.Add(Phrases.Of("Outcomes.MoreThanRules", MaxRules));
            return;
        }

        foreach (var (index, item) in array.EnumerateArray().Index())
        {
            Rule(item, $"rules[{index}]");
        }
    }

    private void Rule(JsonElement item, string at)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            faults.Add(Phrases.Of("Outcomes.RuleObject", at));
            return;
        }

        var before = faults.Count;
        foreach (var other in item.EnumerateObject().Where(member => !Members.Contains(member.Name)))
        {
            faults.Add(Phrases.Of("Outcomes.NoMemberRule", at, other.Name, string.Join(", ", Members)));
        }

        var operation = Text(item, "operation");
        var outcome = Enum.GetValues<BusinessOutcome>().Cast<BusinessOutcome?>().FirstOrDefault(o => OutcomeRules.Name(o!.Value) == Text(item, "outcome"));
        if (operation is null || outcome is null)
        {
            faults.Add(Phrases.Of("Outcomes.NeedsOperationServiceCode", at, Outcomes));
            return;
        }

        if (Test(item, at, new OutcomeRule(operation, outcome.Value)) is { } rule && faults.Count == before)
        {
            HoldAgainstContract(rule, at);
            rules.Add(rule);
        }
    }

    private OutcomeRule? Test(JsonElement item, string at, OutcomeRule rule)
    {
        var tests = new List<OutcomeRule>();
        if (item.TryGetProperty("equals", out var equals) && equals.ValueKind == JsonValueKind.Array && equals.GetArrayLength() is > 0 and <= MaxValues && equals.EnumerateArray().All(IsScalar))
        {
            // A number or truth value is compared by the text it has in the answer.
            tests.Add(rule with { Values = [.. equals.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()! : v.GetRawText())] });
        }

        if (item.TryGetProperty("present", out var present) && present.ValueKind == JsonValueKind.True)
        {
            tests.Add(rule with { MoreThan = 0 });
        }

        if (item.TryGetProperty("moreThan", out var more) && more.ValueKind == JsonValueKind.Number && more.TryGetInt32(out var count) && count >= 0)
        {
            tests.Add(rule with { MoreThan = count });
        }

        if (item.TryGetProperty("absent", out var absent) && absent.ValueKind == JsonValueKind.True)
        {
            tests.Add(rule with { Absent = true });
        }

        if (item.TryGetProperty("status", out var status) && status.ValueKind == JsonValueKind.Array && status.GetArrayLength() > 0 && status.EnumerateArray().All(s => s.ValueKind == JsonValueKind.Number && s.TryGetInt32(out var code) && code is >= 200 and <= 599))
        {
            tests.Add(rule with { Statuses = [.. status.EnumerateArray().Select(s => s.GetInt32())] });
        }

        var named = item.EnumerateObject().Count(member => member.Name is "equals" or "present" or "absent" or "moreThan" or "status");
        if (tests.Count != 1 || named != 1)
        {
            faults.Add(Phrases.Of("Outcomes.NeedsExactlyEqualsList", at));
            return null;
        }

        var path = Text(item, "path")?.Trim('/');
        if (string.IsNullOrEmpty(path) != (tests[0].Statuses is not null))
        {
            faults.Add(Phrases.Of("Outcomes.NeedsPathPathField", at));
            return null;
        }

        return tests[0] with { Path = path?.Split('/') ?? [] };
    }

    private void HoldAgainstContract(OutcomeRule rule, string at)
    {
        if (contract is null)
        {
            return;
        }

        var meant = contract.Operations.Where(o => rule.Operation == "*" || o.ServiceCode == rule.Operation).ToList();
        if (meant.Count == 0)
        {
            faults.Add(Phrases.Of("Outcomes.OperationContractNoOperation", at, rule.Operation));
            return;
        }

        var path = string.Join('/', rule.Path);
        if (rule.Statuses is not null)
        {
            if (contract.Kind != ContractKind.OpenApi)
            {
                faults.Add(Phrases.Of("Outcomes.StatusAnswersSoapService", at));
            }
        }
        else if (!meant.Exists(o => o.Fields(MessageSide.Response).TryResolve(path, out _)))
        {
            faults.Add(Phrases.Of("Outcomes.PathNoAnswerField", at, string.Join(", ", meant[0].Fields(MessageSide.Response).Nearest(path))));
        }
    }

    private static bool IsScalar(JsonElement value) => value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

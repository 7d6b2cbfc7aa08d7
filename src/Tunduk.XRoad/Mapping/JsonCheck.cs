using System.Text;
using System.Text.Json;
using Tunduk.XRoad.Contracts.JsonRules;
using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Mapping;

/// <summary>
/// Holds JSON against the schemas of an OpenAPI description, all of them: kinds, bounds, members, alternatives, conditions. Nothing
/// that a description says passes unchecked; what cannot be checked was refused when it was imported.
/// </summary>
public static class JsonCheck
{
    /// <summary>Checks a whole document.</summary>
    /// <param name="element">The root of a message, or one of its parts, of an OpenAPI contract.</param>
    /// <param name="json">The document.</param>
    /// <param name="limits">Depth and number of faults.</param>
    public static MappingResult Check(ElementDeclaration element, ReadOnlySpan<byte> json, MappingLimits? limits = null)
    {
        limits ??= new MappingLimits();
        var trace = new MappingTrace(limits);
        try
        {
            if (IsWellFormed(element, json, limits, trace))
            {
                var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
                reader.Read();
                new JsonRuleCheck(JsonRuleCheck.BudgetFor(json.Length)).Value(element.Rule!, ref reader, trace);
            }
        }
        catch (JsonException e)
        {
            var deep = IsTooDeep(e);
            trace.Fault(
                deep ? MappingCodes.TooDeep : MappingCodes.MalformedJson,
                element.Location,
                deep ? Phrases.Of("Mapping.MostLevels", limits.MaxDepth) : "JSON",
                deep ? Phrases.Of("Mapping.More") : Phrases.Of("Mapping.ErrorLine", e.LineNumber + 1));
        }
        catch (MappingAbortException)
        {
            trace.Fault(MappingCodes.TooLarge, element.Location, Phrases.Of("Mapping.ValueWhoseAlternativesCan"), Phrases.Of("Mapping.Cannot"));
        }

        return trace.Result();
    }

    /// <summary>Checks one text: a value of a path, a query or a header, of which only the description says whether it is a number.</summary>
    /// <param name="element">The parameter.</param>
    /// <param name="text">Its value, decoded.</param>
    public static MappingFault? CheckText(ElementDeclaration element, string text)
    {
        var rule = element.Rule!;
        var fault = default(MappingFault);
        foreach (var json in Readings(rule, text))
        {
            var trace = new MappingTrace(MappingLimits.Default);
            try
            {
                var reader = new Utf8JsonReader(json);
                reader.Read();
                new JsonRuleCheck(JsonRuleCheck.BudgetFor(json.Length)).Value(rule, ref reader, trace);
            }
            catch (MappingAbortException)
            {
                trace.Fault(MappingCodes.TooLarge, rule.Location, Phrases.Of("Mapping.ValueCanCheckedBounded"), Phrases.Of("Mapping.Another"));
            }

            if (!trace.HasFaults)
            {
                return null;
            }

            fault ??= trace.Result().Faults[0];
        }

        fault ??= new MappingFault(MappingCodes.Type, "$", rule.Location, Phrases.Of("Mapping.NumberTruthValue"), Phrases.Of("Mapping.TextCharacters", text.Length));
        return fault with { Path = element.Name.Local + fault.Path[1..] };
    }

    /// <summary>Checks the texts of a list, of which only the description says whether they are numbers.</summary>
    /// <param name="element">The parameter.</param>
    /// <param name="texts">Its values, decoded.</param>
    public static MappingFault? CheckTexts(ElementDeclaration element, IReadOnlyList<string> texts)
    {
        var items = element.Rule!.Items is { } rule ? new ElementDeclaration(element.Name, element.Location) { Rule = rule } : null;
        var read = new List<string>();
        foreach (var text in texts)
        {
            if (items is not null && CheckText(items, text) is { } fault)
            {
                return fault;
            }

            read.Add(items is null ? JsonSerializer.Serialize(text) : Encoding.UTF8.GetString(Readings(items.Rule!, text).First()));
        }

        // What the list itself asks: numbers of items, no item twice.
        return Check(element, Encoding.UTF8.GetBytes("[" + string.Join(',', read) + "]")).Faults is [var first, ..] ? first with { Path = element.Name.Local } : null;
    }

    // The reader has no other word for it.
    internal static bool IsTooDeep(JsonException exception) => exception.Message.Contains("maximum configured depth", StringComparison.Ordinal);

    // As a number or truth value where one may stand there and the text is one; else as text.
    private static IEnumerable<byte[]> Readings(JsonRule rule, string text)
    {
        var isValue = text is "true" or "false" || (text.Length is > 0 and <= JsonNumber.MaxLength && IsNumber(text));
        var mayBeValue = (rule.Kinds & (JsonKinds.Number | JsonKinds.Boolean)) != 0;
        if (isValue && mayBeValue)
        {
            yield return Encoding.UTF8.GetBytes(text);
        }

        if ((rule.Kinds & JsonKinds.String) != 0)
        {
            yield return JsonSerializer.SerializeToUtf8Bytes(text);
        }
    }

    private static bool IsNumber(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
            return reader.Read() && reader.TokenType == JsonTokenType.Number && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // One pass before all others: JSON to its end, each member once, whole characters.
    private static bool IsWellFormed(ElementDeclaration element, ReadOnlySpan<byte> json, MappingLimits limits, MappingTrace trace)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = limits.MaxDepth });
        reader.Read();
        Form(element, ref reader, trace);
        while (reader.Read())
        {
            // What follows the document is told by the reader.
        }

        return !trace.HasFaults;
    }

    private static void Form(ElementDeclaration element, ref Utf8JsonReader reader, MappingTrace trace)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Members(element, ref reader, trace);
                break;
            case JsonTokenType.StartArray:
                trace.PushItems();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    trace.NextItem();
                    Form(element, ref reader, trace);
                }

                trace.Pop();
                break;
            case JsonTokenType.String when Text(ref reader) is null:
                trace.Fault(MappingCodes.Character, element.Location, Phrases.Of("Mapping.TextWholeCharacters"), Phrases.Of("Mapping.LoneSurrogate"));
                break;
        }
    }

    private static void Members(ElementDeclaration element, ref Utf8JsonReader reader, MappingTrace trace)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader);
            reader.Read();
            if (name is null || !seen.Add(name))
            {
                trace.Fault(name is null ? MappingCodes.Character : MappingCodes.Duplicate, element.Location, name is null ? Phrases.Of("Mapping.NameWholeCharacters") : Phrases.Of("Mapping.MemberOnce"), name is null ? Phrases.Of("Mapping.LoneSurrogate") : Phrases.Of("Mapping.Second"), name);
                reader.Skip();
                continue;
            }

            trace.Push(name);
            Form(element, ref reader, trace);
            trace.Pop();
        }
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

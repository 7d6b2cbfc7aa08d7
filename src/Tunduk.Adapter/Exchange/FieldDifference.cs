using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using ValueType = Tunduk.Evidence.Log.ValueType;

namespace Tunduk.Adapter.Exchange;

/// <summary>A field of a message that two lists treat differently.</summary>
/// <param name="Path">Its path; where only a wildcard covers the name, the wildcard.</param>
/// <param name="InForce">What the list in force does.</param>
/// <param name="Would">What the other would do.</param>
/// <param name="Count">How many values of the message.</param>
internal sealed record FieldDifference(string Path, FieldAction InForce, FieldAction Would, int Count)
{
    /// <summary>The contract requires what would go: the message would be refused.</summary>
    public bool Breaks { get; init; }

    /// <summary>Every difference over one message; a message that is no JSON has none.</summary>
    public static IReadOnlyList<FieldDifference> Between(FieldList inForce, FieldList would, ReadOnlySpan<byte> json, RequiredFields? required = null)
    {
        var values = new List<SealedValue>();
        try
        {
            JsonLeaves.Add(values, json, JsonFieldFilter.MaxDepth);
        }
        catch (System.Text.Json.JsonException)
        {
            return [];
        }

        var names = values.Where(static value => !IsEmpty(value)).GroupBy(static value => JsonLeaves.WithoutPositions(value.Path), StringComparer.Ordinal).Select(static group => (group.Key, Count: group.Count())).ToList();
        var wrapped = HasWrapper(values.Select(static value => value.Path), inForce.Wrapper);
        var found = new Dictionary<(string, FieldAction, FieldAction, bool), int>();
        foreach (var (name, count) in names)
        {
            var now = inForce.ActionOf(name, wrapped, out var shownNow);
            var then = would.ActionOf(name, wrapped, out var shownThen);
            if (now != then)
            {
                // The list that knows the name says how it may be shown.
                var key = (now == FieldAction.Allow ? shownNow : shownThen, now, then, now == FieldAction.Allow && required?.Breaks(would, name, wrapped) == true);
                found[key] = found.GetValueOrDefault(key) + count;
            }
        }

        return [.. found.Select(static pair => new FieldDifference(pair.Key.Item1, pair.Key.Item2, pair.Key.Item3, pair.Value) { Breaks = pair.Key.Item4 })];
    }

    /// <summary>Whether a message has the element in which relative paths start, by its paths.</summary>
    public static bool HasWrapper(IEnumerable<string> paths, string wrapper) =>
        paths.Any(path => path.StartsWith(wrapper, StringComparison.Ordinal) && (path.Length == wrapper.Length || path[wrapper.Length] is '/' or '['));

    public override string ToString() => Breaks ? Phrases.Of("Exchange.MessageWouldRefused", Path, ExchangeCodes.RequiredFieldRemoved) : Would switch
    {
        FieldAction.Allow => Phrases.Of("Exchange.WouldPass", Path),
        FieldAction.Blank => Phrases.Of("Exchange.WouldBlanked", Path),
        FieldAction.Refuse => Phrases.Of("Exchange.WouldBeRefused", Path),
        _ => Phrases.Of("Exchange.WouldRemoved", Path),
    };

    // Nothing to hand over: an empty object or list stays as structure, like null.
    private static bool IsEmpty(SealedValue value) => value.Type == ValueType.Structure || value.Presence == ValuePresence.Null;
}

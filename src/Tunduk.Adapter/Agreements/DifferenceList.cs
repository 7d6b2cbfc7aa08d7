namespace Tunduk.Adapter.Agreements;

/// <summary>Collects the differences of two versions.</summary>
internal sealed class DifferenceList
{
    public List<AgreementDifference> Items { get; } = [];

    public void Add(DifferenceKind kind, string where, string text) => Items.Add(new AgreementDifference(kind, where, text));

    public void More(string where, string text) => Add(DifferenceKind.More, where, text);

    public void Less(string where, string text) => Add(DifferenceKind.Less, where, text);

    public void Other(string where, string text) => Add(DifferenceKind.Other, where, text);

    /// <summary>A set in which every member allows something.</summary>
    public void Set(string where, IEnumerable<string> old, IEnumerable<string> now, string noun)
    {
        string[] before = [.. old];
        string[] after = [.. now];
        string[] added = [.. after.Except(before, StringComparer.Ordinal)];
        string[] gone = [.. before.Except(after, StringComparer.Ordinal)];
        if (added.Length > 0)
        {
            More(where, Phrases.Of("Agreements.Added", noun, string.Join(", ", added)));
        }

        if (gone.Length > 0)
        {
            Less(where, Phrases.Of("Agreements.Gone", noun, string.Join(", ", gone)));
        }
    }

    /// <summary>A set of restrictions: empty means that everything is allowed.</summary>
    public void Restriction(string where, IReadOnlyCollection<string> old, IReadOnlyCollection<string> now, string noun)
    {
        if (old.Count == 0 && now.Count > 0)
        {
            Less(where, Phrases.Of("Agreements.OnlyBeforeNotRestricted", string.Join(", ", now), noun));
        }
        else if (old.Count > 0 && now.Count == 0)
        {
            More(where, Phrases.Of("Agreements.NoLongerRestrictedBefore", noun, string.Join(", ", old)));
        }
        else
        {
            Set(where, old, now, noun);
        }
    }

    /// <summary>An upper limit; null is none.</summary>
    public void Limit(string where, long? old, long? now)
    {
        if (old == now)
        {
            return;
        }

        string text = Phrases.Of("Agreements.Becomes", Say(old), Say(now));
        Add((now ?? long.MaxValue) > (old ?? long.MaxValue) ? DifferenceKind.More : DifferenceKind.Less, where, text);

        static string Say(long? limit) => limit is null ? Phrases.Of("Agreements.NoLimit") : limit.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Changed<T>(string where, T old, T now)
    {
        if (!EqualityComparer<T>.Default.Equals(old, now))
        {
            Other(where, Phrases.Of("Agreements.Becomes", Shown(old), Shown(now)));
        }
    }

    // As documents write it: dates as year-month-day, words as words.
    private static string Shown<T>(T value)
    {
        string? text = value switch
        {
            DateOnly day => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            Enum word => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(word.ToString()),
            bool yes => yes ? "yes" : "no",
            _ => value?.ToString(),
        };
        return text is { Length: > 0 } ? $"'{text}'" : "nothing";
    }
}

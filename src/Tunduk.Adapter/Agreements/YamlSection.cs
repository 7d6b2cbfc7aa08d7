using System.Globalization;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// One mapping of an agreement document while it is read: hands out typed values, reports every fault with its
/// place, and at the end the keys nobody asked for.
/// </summary>
internal sealed class YamlSection
{
    private readonly AgreementFaults faults;
    private readonly YamlNode node;
    private readonly string path;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public YamlSection(AgreementFaults faults, YamlNode node, string path)
    {
        this.faults = faults;
        this.node = node;
        this.path = path;
        if (node.Members is null)
        {
            faults.Add("wrong_kind", node, path, Phrases.Of("Agreements.ExpectedMappingFound", node.Kind), Phrases.Of("Agreements.WriteKeysValues"));
        }
    }

    public AgreementFaults Faults => faults;

    public YamlNode Node => node;

    public string PathOf(string name) => path.Length == 0 ? name : path + "." + name;

    /// <summary>The value of a key, or null where the key is absent.</summary>
    public YamlNode? Take(string name)
    {
        asked.Add(name);
        return node[name];
    }

    public YamlNode? Required(string name, string remedy)
    {
        YamlNode? value = Take(name);
        if (node.Members is not null && (value is null || value.IsNull))
        {
            faults.Add("missing_key", value ?? node, PathOf(name), Phrases.Of("Agreements.KeyMissing"), remedy);
            return null;
        }

        return value;
    }

    public string? Text(string name, int max = 500, bool lines = false)
    {
        YamlNode? value = Take(name);
        return value is null || value.IsNull ? null : TextOf(value, PathOf(name), max, lines);
    }

    public string? RequiredText(string name, string remedy, int max = 500)
    {
        YamlNode? value = Required(name, remedy);
        return value is null ? null : TextOf(value, PathOf(name), max);
    }

    /// <summary>One of a few words; the first pair is the default where the key is absent.</summary>
    public T Word<T>(string name, params ReadOnlySpan<(string Word, T Value)> words)
    {
        YamlNode? value = Take(name);
        return value is null ? words[0].Value : WordOf(value, PathOf(name), words);
    }

    /// <summary>As <see cref="Word"/>, but the key must be there.</summary>
    public T RequiredWord<T>(string name, params ReadOnlySpan<(string Word, T Value)> words)
    {
        YamlNode? value = Required(name, Phrases.Of("Agreements.Write", Names(words)));
        return value is null ? words[0].Value : WordOf(value, PathOf(name), words);
    }

    public int? Number(string name, int min, int max) => (int?)LongNumber(name, min, max);

    public long? LongNumber(string name, long min, long max)
    {
        string? text = Text(name, 20);
        if (text is null)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max)
        {
            return number;
        }

        faults.Add("wrong_number", node[name]!, PathOf(name), Phrases.Of("Agreements.NoWholeNumberFrom", Shorten(text), min, max), Phrases.Of("Agreements.WriteNumberDigits"));
        return null;
    }

    public DateOnly? Date(string name)
    {
        string? text = Text(name, 40);
        if (text is null)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            return date;
        }

        faults.Add("wrong_date", node[name]!, PathOf(name), Phrases.Of("Agreements.NoDate", Shorten(text)), Phrases.Of("Agreements.WriteYearMonthDay"));
        return null;
    }

    public bool YesNo(string name, bool otherwise = false) =>
        Take(name) is null ? otherwise : Word(name, ("false", false), ("true", true));

    /// <summary>A list; a single text stands for a list of one; <c>none</c> and nothing for an empty one.</summary>
    public IReadOnlyList<(YamlNode Node, string Path)> List(string name)
    {
        YamlNode? value = Take(name);
        string at = PathOf(name);
        if (value is null || value.IsNull || (value is { Text: "none" }))
        {
            return [];
        }

        if (value.Items is not null)
        {
            return [.. value.Items.Select((item, i) => (item, $"{at}[{i}]"))];
        }

        if (value.Text is not null)
        {
            return [(value, at)];
        }

        faults.Add("wrong_kind", value, at, Phrases.Of("Agreements.ExpectedListFound", value.Kind), Phrases.Of("Agreements.WriteListBItem"));
        return [];
    }

    public IReadOnlyList<string> Texts(string name, int max = 500) =>
        [.. List(name).Select(item => TextOf(item.Node, item.Path, max)).OfType<string>()];

    public YamlSection? Section(string name)
    {
        YamlNode? value = Take(name);
        return value is null || value.IsNull ? null : new YamlSection(faults, value, PathOf(name));
    }

    public IEnumerable<YamlSection> Sections(string name) =>
        List(name).Select(item => new YamlSection(faults, item.Node, item.Path));

    /// <summary>Reports the keys that nobody asked for; called once everything was read.</summary>
    public void End()
    {
        foreach (YamlMember member in node.Members ?? [])
        {
            if (asked.Contains(member.Name))
            {
                continue;
            }

            IReadOnlyList<string> near = NearestName.Of(member.Name, asked);
            faults.Add(
                "unknown_key",
                member.Line,
                member.Column,
                PathOf(Shorten(member.Name)),
                Phrases.Of("Agreements.NoSuchKeyHere"),
                near.Count > 0 ? Phrases.Of("Agreements.DidYouMean", string.Join(Phrases.Of("Agreements.Or"), near.Select(static n => $"'{n}'"))) : Phrases.Of("Agreements.KeysHere", string.Join(", ", asked.Order(StringComparer.Ordinal))));
        }
    }

    /// <summary>The text of a node; null with a fault where it is none.</summary>
    /// <param name="value">The node.</param>
    /// <param name="at">Its path.</param>
    /// <param name="max">Most characters.</param>
    /// <param name="lines">The text may have several lines; of one that is printed in Annex 1 a second line would be another statement.</param>
    /// <param name="isPath">A path of a field, whose own reader names what does not show.</param>
    public string? TextOf(YamlNode value, string at, int max = 500, bool lines = false, bool isPath = false)
    {
        if (value.Text is null || value.IsNull)
        {
            faults.Add("wrong_kind", value, at, Phrases.Of("Agreements.ExpectedTextFound", value.Kind), Phrases.Of("Agreements.WriteText"));
            return null;
        }

        if (value.Text.Length > max || value.Text.Any(c => !(lines && c is '\n') && (isPath ? char.IsControl(c) : IsInvisible(c))))
        {
            faults.Add("wrong_text", value, at, Phrases.Of("Agreements.TextCharactersDoesNot", value.Text.Length), Phrases.Of("Agreements.WriteMostPrintableCharacters", max, lines ? string.Empty : Phrases.Of("Agreements.Line")));
            return null;
        }

        if (string.IsNullOrWhiteSpace(value.Text))
        {
            faults.Add("wrong_text", value, at, Phrases.Of("Agreements.TextEmpty"), Phrases.Of("Agreements.WriteTextLeaveKey"));
            return null;
        }

        return value.Text;
    }

    private T WordOf<T>(YamlNode value, string at, ReadOnlySpan<(string Word, T Value)> words)
    {
        foreach ((string word, T result) in words)
        {
            if (value.Text == word)
            {
                return result;
            }
        }

        faults.Add("wrong_word", value, at, value.Text is null ? Phrases.Of("Agreements.ExpectedWordFound", value.Kind) : Phrases.Of("Agreements.NoneWordsMayStand", Shorten(value.Text)), Phrases.Of("Agreements.Write", Names(words)));
        return words[0].Value;
    }

    private static string Names<T>(ReadOnlySpan<(string Word, T Value)> words)
    {
        List<string> names = [];
        foreach ((string word, _) in words)
        {
            names.Add(word);
        }

        return string.Join(", ", names);
    }

    // What is signed is what is seen: U+202E and its like make a reader see another text than the one that is there.
    private static bool IsInvisible(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;

    internal static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

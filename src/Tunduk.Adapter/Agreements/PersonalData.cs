using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Recognises names of fields that hold personal data, by the dictionary <c>personal-data.json</c> beside this file
/// (Kyrgyz, Russian, English, transliterated). A help for whoever writes an agreement; it decides nothing.
/// </summary>
internal sealed class PersonalData
{
    private static readonly Lazy<PersonalData> BuiltIn = new(static () => Load(Assembly.GetExecutingAssembly().GetManifestResourceStream("Tunduk.Adapter.Agreements.personal-data.json")!));

    // A number is one value: what stands beside it in an element of its name is not the number.
    private static readonly HashSet<string> SingleValues = new(StringComparer.Ordinal) { "identifier", "taxpayer", "social-number", "money", "bank", "sex", "secret" };

    private readonly List<(string[] Words, bool Prefix, PersonalDataCategory Category)> entries = [];

    private PersonalData(IReadOnlyList<PersonalDataCategory> categories)
    {
        Categories = categories;
        foreach (PersonalDataCategory category in categories)
        {
            foreach (string word in category.Words)
            {
                string[] words = Words(word.TrimEnd('*'));
                if (words.Length > 0)
                {
                    entries.Add((words, word.EndsWith('*'), category));
                }
            }
        }

        // Longer entries say more: "pin pensioner" before "pin".
        entries.Sort(static (a, b) => b.Words.Length.CompareTo(a.Words.Length));
    }

    /// <summary>The dictionary that comes with the adapter.</summary>
    public static PersonalData Default => BuiltIn.Value;

    public IReadOnlyList<PersonalDataCategory> Categories { get; }

    /// <summary>Reads a dictionary.</summary>
    /// <exception cref="JsonException">The text is no dictionary.</exception>
    public static PersonalData Load(Stream json) =>
        new(JsonSerializer.Deserialize<Dictionary>(json, JsonSerializerOptions.Web)?.Categories ?? throw new JsonException(Phrases.Of("Agreements.DictionaryNoCategories")));

    /// <summary>The category of a field by its name, else by one of its titles, else by the element it stands in; null: none known.</summary>
    /// <param name="path">Path of the field; its last name counts, then the names above it.</param>
    /// <param name="title">The contract's title of the field, if there is one.</param>
    public PersonalDataCategory? Find(string path, string? title = null)
    {
        string[] names = path.Split('/');
        return Match(names[^1]) ?? (title is null ? null : Match(title)) ?? names[..^1].Reverse().Where(static n => n is not ("request" or "response")).Select(Match).FirstOrDefault(static c => c is not null && !SingleValues.Contains(c.Id));
    }

    /// <summary>The words of a name: cut at what is no letter and where small letters turn to capitals; digits are words.</summary>
    internal static string[] Words(string name)
    {
        List<string> words = [];
        StringBuilder word = new();
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            bool starts = i > 0 && ((char.IsUpper(c) && (char.IsLower(name[i - 1]) || (char.IsUpper(name[i - 1]) && i + 1 < name.Length && char.IsLower(name[i + 1])))) || char.IsDigit(c) != char.IsDigit(name[i - 1]));
            if (starts || !char.IsLetterOrDigit(c))
            {
                Take();
            }

            if (char.IsLetterOrDigit(c))
            {
                word.Append(char.ToLowerInvariant(c == 'ё' ? 'е' : c));
            }
        }

        Take();
        return [.. words];

        void Take()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }
    }

    private PersonalDataCategory? Match(string name)
    {
        string[] words = Words(name);
        string joined = string.Concat(words);
        foreach ((string[] wanted, bool prefix, PersonalDataCategory category) in entries)
        {
            for (int i = 0; i + wanted.Length <= words.Length; i++)
            {
                if (Same(words.AsSpan(i, wanted.Length), wanted, prefix))
                {
                    return category;
                }
            }

            // Names written without borders: dateofbirth, placeofbirth.
            if (wanted.Length > 1 && (prefix ? joined.StartsWith(string.Concat(wanted), StringComparison.Ordinal) : joined == string.Concat(wanted)))
            {
                return category;
            }
        }

        return null;
    }

    private static bool Same(ReadOnlySpan<string> words, string[] wanted, bool prefix)
    {
        for (int i = 0; i < wanted.Length; i++)
        {
            if (prefix && i == wanted.Length - 1 ? !words[i].StartsWith(wanted[i], StringComparison.Ordinal) : words[i] != wanted[i])
            {
                return false;
            }
        }

        return true;
    }

    private sealed record Dictionary(IReadOnlyList<PersonalDataCategory> Categories);
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// The path of a field as agreements write it: names separated by <c>/</c>, <c>*</c> for any one name,
/// <c>**</c> at the end for everything below (and the field itself), <c>@name</c> at the end for an attribute.
/// Names are compared exactly (ordinal, case-sensitive, no Unicode normalisation). A leading <c>/</c> makes the
/// path start at the content of the operation element instead of its <c>request</c> or <c>response</c>.
/// LIMIT: a JSON member whose name contains <c>/</c> cannot be listed, so it never passes except below <c>**</c>.
/// </summary>
internal readonly record struct FieldPath
{
    /// <summary>Longest path in names; deeper messages can only be reached by <c>**</c>.</summary>
    public const int MaxNames = 32;

    /// <summary>Longest path in characters.</summary>
    public const int MaxLength = 512;

    private readonly string? text;

    private FieldPath(string text) => this.text = text;

    /// <summary>The path as written.</summary>
    public string Text => text ?? string.Empty;

    public bool IsAbsolute => Text.StartsWith('/');

    /// <summary>The path ends in <c>**</c>.</summary>
    public bool IsSubtree => Text.EndsWith("/**", StringComparison.Ordinal) || Text == "**";

    /// <summary>The names without the leading slash.</summary>
    public IReadOnlyList<string> Names => text is null ? [] : text.TrimStart('/').Split('/');

    public static FieldPath Parse(string text) =>
        TryParse(text, out FieldPath path, out string? fault) ? path : throw new FormatException(fault);

    public static bool TryParse(string? text, out FieldPath path) => TryParse(text, out path, out _);

    /// <summary>Reads a path; <paramref name="fault"/> says in one sentence what is wrong with it.</summary>
    public static bool TryParse(string? text, out FieldPath path, [NotNullWhen(false)] out string? fault)
    {
        path = default;
        fault = Check(text);
        if (fault is not null)
        {
            return false;
        }

        path = new FieldPath(text!);
        return true;
    }

    public override string ToString() => Text;

    private static string? Check(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return Phrases.Of("Filtering.FieldPathEmpty");
        }

        if (text.Length > MaxLength)
        {
            return Phrases.Of("Filtering.FieldPathLongerThan", MaxLength);
        }

        string[] names = (text[0] == '/' ? text[1..] : text).Split('/');
        if (names.Length > MaxNames)
        {
            return Phrases.Of("Filtering.FieldPathMoreThan", MaxNames);
        }

        for (int i = 0; i < names.Length; i++)
        {
            string? fault = CheckName(names[i], last: i == names.Length - 1);
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    private static string? CheckName(string name, bool last)
    {
        if (name.Length == 0)
        {
            return Phrases.Of("Filtering.FieldPathEmptyName");
        }

        if (name == "**")
        {
            return last ? null : Phrases.Of("Filtering.StandsOnlyEndField");
        }

        if (name == "*")
        {
            return null;
        }

        if (name[0] == '@')
        {
            if (!last)
            {
                return Phrases.Of("Filtering.AttributeStandsOnlyEnd");
            }

            name = name[1..];
            if (name.Length == 0)
            {
                return Phrases.Of("Filtering.NeedsNameAttribute");
            }

            if (name == "*")
            {
                return null;
            }
        }

        if (name.Contains('*', StringComparison.Ordinal))
        {
            return Phrases.Of("Filtering.StandsAloneNamePattern");
        }

        if (name is "." or "..")
        {
            return Phrases.Of("Filtering.NoMeaningFieldPath");
        }

        foreach (char c in name)
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return Phrases.Of("Filtering.FieldPathInvisibleCharacter");
            }
        }

        return char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]) ? Phrases.Of("Filtering.NameFieldPathBegins") : null;
    }
}

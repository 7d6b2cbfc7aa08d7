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
            return "a field path is empty";
        }

        if (text.Length > MaxLength)
        {
            return $"a field path is longer than {MaxLength} characters";
        }

        string[] names = (text[0] == '/' ? text[1..] : text).Split('/');
        if (names.Length > MaxNames)
        {
            return $"a field path has more than {MaxNames} names";
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
            return "a field path has an empty name (two slashes, or one at the end)";
        }

        if (name == "**")
        {
            return last ? null : "'**' stands only at the end of a field path";
        }

        if (name == "*")
        {
            return null;
        }

        if (name[0] == '@')
        {
            if (!last)
            {
                return "an attribute stands only at the end of a field path";
            }

            name = name[1..];
            if (name.Length == 0)
            {
                return "'@' needs the name of an attribute";
            }

            if (name == "*")
            {
                return null;
            }
        }

        if (name.Contains('*', StringComparison.Ordinal))
        {
            return "'*' stands alone for one name; a pattern inside a name is not supported";
        }

        if (name is "." or "..")
        {
            return "'.' and '..' have no meaning in a field path";
        }

        foreach (char c in name)
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                return "a field path has an invisible character";
            }
        }

        return char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]) ? "a name in a field path begins or ends with a space" : null;
    }
}

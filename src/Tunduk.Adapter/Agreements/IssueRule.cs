namespace Tunduk.Adapter.Agreements;

/// <summary>The rules on what a caller says about itself: the basis of the request and who asks.</summary>
internal static class IssueRule
{
    private static readonly HashSet<string> Placeholders = new(StringComparer.OrdinalIgnoreCase)
    {
        "test", "тест", "string", "null", "none", "nil", "undefined", "n/a", "na", "unknown", "issue", "userid", "user", "id", "todo",
        "asd", "asdf", "asdasd", "qwe", "qwerty", "xxx", "abc", "foo", "bar", "default", "empty", "example", "жок", "нет", "xroad", "x-road",
    };

    /// <summary>
    /// Something typed to fill a mandatory header: empty, punctuation, one character repeated, up to three digits
    /// that only count (<c>1</c>, <c>123</c>), or a known filler word. Such requests cannot be explained later.
    /// </summary>
    public static bool IsPlaceholder(string? value)
    {
        string text = value?.Trim() ?? string.Empty;
        if (text.Length == 0 || !text.Any(char.IsLetterOrDigit) || Placeholders.Contains(text.Trim('<', '>', '"', '\'', '[', ']', '{', '}', '(', ')', '?')))
        {
            return true;
        }

        return text.Distinct().Count() == 1 || "0123456789".Contains(text, StringComparison.Ordinal);
    }

    /// <summary>
    /// The issue names the purpose: it is the purpose, or goes on after it with something that is no letter or
    /// digit, so that <c>loan</c> does not open for <c>loansharks</c>.
    /// </summary>
    public static bool BeginsWith(string issue, string purpose) =>
        issue.StartsWith(purpose, StringComparison.Ordinal)
        && (issue.Length == purpose.Length || !char.IsLetterOrDigit(issue[purpose.Length]) || !char.IsLetterOrDigit(purpose[^1]));
}

namespace Tunduk.Adapter.Agreements;

/// <summary>The rules on what a caller says about itself: the basis of the request and who asks.</summary>
internal static class IssueRule
{
    private static readonly HashSet<string> Placeholders = new(StringComparer.OrdinalIgnoreCase)
    {
        "test", "тест", "string", "null", "none", "nil", "undefined", "n/a", "na", "unknown", "issue", "userid", "user", "id", "todo",
        "asd", "asdf", "asdasd", "qwe", "qwerty", "xxx", "abc", "foo", "bar", "default", "empty", "example", "жок", "нет", "xroad", "x-road",
        "admin", "administrator", "админ", "администратор", "root", "guest", "anonymous", "system", "service", "client", "username", "login",
        "operator", "user1", "test1", "testuser", "demo", "dummy", "sample", "temp", "tmp", "blank", "any", "some", "something", "whatever",
        "колдонуучу", "пользователь", "баары", "сыноо", "основание", "негиз", "reason", "basis", "purpose", "request", "запрос", "суроо",
    };

    private const string Counting = "012345678901234567890";
    private const string CountingDown = "098765432109876543210";

    /// <summary>
    /// Something typed to fill a mandatory header: empty, punctuation, one character repeated, digits that only count
    /// up or down (<c>1</c>, <c>123</c>, <c>1234567890</c>), a text repeated (<c>asdasd</c>, <c>1212</c>), or a known
    /// filler word. Such requests cannot be explained later.
    /// </summary>
    public static bool IsPlaceholder(string? value)
    {
        string text = value?.Trim() ?? string.Empty;
        if (text.Length == 0 || !text.Any(char.IsLetterOrDigit) || Placeholders.Contains(text.Trim('<', '>', '"', '\'', '[', ']', '{', '}', '(', ')', '?')))
        {
            return true;
        }

        return text.AsSpan().IndexOfAnyExcept(text[0]) < 0 || Counting.Contains(text, StringComparison.Ordinal) || CountingDown.Contains(text, StringComparison.Ordinal) || RepeatsItself(text);
    }

    /// <summary>
    /// The issue names the purpose: it is the purpose, or goes on after it with something that is no letter or
    /// digit, so that <c>loan</c> does not open for <c>loansharks</c>.
    /// </summary>
    public static bool BeginsWith(string issue, string purpose) =>
        issue.StartsWith(purpose, StringComparison.Ordinal)
        && (issue.Length == purpose.Length || !char.IsLetterOrDigit(issue[purpose.Length]) || !char.IsLetterOrDigit(purpose[^1]));

    /// <summary>The whole text is one beginning of up to four characters, over and over.</summary>
    private static bool RepeatsItself(string text)
    {
        for (int length = 1; length <= Math.Min(4, text.Length / 2); length++)
        {
            if (text.Length % length == 0 && text.AsSpan(length).SequenceEqual(text.AsSpan(0, text.Length - length)))
            {
                return true;
            }
        }

        return false;
    }
}

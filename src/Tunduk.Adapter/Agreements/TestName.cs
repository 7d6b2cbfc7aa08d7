namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Recognises the test twins that live in the production instance (<c>testBankPinService</c>, <c>carCheckPaidTest</c>,
/// <c>FindRooByInnAndNumberTest</c>, <c>mytest</c>, <c>testing</c>): a word of the name that begins or ends with <c>test</c>,
/// unless it is an English word that does so for another reason, or a word that says the same.
/// </summary>
internal static class TestName
{
    private static readonly HashSet<string> Others = new(StringComparer.OrdinalIgnoreCase) { "tst", "demo", "uat", "dummy", "mock", "тест", "тестовый", "сыноо" };

    private static readonly string[] Beginnings = ["testam", "testat", "testif", "testim", "testac"];

    private static readonly HashSet<string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        "attest", "contest", "detest", "protest", "latest", "greatest", "fastest", "shortest", "lightest", "brightest", "smartest", "strictest", "softest", "neatest", "sweetest", "quietest", "tightest",
    };

    public static bool Matches(string name) => Words(name).Any(IsTest);

    private static bool IsTest(string word) =>
        Others.Contains(word)
        || (word.StartsWith("test", StringComparison.OrdinalIgnoreCase) && !Array.Exists(Beginnings, b => word.StartsWith(b, StringComparison.OrdinalIgnoreCase)))
        || (word.EndsWith("test", StringComparison.OrdinalIgnoreCase) && !Endings.Contains(word));

    // getPersonTest → get, Person, Test; TESTService → TEST, Service; my_test2 → my, test, 2.
    private static IEnumerable<string> Words(string name)
    {
        int start = 0;
        for (int i = 1; i <= name.Length; i++)
        {
            if (i < name.Length
                && char.IsLetter(name[i]) == char.IsLetter(name[i - 1])
                && !(char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsUpper(name[i - 1]) && char.IsLower(name[i + 1])))))
            {
                continue;
            }

            yield return name[start..i];
            start = i;
        }
    }
}

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Recognises the test twins that live in the production instance (<c>testBankPinService</c>, <c>carCheckPaidTest</c>,
/// <c>FindRooByInnAndNumberTest</c>): the word <c>test</c> at a word border of the code.
/// </summary>
internal static class TestName
{
    public static bool Matches(string code)
    {
        for (int i = code.IndexOf("test", StringComparison.OrdinalIgnoreCase); i >= 0; i = code.IndexOf("test", i + 1, StringComparison.OrdinalIgnoreCase))
        {
            int end = i + 4;
            bool starts = i == 0 || !char.IsLetter(code[i - 1]) || (char.IsUpper(code[i]) && char.IsLower(code[i - 1]));
            bool ends = end == code.Length || !char.IsLower(code[end]) || char.IsUpper(code[i + 1]);
            if (starts && ends)
            {
                return true;
            }
        }

        return false;
    }
}

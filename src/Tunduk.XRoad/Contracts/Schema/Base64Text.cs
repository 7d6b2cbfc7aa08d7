namespace Tunduk.XRoad.Contracts.Schema;

/// <summary>Lexical form of <c>xs:base64Binary</c> (XSD 1.0 part 2, §3.2.16): quartets, spaces allowed between characters.</summary>
internal static class Base64Text
{
    private static readonly System.Buffers.SearchValues<char> Alphabet =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    public static bool IsValid(ReadOnlySpan<char> text)
    {
        var state = default(Base64Checker);
        return state.Add(text) && state.IsComplete;
    }

    /// <summary>Checks base64 that arrives in pieces.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    internal struct Base64Checker
    {
        private int digits;
        private int padding;
        private char last;

        // What the last character holds beyond the last byte is zero (§3.2.16): there is one form of each value.
        public readonly bool IsComplete => (digits + padding) % 4 == 0 && padding switch
        {
            0 => true,
            1 => digits % 4 != 1 && "AEIMQUYcgkosw048".Contains(last),
            2 => digits % 4 != 1 && "AQgw".Contains(last),
            _ => false,
        };

        public bool Add(ReadOnlySpan<char> text)
        {
            while (text.Length > 0)
            {
                var run = text.IndexOfAnyExcept(Alphabet);
                if (run < 0)
                {
                    run = text.Length;
                }

                if (run > 0 && padding > 0)
                {
                    return false;
                }

                last = run > 0 ? text[run - 1] : last;
                digits = (digits + run) & 3;
                text = text[run..];
                if (text.Length == 0)
                {
                    return true;
                }

                if (text[0] == '=')
                {
                    padding++;
                }
                else if (text[0] is not (' ' or '\t' or '\r' or '\n'))
                {
                    return false;
                }

                text = text[1..];
            }

            return padding <= 2;
        }
    }
}

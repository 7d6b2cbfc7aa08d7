using System.Globalization;

namespace Tunduk.Archive;

/// <summary>
/// Where the next page begins. It holds a position only; whoever hands it to a caller encrypts it and binds it to caller and grant.
/// </summary>
/// <param name="Time">Time of the last entry of the page before, where the store orders by time; else 0.</param>
/// <param name="Position">Position of that entry.</param>
public readonly record struct PageToken(long Time, long Position)
{
    public static bool TryParse(ReadOnlySpan<char> text, out PageToken token)
    {
        int dash = text.IndexOf('-');
        token = default;
        if (dash is < 1 or > 16 || text.Length - dash - 1 > 16
            || !long.TryParse(text[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long time)
            || !long.TryParse(text[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long position)
            || time < 0 || position < 0)
        {
            return false;
        }

        token = new PageToken(time, position);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time:x}-{Position:x}");
}

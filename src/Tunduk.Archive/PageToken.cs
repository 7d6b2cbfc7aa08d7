using System.Globalization;

namespace Tunduk.Archive;

/// <summary>
/// Where the next page begins. It holds a position only; whoever hands it to a caller encrypts it and binds it to caller and grant.
/// </summary>
public readonly record struct PageToken(long Position)
{
    public static bool TryParse(ReadOnlySpan<char> text, out PageToken token)
    {
        bool ok = long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long position) && position >= 0 && text.Length <= 16;
        token = ok ? new PageToken(position) : default;
        return ok;
    }

    public override string ToString() => Position.ToString("x", CultureInfo.InvariantCulture);
}

using System.Buffers;

namespace Tunduk.Adapter.Filtering;

/// <summary>
/// Knows names of fields that carry credentials (<c>clientid</c>, <c>secret</c>, <c>apiKey</c>, tokens). They are never
/// shown, logged or indexed, even where an agreement lets them pass.
/// </summary>
internal static class SecretNames
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "***";

    private static readonly SearchValues<string> Anywhere = SearchValues.Create(
    [
        "secret", "password", "passwd", "passphrase", "apikey", "accesskey", "privatekey", "credential", "accesstoken",
        "refreshtoken", "authtoken", "bearer", "clientid", "пароль", "секрет", "сырсөз", "купуясөз",
    ],
        StringComparison.Ordinal);

    private static readonly HashSet<string> Whole = new(StringComparer.Ordinal)
    {
        "token", "pwd", "pass", "auth", "authorization", "cookie", "setcookie", "otp", "cvv", "cvv2", "cvc", "cvc2", "sessionid", "jwt", "idtoken", "csrftoken",
    };

    /// <summary>Whether a field, header or query parameter of this name holds a secret; separators and case do not matter.</summary>
    public static bool IsSecret(ReadOnlySpan<char> name)
    {
        Span<char> letters = name.Length <= 128 ? stackalloc char[name.Length] : new char[name.Length];
        int count = 0;
        foreach (char c in name)
        {
            if (char.IsLetterOrDigit(c))
            {
                letters[count++] = char.ToLowerInvariant(c);
            }
        }

        ReadOnlySpan<char> plain = letters[..count];
        return Whole.GetAlternateLookup<ReadOnlySpan<char>>().Contains(plain) || plain.EndsWith("token") || plain.EndsWith("tokens") || plain.ContainsAny(Anywhere);
    }

    /// <summary>Whether a name anywhere in a path, with or without positions, is that of a secret: what stands below it is the secret's.</summary>
    public static bool IsSecretPath(ReadOnlySpan<char> path)
    {
        foreach (Range range in path.Split('/'))
        {
            ReadOnlySpan<char> name = path[range];
            int end = name.IndexOf('[');
            if (IsSecret(end < 0 ? name : name[..end]))
            {
                return true;
            }
        }

        return false;
    }
}

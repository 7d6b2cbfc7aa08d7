using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Adapter.Keys;

/// <summary>
/// PINs that a token refused, as keyed digests: none of them is tried twice by this process. Several keys of one token share its
/// PIN, a session that ended is begun anew, and settings are read again whenever a file changes; each try counts, and the last one
/// blocks the token.
/// </summary>
internal static class RefusedPins
{
    private static readonly Lock Gate = new();
    private static readonly byte[] Mark = RandomNumberGenerator.GetBytes(32);
    private static readonly HashSet<string> Refused = new(StringComparer.Ordinal);

    /// <summary>The fault of a PIN that was refused; null where it may be tried.</summary>
    public static KeyFault? Find(TokenUri uri, string pin)
    {
        lock (Gate)
        {
            return !Refused.Contains(Of(uri, pin)) ? null : new KeyFault(
                KeyFaultCode.PinWrong,
                Phrases.Of("Keys.TokenRefusedPinBefore"),
                Phrases.Of("Keys.CorrectConfiguredPinIf"));
        }
    }

    /// <summary>Notes a PIN that a token refused.</summary>
    public static void Add(TokenUri uri, string pin)
    {
        lock (Gate)
        {
            Refused.Add(Of(uri, pin));
        }
    }

    private static string Of(TokenUri uri, string pin) => $"{uri.Token}/{uri.Serial}/{Convert.ToHexString(HMACSHA256.HashData(Mark, Encoding.UTF8.GetBytes(pin)))}";
}

namespace Tunduk.Archive;

/// <summary>
/// A key that never leaves a token and opens the master key: its file then holds the key only as the token wrapped it
/// (<c>tunduk-master/1 rsa-oaep-sha256 BASE64</c>), and is worth nothing without the token.
/// </summary>
/// <param name="Name">The token's key as reports show it.</param>
/// <param name="Wrap">Encrypts a new master key; by the public key, so the token is not asked.</param>
/// <param name="Unwrap">Has the token decrypt it. Throws <see cref="System.Security.Cryptography.CryptographicException"/> where it cannot.</param>
public sealed record MasterKeyToken(string Name, Func<byte[], byte[]> Wrap, Func<byte[], byte[]> Unwrap);

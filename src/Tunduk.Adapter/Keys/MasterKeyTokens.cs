using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tunduk.Adapter.Configuration;
using Tunduk.Archive;

namespace Tunduk.Adapter.Keys;

/// <summary>Opens the key in a token that wraps the archive's master key (RSA-OAEP with SHA-256).</summary>
/// <remarks>
/// LIMIT: OpenSSL's engine has the token do the RSA operation (CKM_RSA_X_509 or CKM_RSA_PKCS_OAEP) and takes the padding off itself where the
/// token cannot: a token that permits neither to a key that may decrypt does not open a master key.
/// </remarks>
internal static class MasterKeyTokens
{
    private const int LeastBits = 2048;

    /// <summary>Longest time of one decryption.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Opens the token's key; the key stays open as long as the process.</summary>
    public static bool TryOpen(MasterKeyTokenOptions options, Func<string, string> resolve, [NotNullWhen(true)] out MasterKeyToken? token, [NotNullWhen(false)] out KeyFault? fault)
    {
        token = null;
        if (!OperatingSystem.IsLinux())
        {
            fault = new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Keys.TokensSupportedLinuxOnly"), Phrases.Of("Keys.RunAdapterLinux"));
            return false;
        }

        if (!SecretFile.TryReadLine(options.PasswordFile is { } file ? resolve(file) : null, options.PasswordVariable, out var pin, out fault)
            || !TokenUri.TryParse(options.Key, out var uri, out fault)
            || !TokenSession.TryOpen(uri, options.Module, pin, Limit, TimeProvider.System, out var key, out fault))
        {
            return false;
        }

        if (key is not RSA rsa || rsa.KeySize < LeastBits)
        {
            key.Dispose();
            fault = new KeyFault(KeyFaultCode.KeyFamily, Phrases.Of("Keys.KeyNotRsaBits", uri, LeastBits), Phrases.Of("Keys.MakeMayDecryptPkcs11"));
            return false;
        }

        fault = null;
        token = new MasterKeyToken(uri.Text, plain => rsa.Encrypt(plain, RSAEncryptionPadding.OaepSHA256), wrapped =>
        {
            try
            {
                return rsa.Decrypt(wrapped, RSAEncryptionPadding.OaepSHA256);
            }
            finally
            {
                // Asked for at a start, and hardly ever again: the token is not kept logged in meanwhile.
                (rsa as ITokenBacked)?.Session.Rest();
            }
        });
        return true;
    }
}

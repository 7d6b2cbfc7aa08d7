using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Adapter.Keys;

/// <summary>Opens a private key in a PKCS#11 token through OpenSSL's engine <c>pkcs11</c> (package libengine-pkcs11-openssl).</summary>
/// <remarks>
/// LIMIT: OpenSSL engines are deprecated, Linux only, and one PKCS#11 library serves the whole process. The PIN never stands
/// in the engine's URI, which it prints when a key is not found: it reads the PIN from a file that is gone a moment later.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static class TokenKey
{
    private const string ModuleVariable = "PKCS11_MODULE_PATH";
    private static readonly Lock Gate = new();
    private static readonly byte[] Mark = RandomNumberGenerator.GetBytes(32);

    /// <summary>PINs that a token refused, as keyed digests: none of them is tried twice, for each try counts and the last one blocks the token.</summary>
    private static readonly HashSet<string> RefusedPins = new(StringComparer.Ordinal);
    private static string? module;

    private delegate int SetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    /// <summary>Opens the key. A missing PIN, token or key is found before the engine is called, so that it never asks a terminal.</summary>
    public static bool TryOpen(TokenUri uri, string library, string? pin, [NotNullWhen(true)] out AsymmetricAlgorithm? key, [NotNullWhen(false)] out KeyFault? fault)
    {
        key = null;
        lock (Gate)
        {
            if (!TryUse(library, out var tokens, out fault))
            {
                return false;
            }

            if (string.IsNullOrEmpty(pin))
            {
                fault = NoPin;
                return false;
            }

            fault = Try(uri, pin, () => tokens.Check(uri, pin));
            return fault is null && TryLoad(uri, pin, out key, out fault);
        }
    }

    /// <summary>Makes a key pair in a token.</summary>
    /// <param name="uri">Token and name of the new key.</param>
    /// <param name="library">PKCS#11 library.</param>
    /// <param name="pin">PIN.</param>
    /// <param name="rsaBits">Bits of an RSA key; 0 for a curve.</param>
    /// <param name="curve">DER of the curve's object identifier; empty for RSA.</param>
    public static KeyFault? Generate(TokenUri uri, string library, string? pin, int rsaBits, byte[] curve)
    {
        lock (Gate)
        {
            return !TryUse(library, out var tokens, out var fault) ? fault
                : string.IsNullOrEmpty(pin) ? NoPin
                : Try(uri, pin, () => tokens.Generate(uri, pin, rsaBits, curve));
        }
    }

    /// <summary>Several keys of one token share its PIN, and settings are read again whenever a file changes: a wrong PIN is tried once all the same.</summary>
    private static KeyFault? Try(TokenUri uri, string pin, Func<KeyFault?> attempt)
    {
        var tried = $"{uri.Token}/{uri.Serial}/{Convert.ToHexString(HMACSHA256.HashData(Mark, Encoding.UTF8.GetBytes(pin)))}";
        if (RefusedPins.Contains(tried))
        {
            return new KeyFault(
                KeyFaultCode.PinWrong,
                "the token refused this PIN before, and it is not tried again",
                "Correct the configured PIN. If it is the token's that was changed, restart the adapter: it then tries once more.");
        }

        var fault = attempt();
        if (fault?.Code == KeyFaultCode.PinWrong)
        {
            RefusedPins.Add(tried);
        }

        return fault;
    }

    private static KeyFault NoPin => new(KeyFaultCode.PinMissing, "no PIN of the token is configured", "Name PasswordFile (its first line is the PIN, chmod 600) or PasswordVariable (an environment variable that is set).");

    private static bool TryUse(string library, [NotNullWhen(true)] out TokenModule? tokens, [NotNullWhen(false)] out KeyFault? fault)
    {
        tokens = null;
        if (module is not null && module != library)
        {
            fault = new KeyFault(KeyFaultCode.TokenModule, $"this process uses the PKCS#11 library {module} already", "All tokens of one adapter go through one library; p11-kit-proxy.so joins several.");
            return false;
        }

        if (!TokenModule.TryLoad(library, out tokens, out fault))
        {
            return false;
        }

        // The engine reads the library's path from the C environment, which .NET's own variables do not reach.
        var libc = NativeLibrary.Load("libc.so.6");
        Marshal.GetDelegateForFunctionPointer<SetEnvironment>(NativeLibrary.GetExport(libc, "setenv"))(ModuleVariable, library, 1);
        module = library;
        return true;
    }

    private static bool TryLoad(TokenUri uri, string pin, [NotNullWhen(true)] out AsymmetricAlgorithm? key, [NotNullWhen(false)] out KeyFault? fault)
    {
        key = null;
        var folder = Directory.CreateTempSubdirectory("tunduk-pin-").FullName; // mode 0700
        try
        {
            var file = Path.Combine(folder, "pin");
            using (var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                stream.Write(Encoding.UTF8.GetBytes(pin));
            }

            using var handle = SafeEvpPKeyHandle.OpenPrivateKeyFromEngine("pkcs11", uri.WithPin(file));
            key = Wrap(handle);
            fault = key is null ? new KeyFault(KeyFaultCode.KeyFamily, $"the key {uri} is neither RSA nor EC", "Make a key of RSA, P-256 or P-384.") : null;
            return fault is null;
        }
        catch (CryptographicException exception)
        {
            fault = new KeyFault(KeyFaultCode.TokenFailed, $"OpenSSL's engine pkcs11 could not open the key ({exception.HResult:X8})", "Install libengine-pkcs11-openssl; openssl engine -t pkcs11 must say available.");
            return false;
        }
        catch (PlatformNotSupportedException)
        {
            fault = new KeyFault(KeyFaultCode.TokenFailed, "this build of OpenSSL has no engines", "Use an OpenSSL 3 with engines (Debian, Ubuntu, Red Hat 9).");
            return false;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static AsymmetricAlgorithm? Wrap(SafeEvpPKeyHandle handle)
    {
        try
        {
            return new RSAOpenSsl(handle);
        }
        catch (CryptographicException)
        {
            // Not RSA: an elliptic curve is tried next.
        }

        try
        {
            return new ECDsaOpenSsl(handle);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

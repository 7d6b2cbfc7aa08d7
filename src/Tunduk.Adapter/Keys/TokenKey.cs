using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace Tunduk.Adapter.Keys;

/// <summary>Opens a private key in a PKCS#11 token through OpenSSL's engine <c>pkcs11</c> (package libengine-pkcs11-openssl).</summary>
/// <remarks>
/// LIMIT: OpenSSL engines are deprecated and Linux only. One PKCS#11 library serves a process, so this runs in a helper of its own
/// for each key (<see cref="TokenHelper"/>). The PIN never stands in the engine's URI, which it prints when a key is not found: it
/// reads the PIN from a file that is gone a moment later.
/// </remarks>
[SupportedOSPlatform("linux")]
internal static class TokenKey
{
    private const string ModuleVariable = "PKCS11_MODULE_PATH";

    private delegate int SetEnvironment([MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

    /// <summary>Opens the key. A missing token or key is found before the engine is called, so that it never asks a terminal.</summary>
    public static bool TryOpen(TokenUri uri, string library, string pin, [NotNullWhen(true)] out AsymmetricAlgorithm? key, [NotNullWhen(false)] out KeyFault? fault)
    {
        key = null;
        if (!TryUse(library, out var tokens, out fault))
        {
            return false;
        }

        fault = tokens.Check(uri, pin);
        return fault is null && TryLoad(uri, pin, out key, out fault);
    }

    /// <summary>Makes a key pair in a token.</summary>
    /// <param name="uri">Token and name of the new key.</param>
    /// <param name="library">PKCS#11 library.</param>
    /// <param name="pin">PIN.</param>
    /// <param name="rsaBits">Bits of an RSA key; 0 for a curve.</param>
    /// <param name="curve">DER of the curve's object identifier; empty for RSA.</param>
    public static KeyFault? Generate(TokenUri uri, string library, string pin, int rsaBits, byte[] curve) =>
        TryUse(library, out var tokens, out var fault) ? tokens.Generate(uri, pin, rsaBits, curve) : fault;

    private static bool TryUse(string library, [NotNullWhen(true)] out TokenModule? tokens, [NotNullWhen(false)] out KeyFault? fault)
    {
        if (!TokenModule.TryLoad(library, out tokens, out fault))
        {
            return false;
        }

        // The engine reads the library's path from the C environment, which .NET's own variables do not reach.
        var libc = NativeLibrary.Load("libc.so.6");
        Marshal.GetDelegateForFunctionPointer<SetEnvironment>(NativeLibrary.GetExport(libc, "setenv"))(ModuleVariable, library, 1);
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
            fault = key is null ? new KeyFault(KeyFaultCode.KeyFamily, Phrases.Of("Keys.KeyNeitherRsaNorEc", uri), Phrases.Of("Keys.MakeKeyRsaP")) : null;
            return fault is null;
        }
        catch (CryptographicException exception)
        {
            fault = new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Keys.OpenSSLEnginePkcs11Could", exception.HResult), Phrases.Of("Keys.InstallLibenginePkcs11Openssl"));
            return false;
        }
        catch (PlatformNotSupportedException)
        {
            fault = new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Keys.BuildOpenSSLNoEngines"), Phrases.Of("Keys.UseOpenSSL3Engines"));
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

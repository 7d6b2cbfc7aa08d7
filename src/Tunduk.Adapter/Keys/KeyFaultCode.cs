namespace Tunduk.Adapter.Keys;

/// <summary>What can be wrong with a key's file or token. The list is closed.</summary>
internal enum KeyFaultCode
{
    /// <summary>There is no such file, or it cannot be opened.</summary>
    FileMissing,

    /// <summary>Others than the file's owner can read or write it.</summary>
    FileReadableByOthers,

    /// <summary>The file is larger than any key, or empty.</summary>
    FileSize,

    /// <summary>The file is of a kind that holds no key or no certificate.</summary>
    FileKind,

    /// <summary>The key is encrypted and no password is configured.</summary>
    PasswordMissing,

    /// <summary>The password is wrong.</summary>
    PasswordWrong,

    /// <summary>PKCS#12 encrypted by RC4, which OpenSSL 3 no longer reads.</summary>
    Pkcs12Rc4,

    /// <summary>PKCS#12 without a private key, or with several.</summary>
    Pkcs12Keys,

    /// <summary>PKCS#12 that asks for more password hashing than is reasonable.</summary>
    Pkcs12Iterations,

    /// <summary>Neither RSA nor ECDSA.</summary>
    KeyFamily,

    /// <summary>RSA of fewer than 2048 bits or with a small exponent, or a curve other than P-256 and P-384.</summary>
    KeyWeak,

    /// <summary>The certificate's key usage allows no signatures.</summary>
    CertificateUsage,

    /// <summary>The certificate has a critical extension that nobody here knows.</summary>
    CertificateExtension,

    /// <summary>Key and certificate do not belong together.</summary>
    KeyPair,

    /// <summary>The file is damaged.</summary>
    Damaged,

    /// <summary>The PKCS#11 URI is not one, or lacks token or object.</summary>
    TokenUri,

    /// <summary>The PKCS#11 library is missing, or another one is in use by this process.</summary>
    TokenModule,

    /// <summary>No such token is plugged in.</summary>
    TokenMissing,

    /// <summary>The token has no key of that name, or several.</summary>
    TokenObject,

    /// <summary>No PIN is configured.</summary>
    PinMissing,

    /// <summary>The PIN is wrong.</summary>
    PinWrong,

    /// <summary>The token has blocked the PIN, or one try is left, which is not spent.</summary>
    PinBlocked,

    /// <summary>The token failed otherwise.</summary>
    TokenFailed,
}

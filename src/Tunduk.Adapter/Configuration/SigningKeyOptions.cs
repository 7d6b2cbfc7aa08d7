namespace Tunduk.Adapter.Configuration;

/// <summary>An IS signing key. Files with keys and passwords must be readable by their owner only, or the start stops.</summary>
public sealed class SigningKeyOptions
{
    /// <summary>PEM or DER file of the IS signing certificate, or a PKCS#12 file holding certificate and key. No default.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>
    /// Private key: a PEM file (PKCS#8, PKCS#1 or SEC 1), or a key in a token as a PKCS#11 URI (RFC 7512), for example
    /// <c>pkcs11:token=is;object=signing</c>. Not used with PKCS#12.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>File whose first line is the password of the key or of the PKCS#12 file, or the token's PIN.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Name of an environment variable with that password or PIN, where there is no file.</summary>
    public string? PasswordVariable { get; set; }

    /// <summary>Tokens: the PKCS#11 library of the token's maker, for example <c>/usr/lib/softhsm/libsofthsm2.so</c>. Each key has a helper process with its own.</summary>
    public string? Module { get; set; }

    /// <summary>
    /// Signature algorithm: <c>rsa-sha256</c> (default for RSA), <c>rsa-sha384</c>, <c>rsa-sha512</c>, <c>rsa-pss-sha256</c>,
    /// <c>rsa-pss-sha384</c>, <c>rsa-pss-sha512</c>, <c>ecdsa-sha256</c> (default for P-256), <c>ecdsa-sha384</c> (default for P-384).
    /// </summary>
    public string? Algorithm { get; set; }

    /// <summary>First moment of use, for a change of keys at an agreed time. Default: the certificate's own start.</summary>
    public DateTimeOffset? From { get; set; }

    /// <summary>Tokens: messages that may wait for a signature; one more is refused. Range 1–10,000, default 64.</summary>
    public int QueueLength { get; set; } = 64;

    /// <summary>Tokens: longest wait for a signature. Range 0.1 s–1 min, default 10 s.</summary>
    public TimeSpan QueueTimeout { get; set; } = TimeSpan.FromSeconds(10);
}

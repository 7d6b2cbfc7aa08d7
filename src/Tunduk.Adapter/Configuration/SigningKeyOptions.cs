namespace Tunduk.Adapter.Configuration;

/// <summary>An IS signing key. The key file must be readable by its owner only, or the start stops.</summary>
public sealed class SigningKeyOptions
{
    /// <summary>PEM file of the IS signing certificate, or a PKCS#12 file holding certificate and key. No default.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>PEM file of the private key (PKCS#8, PKCS#1 or SEC 1). Not used with PKCS#12.</summary>
    public string? Key { get; set; }

    /// <summary>File whose first line is the password of the key or of the PKCS#12 file.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>
    /// Signature algorithm: <c>rsa-sha256</c> (default for RSA), <c>rsa-sha384</c>, <c>rsa-sha512</c>, <c>rsa-pss-sha256</c>,
    /// <c>ecdsa-sha256</c> (default for P-256), <c>ecdsa-sha384</c> (default for P-384).
    /// </summary>
    public string? Algorithm { get; set; }
}

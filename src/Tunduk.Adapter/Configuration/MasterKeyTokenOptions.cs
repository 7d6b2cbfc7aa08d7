namespace Tunduk.Adapter.Configuration;

/// <summary>A key in a token that opens the archive's master key. It must be an RSA key that may decrypt.</summary>
public sealed class MasterKeyTokenOptions
{
    /// <summary>The key as a PKCS#11 URI (RFC 7512), for example <c>pkcs11:token=is;object=archive</c>. No default.</summary>
    public string Key { get; set; } = "";

    /// <summary>The PKCS#11 library of the token's maker, for example <c>/usr/lib/softhsm/libsofthsm2.so</c>. No default.</summary>
    public string Module { get; set; } = "";

    /// <summary>File whose first line is the token's PIN.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Name of an environment variable with the PIN, where there is no file.</summary>
    public string? PasswordVariable { get; set; }
}

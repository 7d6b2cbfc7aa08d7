using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Evidence.Signing;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Signing;

/// <summary>The owner's IS signing keys. Keys never leave this folder's types.</summary>
internal sealed class SigningKeys : IDisposable
{
    private readonly Dictionary<string, SigningKey> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<ClientId, SigningKey> byOwn = [];

    private SigningKeys()
    {
    }

    /// <summary>Every key, for inventories.</summary>
    public IEnumerable<SigningKey> All => byName.Values;

    /// <summary>The key checkpoints are signed with: that of the first own subsystem.</summary>
    public SigningKey LogKey { get; private set; } = null!;

    /// <summary>Loads every configured key; what is wrong with one is a fault of the configuration.</summary>
    public static SigningKeys? Load(AdapterOptions options, Func<string, string> resolve, List<SettingFault> faults)
    {
        var before = faults.Count;
        var keys = new SigningKeys();
        foreach (var (name, key) in options.Keys)
        {
            if (Load(name, key, resolve, faults) is { } loaded)
            {
                keys.byName[name] = loaded;
            }
        }

        if (faults.Count > before)
        {
            keys.Dispose();
            return null;
        }

        foreach (var own in options.Own)
        {
            keys.byOwn[ClientId.Parse(own.Subsystem)] = keys.byName[own.SigningKey];
        }

        keys.LogKey = keys.byName[options.Own[0].SigningKey];
        return keys;
    }

    /// <summary>The key of an own subsystem.</summary>
    public SigningKey Of(ClientId own) => byOwn[own];

    /// <summary>The key of an own subsystem, or the log's key for one that is not ours (a fault to an unknown service).</summary>
    public SigningKey OfOrAny(ClientId? own) => own is { } id && byOwn.TryGetValue(id, out var key) ? key : LogKey;

    /// <summary>True when a certificate is one of ours.</summary>
    public bool IsOwn(ReadOnlySpan<byte> sha256)
    {
        foreach (var key in byName.Values)
        {
            if (key.CertificateSha256.Span.SequenceEqual(sha256))
            {
                return true;
            }
        }

        return false;
    }

    public void Dispose()
    {
        foreach (var key in byName.Values)
        {
            key.Dispose();
        }
    }

    private static SigningKey? Load(string name, SigningKeyOptions options, Func<string, string> resolve, List<SettingFault> faults)
    {
        var setting = $"Keys:{name}";
        var secret = resolve(options.Key ?? options.Certificate);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(secret) & (UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
        {
            faults.Add(new SettingFault(options.Key is null ? $"{setting}:Certificate" : $"{setting}:Key", "others than its owner can read the key file", "chmod 600 the file; consider whether the key is still secret."));
            return null;
        }

        string? password = null;
        if (options.PasswordFile is { } file)
        {
            password = File.ReadLines(resolve(file)).FirstOrDefault();
        }

        X509Certificate2 certificate;
        try
        {
            certificate = options.Key is null
                ? X509CertificateLoader.LoadPkcs12FromFile(secret, password, X509KeyStorageFlags.EphemeralKeySet)
                : password is null
                    ? X509Certificate2.CreateFromPemFile(resolve(options.Certificate), secret)
                    : X509Certificate2.CreateFromEncryptedPemFile(resolve(options.Certificate), password, secret);
        }
        catch (CryptographicException)
        {
            faults.Add(new SettingFault(setting, "the key cannot be read, or does not belong to the certificate", "Check the password file and that certificate and key are a pair. A PKCS#12 file with RC4 does not load under OpenSSL 3: convert it with openssl pkcs12 -legacy -in FILE -nodes | openssl pkcs12 -export -out NEW."));
            return null;
        }

        return Make(setting, name, options.Algorithm, certificate, faults);
    }

    private static SigningKey? Make(string setting, string name, string? algorithm, X509Certificate2 certificate, List<SettingFault> faults)
    {
        AsymmetricAlgorithm? key = certificate.GetRSAPrivateKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey();
        if (key is null)
        {
            faults.Add(new SettingFault(setting, "there is no RSA or EC private key", "Give a key of RSA 2048 or more, P-256 or P-384."));
            return null;
        }

        var chosen = Choose(algorithm, key);
        if (chosen is not { } fitting || !SignatureAlgorithms.Fits(fitting, key) || (key is RSA && key.KeySize < 2048))
        {
            faults.Add(new SettingFault($"{setting}:Algorithm", $"no permitted algorithm fits a key of {key.KeySize} bits", "RSA of 2048 bits or more with rsa-sha256, -sha384, -sha512, rsa-pss-sha256, -sha384, -sha512; P-256 with ecdsa-sha256; P-384 with ecdsa-sha384."));
            key.Dispose();
            return null;
        }

        return new SigningKey(name, certificate, key, fitting);
    }

    private static SignatureAlgorithm? Choose(string? name, AsymmetricAlgorithm key) => name?.ToLowerInvariant() switch
    {
        null => key is RSA ? SignatureAlgorithm.RsaSha256 : key.KeySize == 384 ? SignatureAlgorithm.EcdsaP384Sha384 : SignatureAlgorithm.EcdsaP256Sha256,
        "rsa-sha256" => SignatureAlgorithm.RsaSha256,
        "rsa-sha384" => SignatureAlgorithm.RsaSha384,
        "rsa-sha512" => SignatureAlgorithm.RsaSha512,
        "rsa-pss-sha256" => SignatureAlgorithm.RsaPssSha256,
        "rsa-pss-sha384" => SignatureAlgorithm.RsaPssSha384,
        "rsa-pss-sha512" => SignatureAlgorithm.RsaPssSha512,
        "ecdsa-sha256" => SignatureAlgorithm.EcdsaP256Sha256,
        "ecdsa-sha384" => SignatureAlgorithm.EcdsaP384Sha384,
        _ => null,
    };
}

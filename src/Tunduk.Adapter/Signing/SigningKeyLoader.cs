using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Keys;
using Tunduk.Evidence.Signing;

namespace Tunduk.Adapter.Signing;

/// <summary>From a key's settings to the key: PEM, PKCS#12 or a token; what is wrong with it is said in words.</summary>
internal static class SigningKeyLoader
{
    /// <summary>A token is taken to hang after <c>QueueTimeout</c> for one signature, and never sooner than after this.</summary>
    private static readonly TimeSpan LeastLimit = TimeSpan.FromSeconds(5);

    /// <summary>Loads one key.</summary>
    /// <param name="name">Name in <c>Keys</c>.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="resolve">Makes paths absolute.</param>
    /// <param name="known">The key loaded before; kept if nothing changed.</param>
    /// <param name="clock">Clock of the queue's deadlines.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static SigningKey? Load(string name, SigningKeyOptions options, Func<string, string> resolve, SigningKey? known, TimeProvider clock, List<SettingFault> faults)
    {
        var setting = $"Keys:{name}";
        var origin = Origin(options, resolve);
        if (known?.Origin == origin)
        {
            return known;
        }

        if (!SecretFile.TryReadLine(options.PasswordFile is { } file ? resolve(file) : null, options.PasswordVariable, out var password, out var fault))
        {
            faults.Add(fault.Of($"{setting}:PasswordFile"));
            return null;
        }

        var isToken = options.Key is { } uri && TokenUri.IsOne(uri);
        if (!(isToken ? TryOpenToken(options, resolve, password, clock, out var certificate, out var key, out fault) : TryReadFiles(options, resolve, password, out certificate, out key, out fault)))
        {
            faults.Add(fault!.Of(setting));
            return null;
        }

        if ((KeyStrength.Check(options.Key ?? options.Certificate, key!) ?? KeyStrength.Check(options.Certificate, certificate!)) is { } unfit)
        {
            key!.Dispose();
            certificate!.Dispose();
            faults.Add(unfit.Of(setting));
            return null;
        }

        if (Algorithm(setting, options.Algorithm, key!, faults) is not { } algorithm)
        {
            key!.Dispose();
            certificate!.Dispose();
            return null;
        }

        if (isToken && Refuses(options.Key!, key!, algorithm) is { } refused)
        {
            key!.Dispose();
            certificate!.Dispose();
            faults.Add(refused.Of(setting));
            return null;
        }

        var from = options.From ?? new DateTimeOffset(certificate!.NotBefore);
        return isToken
            ? SigningKey.InToken(name, certificate!, key!, algorithm, from, origin, options.QueueLength, options.QueueTimeout, clock)
            : new SigningKey(name, certificate!, key!, algorithm) { From = from, Origin = origin };
    }

    private static bool TryReadFiles(SigningKeyOptions options, Func<string, string> resolve, string? password, out X509Certificate2? certificate, out AsymmetricAlgorithm? key, out KeyFault? fault)
    {
        (certificate, key) = (null, null);
        if (!KeyPairFile.TryRead(resolve(options.Certificate), options.Key is { } file ? resolve(file) : null, password, out var pair, out fault))
        {
            return false;
        }

        certificate = pair.Certificate;
        key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey();
        if (key is null)
        {
            fault = new KeyFault(KeyFaultCode.KeyFamily, Phrases.Of("Signing.PrivateKeyNeitherRsa"), Phrases.Of("Signing.GiveKeyRsa2048"));
        }

        return key is not null;
    }

    private static bool TryOpenToken(SigningKeyOptions options, Func<string, string> resolve, string? pin, TimeProvider clock, out X509Certificate2? certificate, out AsymmetricAlgorithm? key, out KeyFault? fault)
    {
        (certificate, key) = (null, null);
        if (!OperatingSystem.IsLinux())
        {
            fault = new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Signing.TokensSupportedLinuxOnly"), Phrases.Of("Signing.RunAdapterLinux"));
            return false;
        }

        if (!TokenUri.TryParse(options.Key!, out var uri, out fault)
            || !TokenSession.TryOpen(uri, options.Module ?? "", pin, options.QueueTimeout > LeastLimit ? options.QueueTimeout : LeastLimit, clock, out key, out fault))
        {
            return false;
        }

        if (TryFindCertificate(resolve(options.Certificate), options.Key!, key, out certificate, out fault))
        {
            return true;
        }

        key.Dispose();
        key = null;
        return false;
    }

    /// <summary>The certificate of a token's key, which may stand anywhere in its file.</summary>
    public static bool TryFindCertificate(string file, string uri, AsymmetricAlgorithm key, [NotNullWhen(true)] out X509Certificate2? certificate, [NotNullWhen(false)] out KeyFault? fault)
    {
        certificate = null;
        if (!KeyPairFile.TryReadCertificates(file, out var certificates, out fault))
        {
            return false;
        }

        var own = key.ExportSubjectPublicKeyInfo();
        certificate = certificates.FirstOrDefault(one => one.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(own));
        fault = certificate is null
            ? new KeyFault(KeyFaultCode.KeyPair, Phrases.Of("Signing.KeyNotCertificate", uri, file), Phrases.Of("Signing.RequestCertificateKeyKeys"))
            : null;
        return certificate is not null;
    }

    /// <summary>The algorithm of a key for which none is configured.</summary>
    public static SignatureAlgorithm Usual(AsymmetricAlgorithm key) => Choose(null, key)!.Value;

    /// <summary>Why a token's key signs nothing by an algorithm; null where it does.</summary>
    public static KeyFault? Refuses(string uri, AsymmetricAlgorithm key, SignatureAlgorithm algorithm)
    {
        try
        {
            SigningKey.Try(key, algorithm);
            return null;
        }
        catch (TokenException exception)
        {
            return new KeyFault(KeyFaultCode.TokenFailed, Phrases.Of("Signing.TokenKeySignsNothing", uri, algorithm, exception.Fault.Problem), Phrases.Of("Signing.NameAlgorithmTokenKnows"));
        }
    }

    private static SignatureAlgorithm? Algorithm(string setting, string? name, AsymmetricAlgorithm key, List<SettingFault> faults)
    {
        if (Choose(name, key) is { } fitting && SignatureAlgorithms.Fits(fitting, key))
        {
            return fitting;
        }

        faults.Add(new SettingFault($"{setting}:Algorithm", Phrases.Of("Signing.NoPermittedAlgorithmFits", key.KeySize), Phrases.Of("Signing.Rsa2048BitsMore")));
        return null;
    }

    /// <summary>Settings and the state of every file: what is the same need not be opened again.</summary>
    private static string Origin(SigningKeyOptions options, Func<string, string> resolve)
    {
        var files = new[] { options.Certificate, options.Key is { } key && !TokenUri.IsOne(key) ? key : null, options.PasswordFile };
        var stamps = files.OfType<string>().Select(file =>
        {
            var info = new FileInfo(resolve(file));
            return info.Exists ? string.Create(CultureInfo.InvariantCulture, $"{info.FullName}:{info.Length}:{info.LastWriteTimeUtc.Ticks}") : info.FullName;
        });
        return string.Join('|', [.. stamps, options.Key, options.Module, options.PasswordVariable, options.Algorithm, $"{options.From:O}", $"{options.QueueLength}", $"{options.QueueTimeout}"]);
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

using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Trust;

namespace Tunduk.Adapter.Keys;

/// <summary>Which keys may sign: those that a counterparty's strict verifier takes.</summary>
internal static class KeyStrength
{
    private const string Remedy = "Make another one and let the authority certify it: keys new FILE --kind rsa-3072, p-256 or p-384, then keys csr FILE.";

    /// <summary>What is too weak or unknown in a key; null for RSA of 2048 bits or more, P-256 and P-384.</summary>
    /// <param name="name">File or URI of the key.</param>
    /// <param name="key">The key, or its public half.</param>
    public static KeyFault? Check(string name, AsymmetricAlgorithm key) => KeyRules.IsStrong(key) ? null : key switch
    {
        RSA { KeySize: < KeyRules.LeastRsaBits } rsa => Weak(string.Create(CultureInfo.InvariantCulture, $"the key of {name} is RSA of {rsa.KeySize} bits, and fewer than {KeyRules.LeastRsaBits} are too weak")),
        RSA => Weak($"the key of {name} is RSA with a public exponent below 65537"),
        ECDsa ec => Weak($"the key of {name} is on the curve {CurveOf(ec)}; signatures are made with P-256 and P-384"),
        _ => NoFamily(name),
    };

    /// <summary>What a strict verifier refuses in a signer's certificate, whoever pins or issued it: its usage, an extension nobody knows, its key.</summary>
    /// <param name="name">File of the certificate.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="isSigner">False for one that need not sign messages: an authority's.</param>
    public static KeyFault? Check(string name, X509Certificate2 certificate, bool isSigner = true)
    {
        if (isSigner && !KeyRules.AllowsSignatures(certificate))
        {
            return new KeyFault(KeyFaultCode.CertificateUsage, $"the certificate {name} is not for signatures (key usage)", "Ask the authority for one with digitalSignature or nonRepudiation: counterparties refuse this one.");
        }

        if (KeyRules.HasUnknownCritical(certificate))
        {
            return new KeyFault(KeyFaultCode.CertificateExtension, $"the certificate {name} has a critical extension that is not known", "Ask the authority for one without it, or with the extension not critical: counterparties refuse this one. openssl x509 -noout -text shows it.");
        }

        try
        {
            using var key = (AsymmetricAlgorithm?)certificate.GetRSAPublicKey() ?? certificate.GetECDsaPublicKey();
            return key is null ? NoFamily(name) : Check(name, key);
        }
        catch (CryptographicException)
        {
            return NoFamily(name);
        }
    }

    /// <summary>What some counterparties refuse in a signer's certificate; null where there is nothing.</summary>
    public static string? Warning(X509Certificate2 certificate) =>
        KeyRules.IsStrongSignature(certificate) || certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
            ? null
            : $"its authority signed it by {certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value}, which is weak: counterparties that accept it by its authority refuse it, only a pin in the agreement holds";

    /// <summary>A key in words: <c>RSA of 3072 bits</c>.</summary>
    public static string Describe(AsymmetricAlgorithm key) => key is ECDsa ec ? $"EC on the curve {CurveOf(ec)}" : string.Create(CultureInfo.InvariantCulture, $"RSA of {key.KeySize} bits");

    private static KeyFault NoFamily(string name) => new(KeyFaultCode.KeyFamily, $"the key of {name} is neither RSA nor EC", Remedy);

    private static KeyFault Weak(string problem) => new(KeyFaultCode.KeyWeak, problem, Remedy);

    private static string CurveOf(ECDsa key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return !curve.IsNamed ? "of its own parameters" : curve.Oid.Value switch
        {
            "1.2.840.10045.3.1.7" => "P-256",
            "1.3.132.0.34" => "P-384",
            "1.3.132.0.35" => "P-521",
            "1.3.132.0.10" => "secp256k1",
            _ => curve.Oid.FriendlyName ?? curve.Oid.Value ?? "without a name",
        };
    }
}

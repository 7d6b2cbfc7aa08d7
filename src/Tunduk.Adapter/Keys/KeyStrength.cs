using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Evidence.Trust;

namespace Tunduk.Adapter.Keys;

/// <summary>Which keys may sign: those that a counterparty's strict verifier takes.</summary>
internal static class KeyStrength
{
    private static string Remedy => Phrases.Of("Keys.MakeAnotherLetAuthority");

    /// <summary>What is too weak or unknown in a key; null for RSA of 2048 bits or more, P-256 and P-384.</summary>
    /// <param name="name">File or URI of the key.</param>
    /// <param name="key">The key, or its public half.</param>
    public static KeyFault? Check(string name, AsymmetricAlgorithm key) => KeyRules.IsStrong(key) ? null : key switch
    {
        RSA { KeySize: < KeyRules.LeastRsaBits } rsa => Weak(Phrases.Of("Keys.KeyRsaBitsFewer", name, rsa.KeySize, KeyRules.LeastRsaBits)),
        RSA => Weak(Phrases.Of("Keys.KeyRsaPublicExponent", name)),
        ECDsa ec => Weak(Phrases.Of("Keys.KeyCurveSignaturesMade", name, CurveOf(ec))),
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
            return new KeyFault(KeyFaultCode.CertificateUsage, Phrases.Of("Keys.CertificateNotSignaturesKey", name), Phrases.Of("Keys.AskAuthorityDigitalSignatureNonRepudiation"));
        }

        if (KeyRules.HasUnknownCritical(certificate))
        {
            return new KeyFault(KeyFaultCode.CertificateExtension, Phrases.Of("Keys.CertificateCriticalExtensionNot", name), Phrases.Of("Keys.AskAuthorityWithoutExtension"));
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
            : Phrases.Of("Keys.AuthoritySignedWeakCounterparties", certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value);

    /// <summary>A key in words: <c>RSA of 3072 bits</c>.</summary>
    public static string Describe(AsymmetricAlgorithm key) => key is ECDsa ec ? Phrases.Of("Keys.EcCurve", CurveOf(ec)) : Phrases.Of("Keys.RsaBits", key.KeySize);

    private static KeyFault NoFamily(string name) => new(KeyFaultCode.KeyFamily, Phrases.Of("Keys.KeyNeitherRsaNor", name), Remedy);

    private static KeyFault Weak(string problem) => new(KeyFaultCode.KeyWeak, problem, Remedy);

    private static string CurveOf(ECDsa key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return !curve.IsNamed ? Phrases.Of("Keys.OwnParameters") : curve.Oid.Value switch
        {
            "1.2.840.10045.3.1.7" => "P-256",
            "1.3.132.0.34" => "P-384",
            "1.3.132.0.35" => "P-521",
            "1.3.132.0.10" => "secp256k1",
            _ => curve.Oid.FriendlyName ?? curve.Oid.Value ?? Phrases.Of("Keys.WithoutName"),
        };
    }
}

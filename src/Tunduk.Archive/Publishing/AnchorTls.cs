using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Archive.Publishing;

/// <summary>Whether an anchor's server is the one that is meant: a pinned certificate, or one of a given authority for its name. Nothing is fetched for it.</summary>
internal static class AnchorTls
{
    public static SslClientAuthenticationOptions Options(AnchorOptions options) => new()
    {
        TargetHost = options.Address.IdnHost,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck, // LIMIT: an anchor's TLS certificate is not asked for revocation; pin another one
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsMeant(options, certificate as X509Certificate2, chain, errors),
    };

    private static bool IsMeant(AnchorOptions options, X509Certificate2? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return false;
        }

        byte[] digest = certificate.GetCertHash(HashAlgorithmName.SHA256);
        if (options.ServerCertificates.Any(pin => CryptographicOperations.FixedTimeEquals(pin.Span, digest)))
        {
            return true;
        }

        if (options.Authorities.Count == 0 || errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return false;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(options.Authorities);
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // server authentication
        return chain.Build(certificate);
    }
}

using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>Builds the authority's certificate revocation list (RFC 5280 §5), valid for one day.</summary>
internal sealed class RevocationList(DevelopmentAuthority authority, TimeProvider time)
{
    /// <summary>The list as it stands now, DER, signed by the root with SHA-256.</summary>
    public byte[] Build()
    {
        var builder = new CertificateRevocationListBuilder();
        foreach ((string serial, CertificateRegister.Revocation revocation) in authority.Register.Revocations())
        {
            builder.AddEntry(Convert.FromHexString(serial), revocation.At, (X509RevocationReason)(int)revocation.Reason);
        }

        DateTimeOffset now = time.GetUtcNow();
        // The number must only rise (RFC 5280 §5.2.3); milliseconds do, and need no file.
        return builder.Build(
            authority.Root.Certificate, new BigInteger(now.ToUnixTimeMilliseconds()), now + TimeSpan.FromDays(1),
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, now - TimeSpan.FromMinutes(1));
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Trust;
using Tunduk.Evidence.Trust;

namespace Tunduk.Benchmarks.Signature;

/// <summary>A trust decision with everything at hand: the certificate's digest, the agreement's verdict, the verdict on revocation.</summary>
internal sealed class TrustPath : IDisposable
{
    private readonly byte[] certificate;
    private readonly SignerTrust trust;
    private readonly AuthorityClient client = new([], TimeProvider.System);
    private readonly RevocationService revocation;
    private readonly DateTimeOffset now;

    public TrustPath(X509Certificate2 certificate, DateTimeOffset now)
    {
        this.certificate = certificate.RawData;
        this.now = now;
        trust = new SignerTrust([new PinnedCertificate(SHA256.HashData(certificate.RawData))]);
        revocation = RevocationService.Create(new TrustOptions(), path => path, client, TimeProvider.System, []);
    }

    public void Decide()
    {
        if (!trust.TryTrust(certificate, now, out TrustedSigner? signer, out TrustFault fault) || !revocation.CheckAsync(signer).AsTask().GetAwaiter().GetResult().IsAcceptable)
        {
            throw new InvalidOperationException(fault.ToString());
        }
    }

    public void Dispose() => client.Dispose();
}

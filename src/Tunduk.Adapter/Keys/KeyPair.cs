using System.Security.Cryptography.X509Certificates;

namespace Tunduk.Adapter.Keys;

/// <summary>A certificate with its private key, for signing or for TLS, and what else the file held.</summary>
/// <param name="Certificate">The certificate, with its private key.</param>
/// <param name="Others">Other certificates of the file: the chain, as a TLS server sends it.</param>
internal sealed record KeyPair(X509Certificate2 Certificate, X509Certificate2Collection Others) : IDisposable
{
    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var other in Others)
        {
            other.Dispose();
        }
    }
}

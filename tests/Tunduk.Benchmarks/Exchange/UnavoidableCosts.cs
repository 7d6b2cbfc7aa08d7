using System.Security.Cryptography;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>One RSA-2048 signature and one verification over a digest, as the framework does them: CPU time of one thread.</summary>
internal sealed class UnavoidableCosts : IDisposable
{
    private const int Signatures = 400;
    private const int Verifications = 8_000;
    private readonly RSA key = RSA.Create(2048);
    private readonly byte[] digest = RandomNumberGenerator.GetBytes(32);
    private readonly byte[] signature;

    public UnavoidableCosts() => signature = key.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public void WarmUp()
    {
        for (var i = 0; i < 3; i++)
        {
            SignMicroseconds();
            VerifyMicroseconds();
        }
    }

    public double SignMicroseconds() => CpuClock.Microseconds(Signatures, () => key.SignHash(digest, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public double VerifyMicroseconds() => CpuClock.Microseconds(Verifications, () => key.VerifyHash(digest, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public void Dispose() => key.Dispose();
}

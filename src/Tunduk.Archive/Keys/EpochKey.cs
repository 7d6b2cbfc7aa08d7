using System.Security.Cryptography;

namespace Tunduk.Archive.Keys;

/// <summary>A key of one epoch. Sealing an epoch gives it a key of the next generation and destroys the one before.</summary>
internal sealed class EpochKey(int epoch, int generation, DateTimeOffset created, byte[] key) : IDisposable
{
    public const int WrappedSize = 12 + 32 + 16;
    private const int TagSize = 16;

    // AesGcm is not safe for concurrent use, and its key schedule costs more than a wrap.
    private readonly ThreadLocal<AesGcm> cipher = new(() => new AesGcm(key, TagSize), trackAllValues: true);

    public int Epoch { get; } = epoch;

    /// <summary>1 for the first key of an epoch.</summary>
    public int Generation { get; } = generation;

    /// <summary>When the epoch began; the same for all its generations.</summary>
    public DateTimeOffset Created { get; } = created;

    public byte[] Key { get; } = key;

    /// <summary>nonce ‖ ciphertext ‖ tag of a record key.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> associated)
    {
        byte[] wrapped = new byte[WrappedSize];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, 12));
        cipher.Value!.Encrypt(wrapped.AsSpan(0, 12), recordKey, wrapped.AsSpan(12, 32), wrapped.AsSpan(44), associated);
        return wrapped;
    }

    public bool TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associated, Span<byte> recordKey)
    {
        if (wrapped.Length != WrappedSize)
        {
            return false;
        }

        try
        {
            cipher.Value!.Decrypt(wrapped[..12], wrapped[12..44], wrapped[44..], recordKey, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>First 16 bytes of HMAC-SHA-256 under this key.</summary>
    public byte[] Mac(ReadOnlySpan<byte> data)
    {
        Span<byte> full = stackalloc byte[32];
        HMACSHA256.HashData(Key, data, full);
        return full[..16].ToArray();
    }

    public void Dispose()
    {
        foreach (AesGcm aes in cipher.Values)
        {
            aes.Dispose();
        }

        cipher.Dispose();
        CryptographicOperations.ZeroMemory(Key);
    }
}

using System.Security.Cryptography;

namespace Tunduk.Archive.Keys;

/// <summary>A key of one epoch. Sealing an epoch gives it a key of the next generation and destroys the one before.</summary>
internal sealed class EpochKey(int epoch, int generation, DateTimeOffset created, byte[] key) : IDisposable
{
    public const int WrappedSize = 12 + 32 + 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly Spares<AesGcm> ciphers = new(() => new AesGcm(key, TagSize));
    private readonly Spares<IncrementalHash> hashes = new(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key));

    public int Epoch { get; } = epoch;

    /// <summary>1 for the first key of an epoch.</summary>
    public int Generation { get; } = generation;

    /// <summary>When the epoch began; the same for all its generations.</summary>
    public DateTimeOffset Created { get; } = created;

    /// <summary>When its file was last looked for and was there.</summary>
    public DateTimeOffset SeenAt { get; set; }

    public byte[] Key { get; } = key;

    /// <summary>nonce ‖ ciphertext ‖ tag of a record key.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> associated)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        RandomNumberGenerator.Fill(nonce);
        return Wrap(recordKey, associated, nonce);
    }

    /// <summary>The same under a nonce that was drawn for it.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> recordKey, ReadOnlySpan<byte> associated, ReadOnlySpan<byte> nonce)
    {
        byte[] wrapped = new byte[WrappedSize];
        nonce.CopyTo(wrapped);
        AesGcm cipher = ciphers.Take();
        cipher.Encrypt(wrapped.AsSpan(0, 12), recordKey, wrapped.AsSpan(12, 32), wrapped.AsSpan(44), associated);
        ciphers.Return(cipher);
        return wrapped;
    }

    public bool TryUnwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associated, Span<byte> recordKey)
    {
        if (wrapped.Length != WrappedSize)
        {
            return false;
        }

        AesGcm cipher = ciphers.Take();
        try
        {
            cipher.Decrypt(wrapped[..12], wrapped[12..44], wrapped[44..], recordKey, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            ciphers.Return(cipher);
        }
    }

    /// <summary>First 16 bytes of HMAC-SHA-256 under this key.</summary>
    public byte[] Mac(ReadOnlySpan<byte> data)
    {
        IncrementalHash hash = hashes.Take();
        Span<byte> full = stackalloc byte[32];
        hash.AppendData(data);
        hash.GetHashAndReset(full);
        hashes.Return(hash);
        return full[..16].ToArray();
    }

    public void Dispose()
    {
        ciphers.Dispose();
        hashes.Dispose();
        CryptographicOperations.ZeroMemory(Key);
    }
}

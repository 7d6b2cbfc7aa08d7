using System.Security.Cryptography;
using Tunduk.Evidence.Signing;

namespace Tunduk.Evidence.Log;

/// <summary>A key that signs checkpoints, as a log names it (proto/ENTRY-FORMAT.md §2).</summary>
/// <param name="Algorithm">A name of <see cref="CheckpointAlgorithm"/>.</param>
/// <param name="PublicKey">DER SubjectPublicKeyInfo.</param>
public sealed record LogKey(string Algorithm, ReadOnlyMemory<byte> PublicKey)
{
    private const int MaxKeyBytes = 4096;

    /// <summary>The key of a signer.</summary>
    public static LogKey Of(ICheckpointSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return new LogKey(signer.Algorithm, signer.PublicKey);
    }

    /// <summary>The key that the first entry or a key change names; null where the entry names none.</summary>
    public static LogKey? NamedBy(LogEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if ((entry.Code != EntryCodes.LogBegun || entry.Index != 0) && (entry.Kind != EntryKind.KeyChange || entry.Code != KeyChange.Code))
        {
            return null;
        }

        string[] lines = entry.Subject?.Split('\n') ?? [];
        byte[] key = new byte[MaxKeyBytes];
        return Array.Find(lines, static l => l.StartsWith("algorithm ", StringComparison.Ordinal)) is { } algorithm && CheckpointAlgorithm.IsKnown(algorithm[10..])
            && Array.Find(lines, static l => l.StartsWith("key ", StringComparison.Ordinal)) is { } line && Convert.TryFromBase64String(line[4..], key, out int length)
            ? new LogKey(algorithm[10..], key[..length])
            : null;
    }

    /// <summary>Whether this key made a signature over these bytes; false for a key that is none.</summary>
    public bool Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        if (!CheckpointAlgorithm.TryGet(Algorithm, out SignatureAlgorithm algorithm))
        {
            return false;
        }

        try
        {
            bool isRsa = Algorithm.StartsWith("rsa-", StringComparison.Ordinal);
            using AsymmetricAlgorithm key = isRsa ? RSA.Create() : ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(PublicKey.Span, out int read);
            byte[] hash = CryptographicOperations.HashData(SignatureAlgorithms.Hash(algorithm), signed);
            return read == PublicKey.Length && (!isRsa || key.KeySize >= 2048) && SignatureAlgorithms.VerifyHash(algorithm, key, hash, signature);
        }
        catch (CryptographicException)
        {
            return false; // no key, or one of another kind
        }
    }

    public bool Equals(LogKey? other) => other is not null && Algorithm == other.Algorithm && PublicKey.Span.SequenceEqual(other.PublicKey.Span);

    public override int GetHashCode()
    {
        HashCode code = default;
        code.Add(Algorithm, StringComparer.Ordinal);
        code.AddBytes(PublicKey.Span);
        return code.ToHashCode();
    }
}

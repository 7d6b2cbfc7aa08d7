using System.Security.Cryptography;

namespace Tunduk.Evidence.Http;

/// <summary>The identity-encoded content of a message, or its digests where it was streamed.</summary>
public readonly struct HttpBody
{
    private readonly ReadOnlyMemory<byte> sha256;
    private readonly ReadOnlyMemory<byte> sha512;

    private HttpBody(ReadOnlyMemory<byte> content, long length, ReadOnlyMemory<byte> sha256, ReadOnlyMemory<byte> sha512)
    {
        Content = content;
        Length = length;
        this.sha256 = sha256;
        this.sha512 = sha512;
    }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    private ReadOnlyMemory<byte> Content { get; }

    public static implicit operator HttpBody(byte[] content) => Of(content);

    /// <summary>Content in memory.</summary>
    public static HttpBody Of(ReadOnlyMemory<byte> content) => new(content, content.Length, default, default);

    /// <summary>Content that was hashed while it passed; both digests are needed, since the peer chooses.</summary>
    public static HttpBody OfDigests(long length, ReadOnlyMemory<byte> sha256, ReadOnlyMemory<byte> sha512)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return sha256.Length == 32 && sha512.Length == 64
            ? new HttpBody(default, length, sha256, sha512)
            : throw new ArgumentException("SHA-256 has 32 bytes and SHA-512 has 64.", nameof(sha256));
    }

    internal int Hash(bool isSha512, Span<byte> target)
    {
        ReadOnlyMemory<byte> known = isSha512 ? sha512 : sha256;
        if (!known.IsEmpty)
        {
            known.Span.CopyTo(target);
            return known.Length;
        }

        return isSha512 ? SHA512.HashData(Content.Span, target) : SHA256.HashData(Content.Span, target);
    }
}

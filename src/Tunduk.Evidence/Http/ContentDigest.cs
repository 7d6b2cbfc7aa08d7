using System.Security.Cryptography;

namespace Tunduk.Evidence.Http;

/// <summary>The Content-Digest field (RFC 9530 §2). Every sha-256 and sha-512 in it must be right; others say nothing.</summary>
public static class ContentDigest
{
    private const string Sha256 = "sha-256";
    private const string Sha512 = "sha-512";

    /// <summary>Deprecated algorithms of the registry (RFC 9530 §5): never enough.</summary>
    private static readonly string[] Weak = ["md5", "sha", "unixsum", "unixcksum", "adler", "crc32c"];

    /// <summary>Writes the field with one digest.</summary>
    public static string Write(HttpBody body, bool useSha512 = false)
    {
        Span<byte> digest = stackalloc byte[64];
        int length = body.Hash(useSha512, digest);
        return string.Concat(useSha512 ? Sha512 : Sha256, "=:", Convert.ToBase64String(digest[..length]), ":");
    }

    /// <summary>Holds content against the field.</summary>
    public static ContentDigestVerdict Verify(ReadOnlySpan<char> field, HttpBody body)
    {
        if (!StructuredField.TryParseDictionary(field, out StructuredDictionary? digests, out _) || digests.Count == 0)
        {
            return ContentDigestVerdict.Malformed;
        }

        if (digests.HasRepeatedKeys)
        {
            return ContentDigestVerdict.Repeated;
        }

        int compared = 0;
        bool isWeak = false;
        Span<byte> digest = stackalloc byte[64];
        foreach ((string algorithm, StructuredMember member) in digests)
        {
            if (member.Value is not { Type: StructuredType.Bytes } claimed)
            {
                return ContentDigestVerdict.Malformed;
            }

            if (algorithm is not (Sha256 or Sha512))
            {
                isWeak |= Array.IndexOf(Weak, algorithm) >= 0;
                continue;
            }

            int length = body.Hash(algorithm == Sha512, digest);
            if (claimed.Bytes.Length != length)
            {
                return ContentDigestVerdict.Malformed;
            }

            if (!CryptographicOperations.FixedTimeEquals(digest[..length], claimed.Bytes.Span))
            {
                return ContentDigestVerdict.Differs;
            }

            compared++;
        }

        return compared > 0 ? ContentDigestVerdict.Matches : isWeak ? ContentDigestVerdict.Weak : ContentDigestVerdict.Unknown;
    }
}

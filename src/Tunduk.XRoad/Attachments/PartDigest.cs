using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tunduk.XRoad.Faults;

namespace Tunduk.XRoad.Attachments;

/// <summary>Digests of a part's content while it goes by, over the transfer-decoded bytes; nothing is held.</summary>
public sealed class PartDigest : IDisposable
{
    private readonly IncrementalHash _hash;
    private readonly TransferDecoder _decoder;
    private readonly ArrayBufferWriter<byte> _decoded = new(4096);
    private readonly bool _identity;
    private readonly byte[] _head = new byte[HeadBytes];
    private int _headLength;

    /// <summary>So many first bytes are kept (<see cref="Head"/>).</summary>
    public const int HeadBytes = 16;

    private PartDigest(TransferDecoder decoder, HashAlgorithmName algorithm, bool identity)
    {
        _decoder = decoder;
        _hash = IncrementalHash.CreateHash(algorithm);
        _identity = identity;
    }

    /// <summary>Bytes as they travelled.</summary>
    public long RawLength { get; private set; }

    /// <summary>Bytes after decoding.</summary>
    public long DecodedLength { get; private set; }

    /// <summary>The first decoded bytes so far, at most <see cref="HeadBytes"/>: they tell the type that the content is of.</summary>
    public ReadOnlyMemory<byte> Head => _head.AsMemory(0, _headLength).ToArray();

    /// <summary>A digest for one part.</summary>
    /// <param name="headers">Of the part.</param>
    /// <param name="algorithm">SHA-256, SHA-384 or SHA-512.</param>
    /// <param name="digest">To be disposed.</param>
    /// <param name="fault">An unknown transfer encoding.</param>
    public static bool TryCreate(PartHeaders headers, HashAlgorithmName algorithm, [NotNullWhen(true)] out PartDigest? digest, out ProtocolFault fault)
    {
        if (algorithm != HashAlgorithmName.SHA256 && algorithm != HashAlgorithmName.SHA384 && algorithm != HashAlgorithmName.SHA512)
        {
            throw new ArgumentOutOfRangeException(nameof(algorithm), "SHA-256, SHA-384 or SHA-512");
        }

        digest = TransferDecoder.TryCreate(headers.TransferEncoding, out TransferDecoder? decoder, out fault)
            ? new PartDigest(decoder, algorithm, headers.IsIdentityEncoded)
            : null;
        return digest is not null;
    }

    public bool TryAppend(ReadOnlySpan<byte> piece, out ProtocolFault fault)
    {
        fault = ProtocolFault.None;
        RawLength += piece.Length;
        if (_identity)
        {
            Take(piece);
            return true;
        }

        _decoded.ResetWrittenCount();
        if (!_decoder.TryDecode(piece, _decoded, out fault))
        {
            return false;
        }

        Take(_decoded.WrittenSpan);
        return true;
    }

    /// <summary>The digest of the whole content; false when the content was not complete.</summary>
    public bool TryFinish(out byte[] value, out ProtocolFault fault)
    {
        value = [];
        if (!_decoder.TryFinish(out fault))
        {
            return false;
        }

        value = _hash.GetHashAndReset();
        return true;
    }

    public void Dispose() => _hash.Dispose();

    private void Take(ReadOnlySpan<byte> decoded)
    {
        DecodedLength += decoded.Length;
        _hash.AppendData(decoded);
        ReadOnlySpan<byte> begin = decoded[..Math.Min(decoded.Length, HeadBytes - _headLength)];
        begin.CopyTo(_head.AsSpan(_headLength));
        _headLength += begin.Length;
    }
}

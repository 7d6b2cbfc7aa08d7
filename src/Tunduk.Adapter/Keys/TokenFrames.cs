using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Tunduk.Adapter.Keys;

/// <summary>Frames of the pipe between the adapter and its helper for tokens: four bytes of length, one of <see cref="TokenCall"/>, then so many bytes.</summary>
internal static class TokenFrames
{
    /// <summary>Largest frame: digests, signatures and words are far smaller.</summary>
    public const int Largest = 64 * 1024;

    private const int Head = 5;

    /// <summary>Writes a frame whole.</summary>
    public static void Write(Stream stream, TokenCall call, ReadOnlySpan<byte> content)
    {
        var frame = new byte[Head + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, content.Length);
        frame[Head - 1] = (byte)call;
        content.CopyTo(frame.AsSpan(Head));
        stream.Write(frame);
        stream.Flush();
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(frame);
    }

    /// <summary>Reads a frame; false at the end of the pipe, and for what is no frame.</summary>
    public static bool TryRead(Stream stream, out TokenCall call, [NotNullWhen(true)] out byte[]? content)
    {
        (call, content) = (default, null);
        Span<byte> head = stackalloc byte[Head];
        if (stream.ReadAtLeast(head, Head, throwOnEndOfStream: false) < Head || BinaryPrimitives.ReadInt32LittleEndian(head) is < 0 or > Largest)
        {
            return false;
        }

        call = (TokenCall)head[^1];
        var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(head)];
        content = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length ? bytes : null;
        return content is not null;
    }
}

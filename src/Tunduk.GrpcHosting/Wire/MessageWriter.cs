using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;

namespace Tunduk.GrpcHosting.Wire;

/// <summary>Writes a length-prefixed message into the transport's own buffers.</summary>
internal static class MessageWriter
{
    private const int HeaderSize = 5;

    /// <summary>Throws <see cref="RpcException"/> (RESOURCE_EXHAUSTED) before anything is written if the message is over the limit.</summary>
    public static void Write(IBufferWriter<byte> output, IMessage message, int? maxMessageSize, CompressionLevel? gzip)
    {
        int size = message.CalculateSize();
        Check(size, maxMessageSize);

        // Nothing stays nothing: an empty gzip stream has no header, and not every peer accepts that.
        if (gzip is null || size == 0)
        {
            WriteHeader(output, compressed: false, size);
            message.WriteTo(output);
            return;
        }

        WritePacked(output, gzip.Value, message.WriteTo);
    }

    /// <summary>The same for a message that is bytes already.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlyMemory<byte> message, int? maxMessageSize, CompressionLevel? gzip)
    {
        Check(message.Length, maxMessageSize);
        if (gzip is null || message.IsEmpty)
        {
            WriteHeader(output, compressed: false, message.Length);
            output.Write(message.Span);
            return;
        }

        WritePacked(output, gzip.Value, stream => stream.Write(message.Span));
    }

    private static void Check(int size, int? maxMessageSize)
    {
        if (size > maxMessageSize)
        {
            throw new RpcException(StatusCode.ResourceExhausted, $"The message to send is larger than the {maxMessageSize} bytes permitted here.");
        }
    }

    private static void WritePacked(IBufferWriter<byte> output, CompressionLevel level, Action<Stream> write)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, level, leaveOpen: true))
        {
            write(stream);
        }

        WriteHeader(output, compressed: true, (int)packed.Length);
        output.Write(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    private static void WriteHeader(IBufferWriter<byte> output, bool compressed, int size)
    {
        Span<byte> header = output.GetSpan(HeaderSize);
        header[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)size);
        output.Advance(HeaderSize);
    }
}

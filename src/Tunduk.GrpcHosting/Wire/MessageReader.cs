using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Tunduk.GrpcHosting.Wire;

/// <summary>
/// Length-prefixed messages of one direction of a call: a flag (compressed or not), four bytes of length, the message. A length
/// over the limit is refused before its bytes are waited for, and a compressed message that grows over it while it is unpacked.
/// </summary>
internal sealed class MessageReader(PipeReader pipe, int? maxMessageSize, string? encoding)
{
    private const int HeaderSize = 5;

    /// <summary>The next message, or null at the end of the stream.</summary>
    public ValueTask<T?> ReadAsync<T>(CancellationToken cancellationToken) where T : class, IMessage, new() =>
        ReadAsync(
            static payload =>
            {
                T message = new();
                message.MergeFrom(payload);
                return message;
            },
            cancellationToken);

    /// <summary>The next message as it stands on the wire, or null at the end of the stream.</summary>
    public ValueTask<byte[]?> ReadBytesAsync(CancellationToken cancellationToken) =>
        ReadAsync(static payload => payload.ToArray(), cancellationToken);

    private async ValueTask<T?> ReadAsync<T>(Func<ReadOnlySequence<byte>, T> parse, CancellationToken cancellationToken) where T : class
    {
        ReadResult result = await pipe.ReadAtLeastAsync(HeaderSize, cancellationToken);
        if (result.Buffer.Length < HeaderSize)
        {
            bool atEnd = result.Buffer.IsEmpty;
            pipe.AdvanceTo(result.Buffer.End);
            return atEnd ? null : throw Broken("the stream ends inside a message");
        }

        (bool compressed, int length) = ReadHeader(result.Buffer);
        long whole = HeaderSize + (long)length;
        if (result.Buffer.Length < whole)
        {
            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await pipe.ReadAtLeastAsync((int)whole, cancellationToken);
            if (result.Buffer.Length < whole)
            {
                pipe.AdvanceTo(result.Buffer.End);
                throw Broken("the stream ends inside a message");
            }
        }

        ReadOnlySequence<byte> payload = result.Buffer.Slice(HeaderSize, length);
        try
        {
            return parse(compressed ? Unpack(payload) : payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The message is not a valid protocol buffer."), [], e);
        }
        finally
        {
            pipe.AdvanceTo(payload.End);
        }
    }

    private (bool Compressed, int Length) ReadHeader(ReadOnlySequence<byte> buffer)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        // The pipe counts in int, header included.
        if (length > (maxMessageSize ?? int.MaxValue - HeaderSize))
        {
            pipe.AdvanceTo(buffer.Start);
            throw TooLarge();
        }

        if (header[0] > 1 || (header[0] == 1 && encoding != WireNames.Gzip))
        {
            pipe.AdvanceTo(buffer.Start);
            throw Broken(header[0] > 1 ? "unknown flag of a message" : "a compressed message, but no compression was named");
        }

        return (header[0] == 1, (int)length);
    }

    private ReadOnlySequence<byte> Unpack(ReadOnlySequence<byte> payload)
    {
        ArrayBufferWriter<byte> unpacked = new(Math.Max(256, (int)Math.Min(payload.Length * 2, maxMessageSize ?? int.MaxValue / 2)));
        try
        {
            using GZipStream gzip = new(PipeReader.Create(payload).AsStream(), CompressionMode.Decompress);
            for (int read; (read = gzip.Read(unpacked.GetSpan(4096))) > 0;)
            {
                unpacked.Advance(read);
                if (unpacked.WrittenCount > maxMessageSize)
                {
                    throw TooLarge();
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The message is not valid gzip."), [], e);
        }

        return new ReadOnlySequence<byte>(unpacked.WrittenMemory);
    }

    private RpcException TooLarge() => new(StatusCode.ResourceExhausted, $"The message is larger than the {maxMessageSize} bytes permitted here.");

    private static RpcException Broken(string what) => new(StatusCode.Internal, "Broken message stream: " + what + ".");
}

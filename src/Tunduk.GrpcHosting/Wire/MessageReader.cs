using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace Tunduk.GrpcHosting.Wire;

/// <summary>
/// Length-prefixed messages of one direction of a call: a flag (compressed or not), four bytes of length, the message. A length
/// over the limit is refused before its bytes are waited for, and a compressed message that grows over it while it is unpacked. A
/// length is a claim: what is held is counted as it arrives.
/// </summary>
internal sealed class MessageReader(PipeReader pipe, int? maxMessageSize, string? encoding, Func<int, IDisposable>? hold = null, TimeSpan? pause = null, TimeProvider? clock = null) : IDisposable
{
    private const int HeldAtOnce = 64 * 1024;
    private const int HeaderSize = 5;
    private const int UnpackedAtOnce = 256 * 1024;
    private readonly List<IDisposable> _first = [];
    private readonly List<IDisposable> _further = [];
    private bool _hasFirst;

    /// <summary>Whether a pause is too long before a message and after it too, and not only within one: of a method that takes one message.</summary>
    public bool IsSingle { get; set; }

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
        ReadResult result = await ReadAtLeastAsync(HeaderSize, cancellationToken);
        if (result.Buffer.Length < HeaderSize)
        {
            bool atEnd = result.Buffer.IsEmpty;
            pipe.AdvanceTo(result.Buffer.End);
            return atEnd ? null : throw Broken("the stream ends inside a message");
        }

        (bool compressed, int length) = ReadHeader(result.Buffer);
        long whole = HeaderSize + (long)length;
        Next();
        int held = HoldTo(Math.Min(length, HeldAtOnce), result);
        while (result.Buffer.Length < whole)
        {
            if (result.IsCompleted)
            {
                pipe.AdvanceTo(result.Buffer.End);
                throw Broken("the stream ends inside a message");
            }

            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            result = await ReadOnceAsync(isBounded: true, cancellationToken);
            while (held < length && held < result.Buffer.Length - HeaderSize)
            {
                held += HoldTo(Math.Min(length - held, HeldAtOnce), result);
            }
        }

        if (held < length)
        {
            HoldTo(length - held, result);
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

    private async ValueTask<ReadResult> ReadAtLeastAsync(int bytes, CancellationToken cancellationToken)
    {
        for (bool hasBegun = false; ;)
        {
            ReadResult result = await ReadOnceAsync(IsSingle || hasBegun, cancellationToken);
            if (result.Buffer.Length >= bytes || result.IsCompleted)
            {
                return result;
            }

            hasBegun = !result.Buffer.IsEmpty;
            pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    // What is there already costs no timer.
    private async ValueTask<ReadResult> ReadOnceAsync(bool isBounded, CancellationToken cancellationToken)
    {
        ValueTask<ReadResult> reading = pipe.ReadAsync(cancellationToken);
        if (pause is null || !isBounded || reading.IsCompleted)
        {
            return await reading;
        }

        bool isLate = false;
        ITimer timer = (clock ?? TimeProvider.System).CreateTimer(
            _ =>
            {
                isLate = true;
                pipe.CancelPendingRead();
            },
            null,
            pause.Value,
            Timeout.InfiniteTimeSpan);
        ReadResult result;
        await using (timer)
        {
            result = await reading;
        }

        if (result.IsCanceled && isLate)
        {
            pipe.AdvanceTo(result.Buffer.Start);
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"The message stood still for {pause.Value.TotalSeconds:0.#} s."), [], new TimeoutException());
        }

        return result;
    }

    private int HoldTo(int bytes, ReadResult result)
    {
        try
        {
            Hold(bytes);
            return bytes;
        }
        catch (RpcException)
        {
            pipe.AdvanceTo(result.Buffer.Start);
            throw;
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
        int held = 0;
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

                for (; held < unpacked.WrittenCount; held += UnpackedAtOnce)
                {
                    Hold(UnpackedAtOnce);
                }
            }
        }
        catch (InvalidDataException e)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The message is not valid gzip."), [], e);
        }

        return new ReadOnlySequence<byte>(unpacked.WrittenMemory);
    }

    public void Dispose()
    {
        _first.ForEach(static held => held.Dispose());
        _first.Clear();
        Release();
    }

    // A message begins: what the one before it held is free, unless that was the first.
    private void Next()
    {
        _hasFirst |= _first.Count > 0;
        Release();
    }

    private void Release()
    {
        _further.ForEach(static held => held.Dispose());
        _further.Clear();
    }

    private void Hold(int bytes)
    {
        if (hold is not null)
        {
            (_hasFirst ? _further : _first).Add(hold(bytes));
        }
    }

    private RpcException TooLarge() => new(new Status(StatusCode.ResourceExhausted, $"The message is larger than the {maxMessageSize} bytes permitted here."), [], new OversizedMessageException());

    private static RpcException Broken(string what) => new(StatusCode.Internal, "Broken message stream: " + what + ".");
}

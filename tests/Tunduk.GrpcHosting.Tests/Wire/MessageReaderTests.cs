using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Tunduk.GrpcHosting.Tests.Interop.Messages;
using Tunduk.GrpcHosting.Wire;

namespace Tunduk.GrpcHosting.Tests.Wire;

public sealed class MessageReaderTests
{
    private const int Limit = 1000;

    [Theory]
    [InlineData("00", StatusCode.Internal)]
    [InlineData("0000000002AA", StatusCode.Internal)]
    [InlineData("0200000000", StatusCode.Internal)]
    [InlineData("0100000000", StatusCode.Internal)]
    [InlineData("00000003E9", StatusCode.ResourceExhausted)]
    [InlineData("00FFFFFFFF", StatusCode.ResourceExhausted)]
    [InlineData("0000000001FF", StatusCode.Internal)]
    public async Task Read_BrokenStream_IsRefused(string hex, StatusCode code)
    {
        RpcException e = await Should.ThrowAsync<RpcException>(async () => await ReadAsync(Convert.FromHexString(hex), encoding: null));
        e.StatusCode.ShouldBe(code);
    }

    [Fact]
    public async Task Read_EndOfStream_IsNull() => (await ReadAsync([], encoding: null)).ShouldBeNull();

    [Fact]
    public async Task Read_CompressedMessageThatGrowsOverTheLimit_IsRefused()
    {
        byte[] bytes = Written(new Payload { Body = ByteString.CopyFrom(new byte[100_000]) }, CompressionLevel.Fastest);
        bytes.Length.ShouldBeLessThan(Limit);
        RpcException e = await Should.ThrowAsync<RpcException>(async () => await ReadAsync(bytes, "gzip"));
        e.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task Read_CompressedMessageThatIsNoGzip_IsRefused()
    {
        RpcException e = await Should.ThrowAsync<RpcException>(async () => await ReadAsync(Convert.FromHexString("0100000003AABBCC"), "gzip"));
        e.StatusCode.ShouldBe(StatusCode.Internal);
    }

    [Fact]
    public void Read_AnyMessageInAnyPieces_IsWhatWasWritten() => Prop.ForAll<byte[], bool, byte>((body, compressed, piece) =>
    {
        Payload message = new() { Body = ByteString.CopyFrom(body ?? []) };
        byte[] bytes = Written(message, compressed ? CompressionLevel.Fastest : null);
        PipeReader pieces = PipeReader.Create(new MemoryStream(bytes), new StreamPipeReaderOptions(bufferSize: piece + 1, minimumReadSize: 1));
        ValueTask<Payload?> read = new MessageReader(pieces, Limit, "gzip").ReadAsync<Payload>(CancellationToken.None);
        // A stream in memory never makes a reader wait.
        return read.IsCompletedSuccessfully && message.Equals(read.Result);
    }).Hold();

    [Fact]
    public void Write_MessageOverTheLimit_WritesNothing()
    {
        ArrayBufferWriter<byte> output = new();
        Should.Throw<RpcException>(() => MessageWriter.Write(output, new Payload { Body = ByteString.CopyFrom(new byte[50]) }, 10, gzip: null))
            .StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        output.WrittenCount.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_NoRoomForTheMessage_IsRefused(bool compressed)
    {
        byte[] bytes = Written(new Payload { Body = ByteString.CopyFrom(new byte[Limit - 10]) }, compressed ? CompressionLevel.Fastest : null);
        int most = compressed ? bytes.Length : bytes.Length - 6; // the packed message fits, the unpacked one does not; one byte too few
        int taken = 0;
        using MessageReader reader = new(PipeReader.Create(new ReadOnlySequence<byte>(bytes)), Limit, "gzip", more =>
            (taken += more) <= most ? new MemoryStream() : throw new RpcException(StatusCode.ResourceExhausted, "no room"));

        RpcException e = await Should.ThrowAsync<RpcException>(async () => await reader.ReadAsync<Payload>(CancellationToken.None));

        e.Status.Detail.ShouldBe("no room");
    }

    [Fact]
    public async Task Read_Messages_TheFirstCountsUntilTheEndAndOthersUntilTheNext()
    {
        byte[] one = Written(new Payload { Body = ByteString.CopyFrom(1) }, gzip: null);
        List<Held> held = [];
        MessageReader reader = new(PipeReader.Create(new ReadOnlySequence<byte>([.. one, .. one, .. one])), Limit, encoding: null, bytes =>
        {
            held.Add(new Held());
            return held[^1];
        });

        int read = 0;
        while (await reader.ReadAsync<Payload>(CancellationToken.None) is not null)
        {
            read++;
        }

        read.ShouldBe(3);
        held.Select(one => one.IsFree).ShouldBe([false, true, false]);
        reader.Dispose();
        held.ShouldAllBe(one => one.IsFree);
    }

    private sealed class Held : IDisposable
    {
        public bool IsFree { get; private set; }

        public void Dispose() => IsFree = true;
    }

    private static byte[] Written(IMessage message, CompressionLevel? gzip)
    {
        ArrayBufferWriter<byte> output = new();
        MessageWriter.Write(output, message, maxMessageSize: null, gzip);
        return output.WrittenSpan.ToArray();
    }

    private static async Task<Payload?> ReadAsync(byte[] bytes, string? encoding) =>
        await new MessageReader(PipeReader.Create(new ReadOnlySequence<byte>(bytes)), Limit, encoding).ReadAsync<Payload>(CancellationToken.None);
}

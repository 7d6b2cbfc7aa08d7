using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.InformationSystems;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Resilience;

/// <summary>An own information system that speaks gRPC, and breaks it frame by frame: every answer that is none has its name, and says whether a message had left.</summary>
public sealed class GrpcNeighbourTests
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte GoAway = 7;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private static readonly byte[] Grpc = [0x88, .. Field("content-type", "application/grpc")];
    private static readonly byte[] Ok = Field("grpc-status", "0");
    private readonly TestClock clock = new();

    public static TheoryData<string, string> Answers => new()
    {
        { "no trailers", ExchangeCodes.InformationSystemBroken },
        { "headers alone without a status", ExchangeCodes.InformationSystemBroken },
        { "no message", ExchangeCodes.InformationSystemBroken },
        { "two messages", ExchangeCodes.InformationSystemBroken },
        { "message longer than it comes", ExchangeCodes.InformationSystemBroken },
        { "message of 2 GiB", ExchangeCodes.InformationSystemBroken },
        { "message of 4 GiB", ExchangeCodes.InformationSystemBroken },
        { "compressed without saying how", ExchangeCodes.InformationSystemBroken },
        { "compressed in a way nobody knows", ExchangeCodes.InformationSystemBroken },
        { "compressed, and is not", ExchangeCodes.InformationSystemBroken },
        { "bytes that are no message", ExchangeCodes.InformationSystemBroken },
        { "status out of range", ExchangeCodes.InformationSystemFailed },
        { "status that is no number", ExchangeCodes.InformationSystemFailed },
        { "another content type", ExchangeCodes.InformationSystemBroken },
        { "HTTP 503", ExchangeCodes.InformationSystemBroken },
        { "HTTP 404", ExchangeCodes.InformationSystemBroken },
        { "DATA without HEADERS", ExchangeCodes.InformationSystemBroken },
        { "reset: cancelled", ExchangeCodes.InformationSystemBroken },
        { "reset: internal", ExchangeCodes.InformationSystemBroken },
        { "reset in the middle of the message", ExchangeCodes.InformationSystemBroken },
        { "going away with the call taken", ExchangeCodes.InformationSystemBroken },
        { "going away in the middle of the message", ExchangeCodes.InformationSystemBroken },
        { "end of the connection", ExchangeCodes.InformationSystemBroken },
        { "frame on a stream never opened", ExchangeCodes.InformationSystemBroken },
        { "header compression that points nowhere", ExchangeCodes.InformationSystemBroken },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Answer_BrokenAnswer_IsNamedAndTheNextIsTaken(string what, string code)
    {
        var isBroken = true;
        await using var system = new RawServer(async (stream, _) =>
        {
            while (await RequestAsync(stream) is { } id)
            {
                await stream.WriteAsync(Volatile.Read(ref isBroken) ? AnswerOf(what, id) : Whole(id));
                if (Volatile.Read(ref isBroken) && (what.StartsWith("going", StringComparison.Ordinal) || what.StartsWith("end", StringComparison.Ordinal)))
                {
                    return;
                }
            }
        });
        using var client = new InformationSystemClient(new LimitOptions(), clock);

        var error = (await AskAsync(client, system.Address)).Error.ShouldNotBeNull();

        (error.Code, error.OutcomeUnknown).ShouldBe((code, true), error.Found);
        error.Found.ShouldNotBeNullOrEmpty();
        Volatile.Write(ref isBroken, false);
        (await AskAsync(client, system.Address)).Error.ShouldBeNull("recovery needs no hand");
    }

    [Theory]
    [InlineData(Reset)]
    [InlineData(GoAway)]
    public async Task Answer_CallRefusedUnread_IsNotRepeatedWithoutItsMessage(byte frame)
    {
        var requests = 0;
        await using var system = new RawServer(async (stream, _) =>
        {
            while (await RequestAsync(stream) is { } id)
            {
                // RFC 9113 §8.7: both say that nothing was done, and an HTTP client may send it again; the message was read once.
                var isFirst = Interlocked.Increment(ref requests) == 1;
                await stream.WriteAsync(!isFirst ? Whole(id) : frame == Reset ? Frame(Reset, 0, id, Number(7)) : Frame(GoAway, 0, 0, [.. Number(0), .. Number(0)]));
            }
        });
        using var client = new InformationSystemClient(new LimitOptions(), clock);

        (await AskAsync(client, system.Address)).Error.ShouldNotBeNull().Code.ShouldBe(ExchangeCodes.InformationSystemBroken);

        Volatile.Read(ref requests).ShouldBe(1, "nothing is sent twice");
        (await AskAsync(client, system.Address)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Answer_NoHandshakeBeforeTheDeadline_SaysThatNothingWasSent()
    {
        await using var system = new RawServer(async (stream, _) =>
        {
            // Takes what comes, and never says who it is.
            await stream.CopyToAsync(Stream.Null);
        });
        using var client = new InformationSystemClient(new LimitOptions(), clock);
        var address = new UriBuilder(system.Address) { Scheme = "https" }.Uri;
        var asking = client.AnswerAsync("service", address, new AnswerRequest(), TimeSpan.FromSeconds(3), share: null, CancellationToken.None);
        await Wait.ForAsync(() => system.Connections == 1);

        await Wait.ForAsync(() =>
        {
            clock.Expire(TimeSpan.FromSeconds(3));
            return asking.IsCompleted;
        });

        var error = (await asking).Error.ShouldNotBeNull();
        (error.Code, error.Found, error.OutcomeUnknown).ShouldBe((ExchangeCodes.InformationSystemUnreachable, "none within the connect timeout", false));
    }

    private static Task<Outcome<ProviderReply>> AskAsync(InformationSystemClient client, Uri address) =>
        client.AnswerAsync("service", address, new AnswerRequest { ServiceId = "a/b/c/d" }, TimeSpan.FromSeconds(31), share: null, CancellationToken.None);

    private static byte[] AnswerOf(string what, int id) => what switch
    {
        "no trailers" => [.. Head(id), .. Frame(Data, EndStream, id, Message())],
        "headers alone without a status" => Frame(Headers, EndHeaders | EndStream, id, Grpc),
        "no message" => Frame(Headers, EndHeaders | EndStream, id, [.. Grpc, .. Ok]),
        "two messages" => [.. Head(id), .. Frame(Data, 0, id, [.. Message(), .. Message()]), .. Tail(id, Ok)],
        "message longer than it comes" => [.. Head(id), .. Frame(Data, 0, id, [0, 0, 0, 0, 99, 1, 2]), .. Tail(id, Ok)],
        "message of 2 GiB" => [.. Head(id), .. Frame(Data, 0, id, [0, 0x7F, 0xFF, 0xFF, 0xFF, 1]), .. Tail(id, Ok)],
        "message of 4 GiB" => [.. Head(id), .. Frame(Data, 0, id, [0, 0xFF, 0xFF, 0xFF, 0xFF, 1]), .. Tail(id, Ok)],
        "compressed without saying how" => [.. Head(id), .. Frame(Data, 0, id, [1, 0, 0, 0, 2, 1, 2]), .. Tail(id, Ok)],
        "compressed in a way nobody knows" => [.. Frame(Headers, EndHeaders, id, [.. Grpc, .. Field("grpc-encoding", "what")]), .. Frame(Data, 0, id, [1, 0, 0, 0, 2, 1, 2]), .. Tail(id, Ok)],
        "compressed, and is not" => [.. Frame(Headers, EndHeaders, id, [.. Grpc, .. Field("grpc-encoding", "gzip")]), .. Frame(Data, 0, id, [1, 0, 0, 0, 2, 1, 2]), .. Tail(id, Ok)],
        "bytes that are no message" => [.. Head(id), .. Frame(Data, 0, id, [0, 0, 0, 0, 3, 0x0A, 0xFF, 0xFF]), .. Tail(id, Ok)],
        "status out of range" => Frame(Headers, EndHeaders | EndStream, id, [.. Grpc, .. Field("grpc-status", "99")]),
        "status that is no number" => Frame(Headers, EndHeaders | EndStream, id, [.. Grpc, .. Field("grpc-status", "-1")]),
        "another content type" => [.. Frame(Headers, EndHeaders, id, [0x88, .. Field("content-type", "text/html")]), .. Frame(Data, EndStream, id, Message())],
        "HTTP 503" => Frame(Headers, EndHeaders | EndStream, id, [0x08, .. Text("503")]),
        "HTTP 404" => Frame(Headers, EndHeaders | EndStream, id, [0x8D]),
        "DATA without HEADERS" => Frame(Data, EndStream, id, Message()),
        "reset: cancelled" => Frame(Reset, 0, id, Number(8)),
        "reset: internal" => Frame(Reset, 0, id, Number(2)),
        "reset in the middle of the message" => [.. Head(id), .. Frame(Data, 0, id, [0, 0, 0, 0, 99, 1]), .. Frame(Reset, 0, id, Number(8))],
        "going away with the call taken" => Frame(GoAway, 0, 0, [.. Number(id), .. Number(0)]),
        "going away in the middle of the message" => [.. Head(id), .. Frame(Data, 0, id, [0, 0, 0, 0, 99, 1]), .. Frame(GoAway, 0, 0, [.. Number(id), .. Number(0)])],
        "end of the connection" => [],
        "frame on a stream never opened" => Frame(Headers, EndHeaders, id + 100, Grpc),
        "header compression that points nowhere" => Frame(Headers, EndHeaders, id, [0xFF, 0xFF, 0xFF, 0xFF, 0x07]),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private static byte[] Whole(int id) => [.. Head(id), .. Frame(Data, 0, id, Message()), .. Tail(id, Ok)];

    private static byte[] Head(int id) => Frame(Headers, EndHeaders, id, Grpc);

    private static byte[] Tail(int id, byte[] trailers) => Frame(Headers, EndHeaders | EndStream, id, trailers);

    // An empty AnswerResponse.
    private static byte[] Message() => new byte[5];

    // Reads frames until a request is whole; its stream, or null once the client has gone. The first frame of a connection answers its preface.
    private static async Task<int?> RequestAsync(NetworkStream stream)
    {
        var head = new byte[9];
        while (true)
        {
            if (await stream.ReadAtLeastAsync(head, 9, throwOnEndOfStream: false) < 9)
            {
                return null;
            }

            if (head.AsSpan().StartsWith("PRI * HTT"u8))
            {
                await stream.ReadExactlyAsync(new byte[24 - 9]);
                await stream.WriteAsync(Frame(Settings, 0, 0, []));
                continue;
            }

            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head) >>> 8]);
            if (head[3] == Settings && head[4] == 0)
            {
                await stream.WriteAsync(Frame(Settings, 1, 0, []));
            }
            else if (head[3] is Data or Headers && (head[4] & EndStream) != 0)
            {
                return BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
            }
        }
    }

    private static byte[] Frame(byte type, int flags, int stream, byte[] payload) =>
        [.. Number(payload.Length)[1..], type, (byte)flags, .. Number(stream), .. payload];

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    // RFC 7541 §6.2.2: literals that are not indexed, without Huffman.
    private static byte[] Field(string name, string value) => [0, .. Text(name), .. Text(value)];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}

using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Tunduk.Adapter.Tests.Functional;
using Tunduk.Adapter.Tests.Rpc;
using Tunduk.Adapter.V1;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// Frames no honest client sends, to <c>Listen:Grpc</c> of a running adapter: what breaks the protocol ends its own connection, what
/// is merely too much of it costs nobody else anything, keeps nothing in memory and fills no archive.
/// </summary>
public sealed class Http2FrameTests(Http2FrameTests.Fixture fixture) : IClassFixture<Http2FrameTests.Fixture>
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Priority = 2;
    private const byte Reset = 3;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte WindowUpdate = 8;
    private const byte Continuation = 9;
    private const byte Unknown = 0xF7;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;

    // What unauthenticated refusals, put together, and the adapter itself may append meanwhile.
    private const long MostEntries = 20;

    private readonly TestWorld world = fixture.World;

    public static TheoryData<string> Broken => [.. BrokenFrames().Keys];

    public static TheoryData<string> Floods => [.. FloodFrames().Keys];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Send_FramesThatBreakTheProtocol_EndTheirConnectionAlone(string frames)
    {
        using var client = RpcClient.Of(world);
        await ServedAsync(client);
        using var hostile = await RawHttp2.OpenAsync(world.Consumer.GrpcAddress!);

        foreach (var bytes in BrokenFrames()[frames])
        {
            if (!await hostile.SendAsync(bytes))
            {
                break;
            }
        }

        await hostile.Ended.WaitAsync(Wait.Longest);
        await ServedAsync(client);
    }

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task Send_FloodOfFrames_OthersAreServedAndNothingStays(string frames)
    {
        using var client = RpcClient.Of(world);
        await ServedAsync(client);
        var entries = world.Consumer.Archive.Status.Size;
        using (var hostile = await RawHttp2.OpenAsync(world.Consumer.GrpcAddress!))
        {
            foreach (var bytes in FloodFrames()[frames])
            {
                if (!await hostile.SendAsync(bytes))
                {
                    break; // Enough of it is reason to end the connection.
                }
            }

            await ServedAsync(client);
        }

        await ServedAsync(client);
        await Wait.ForAsync(() => world.Consumer.HeldBytes == 0);
        (world.Consumer.Archive.Status.Size - entries).ShouldBeLessThan(MostEntries);
    }

    private static async Task ServedAsync(RpcClient client) =>
        (await client.CallAsync<ListServicesRequest, ListServicesResponse>(RpcClient.Exchange("ListServices"), new ListServicesRequest())).Services.ShouldNotBeEmpty();

    private static Dictionary<string, IEnumerable<byte[]>> BrokenFrames() => new(StringComparer.Ordinal)
    {
        ["header list without an end (CVE-2024-27316)"] = [RawHttp2.Frame(Headers, 0, 1, Request()), .. Enumerable.Repeat(RawHttp2.Frame(Continuation, 0, 1, Field("x-much", 16_000)), 1000)],
        ["frame longer than agreed"] = [RawHttp2.Frame(Data, 0, 1, new byte[16_385])],
        ["PING of seven bytes"] = [RawHttp2.Frame(Ping, 0, 0, new byte[7])],
        ["PING on a stream"] = [RawHttp2.Frame(Ping, 0, 1, new byte[8])],
        ["SETTINGS of five bytes"] = [RawHttp2.Frame(Settings, 0, 0, new byte[5])],
        ["window that grows by nothing"] = [RawHttp2.Frame(WindowUpdate, 0, 0, new byte[4])],
        ["window over 2 GiB"] = [RawHttp2.Frame(WindowUpdate, 0, 0, [0x7F, 0xFF, 0xFF, 0xFF])],
        ["DATA on no stream"] = [RawHttp2.Frame(Data, 0, 0, new byte[1])],
        ["DATA on a stream never opened"] = [RawHttp2.Frame(Data, 0, 1, new byte[1])],
        ["CONTINUATION of nothing"] = [RawHttp2.Frame(Continuation, EndHeaders, 1, Request())],
        ["other frame within a header list"] = [RawHttp2.Frame(Headers, 0, 1, Request()), RawHttp2.Frame(Ping, 0, 0, new byte[8])],
        ["stream of an even number"] = [RawHttp2.Frame(Headers, EndHeaders | EndStream, 2, Request())],
        ["padding longer than its frame"] = [RawHttp2.Frame(Headers, EndHeaders | 8, 1, [200, .. Request()])],
        ["header compression that points nowhere"] = [RawHttp2.Frame(Headers, EndHeaders | EndStream, 1, [0xFF, 0xFF, 0xFF, 0xFF, 0x07])],
    };

    private static Dictionary<string, IEnumerable<byte[]>> FloodFrames() => new(StringComparer.Ordinal)
    {
        ["requests that are reset at once (CVE-2023-44487)"] = Enumerable.Range(0, 5000).Select(at => Both(RawHttp2.Frame(Headers, EndHeaders, (2 * at) + 1, Request()), RawHttp2.Frame(Reset, 0, (2 * at) + 1, [0, 0, 0, 8]))),
        ["requests that never end"] = Enumerable.Range(0, 500).Select(at => RawHttp2.Frame(Headers, EndHeaders, (2 * at) + 1, Request())),
        ["requests of a window of zero"] = [RawHttp2.Frame(Settings, 0, 0, [0, 4, 0, 0, 0, 0]), .. Enumerable.Range(0, 500).Select(at => RawHttp2.Frame(Headers, EndHeaders | EndStream, (2 * at) + 1, Request()))],
        ["empty DATA"] = [RawHttp2.Frame(Headers, EndHeaders, 1, Request()), .. Many(RawHttp2.Frame(Data, 0, 1, []))],
        ["PING"] = Many(RawHttp2.Frame(Ping, 0, 0, new byte[8])),
        ["SETTINGS"] = Many(RawHttp2.Frame(Settings, 0, 0, [0, 4, 0, 1, 0, 0])),
        ["PRIORITY"] = Many(RawHttp2.Frame(Priority, 0, 1, [0, 0, 0, 3, 16])),
        ["frames of no known type"] = Many(RawHttp2.Frame(Unknown, 0xFF, 0, new byte[64])),
        ["CONTINUATION of nothing in a header list"] = [RawHttp2.Frame(Headers, 0, 1, Request()), .. Many(RawHttp2.Frame(Continuation, 0, 1, []))],
    };

    // 10,000 frames, a hundred in one write.
    private static IEnumerable<byte[]> Many(byte[] frame) => Enumerable.Repeat(Enumerable.Repeat(frame, 100).SelectMany(bytes => bytes).ToArray(), 100);

    private static byte[] Both(byte[] first, byte[] second) => [.. first, .. second];

    // A call without a key (RFC 7541: indexed fields, and literals that are not indexed).
    private static byte[] Request() =>
    [
        0x83, 0x86, .. Literal(4, "/tunduk.adapter.v1.Exchange/Call"), .. Literal(1, "localhost"), .. Field("content-type", "application/grpc"), .. Field("te", "trailers"),
    ];

    private static byte[] Literal(byte name, string value) => [name, .. Text(value)];

    private static byte[] Field(string name, string value) => [0, .. Text(name), .. Text(value)];

    private static byte[] Field(string name, int length) => Field(name, new string('a', length));

    // RFC 7541 §5.1 and §5.2, without Huffman.
    private static byte[] Text(string text)
    {
        var bytes = new List<byte>();
        var rest = text.Length;
        if (rest < 127)
        {
            bytes.Add((byte)rest);
        }
        else
        {
            bytes.Add(127);
            for (rest -= 127; rest >= 128; rest >>= 7)
            {
                bytes.Add((byte)(rest | 128));
            }

            bytes.Add((byte)rest);
        }

        return [.. bytes, .. Encoding.ASCII.GetBytes(text)];
    }

    public sealed class Fixture : IAsyncLifetime
    {
        internal TestWorld World { get; private set; } = null!;

        public async Task InitializeAsync() => World = await TestWorld.StartAsync(new TestWorldOptions { WithProvider = false, SecurityServer = new Uri("http://127.0.0.1:1/") });

        public async Task DisposeAsync() => await World.DisposeAsync();
    }

    /// <summary>A connection that reads whatever comes and sends whatever it is told.</summary>
    private sealed class RawHttp2 : IDisposable
    {
        private readonly TcpClient client = new();
        private NetworkStream wire = null!;

        /// <summary>Ends when the server has ended the connection.</summary>
        public Task Ended { get; private set; } = Task.CompletedTask;

        public static async Task<RawHttp2> OpenAsync(Uri address)
        {
            var connection = new RawHttp2();
            await connection.client.ConnectAsync(address.Host, address.Port);
            connection.wire = connection.client.GetStream(); // asked later, a connection that has ended has none
            connection.Ended = connection.ReadAsync();
            (await connection.SendAsync([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])])).ShouldBeTrue();
            return connection;
        }

        public static byte[] Frame(byte type, int flags, int stream, byte[] payload)
        {
            var frame = new byte[9 + payload.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
            frame[3] = type;
            frame[4] = (byte)flags;
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
            payload.CopyTo(frame, 9);
            return frame;
        }

        /// <summary>False once the server has ended the connection.</summary>
        public async Task<bool> SendAsync(byte[] bytes)
        {
            try
            {
                await wire.WriteAsync(bytes);
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }

        public void Dispose() => client.Dispose();

        private async Task ReadAsync()
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await wire.ReadAsync(buffer) > 0)
                {
                    // What it says is not looked at.
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // Reset: ended too.
            }
        }
    }
}

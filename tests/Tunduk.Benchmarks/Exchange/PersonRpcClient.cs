using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Tunduk.Benchmarks.Exchange;

/// <summary>The consumer's information system, asking by <c>tunduk.adapter.v1.Exchange/Call</c>; messages are written to the wire as they are, so that no library of ours is measured beside.</summary>
internal sealed class PersonRpcClient : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null, EnableMultipleHttp2Connections = true });
    private readonly Uri address;
    private readonly AuthenticationHeaderValue key;
    private readonly byte[][] frames;
    private int next;

    public PersonRpcClient(Uri grpc, string apiKey, string[] pins)
    {
        address = new Uri(grpc, "tunduk.adapter.v1.Exchange/Call");
        key = new AuthenticationHeaderValue("Bearer", apiKey);
        frames = [.. pins.Select(pin => Frame([.. Field(1, "getPerson"), .. Field(4, $$$"""{"request":{"pin":"{{{pin}}}"}}"""), .. Field(6, "KG20000000000001"), .. Field(7, "loan-scoring application 2026-00017")]))];
    }

    public Task<Window> RunAsync(int concurrency, TimeSpan length) => ClosedLoop.RunAsync(concurrency, length, AskAsync);

    public void Dispose() => http.Dispose();

    private async Task<bool> AskAsync()
    {
        var number = (uint)Interlocked.Increment(ref next) % (uint)frames.Length;
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(frames[number]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Authorization = key;
        request.Headers.TryAddWithoutValidation("te", "trailers");
        using var response = await http.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return response.TrailingHeaders.TryGetValues("grpc-status", out var status) && status.Single() == "0";
    }

    // A string or bytes field of at most 16 KiB, and the five bytes before a message that is not compressed.
    private static byte[] Field(int number, string text)
    {
        var value = Encoding.UTF8.GetBytes(text);
        byte[] length = value.Length < 128 ? [(byte)value.Length] : [(byte)(value.Length | 0x80), (byte)(value.Length >> 7)];
        return [(byte)((number << 3) | 2), .. length, .. value];
    }

    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }
}

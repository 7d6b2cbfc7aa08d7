using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tunduk.Adapter.Tests.Functional;

namespace Tunduk.Adapter.Tests.Attacks;

/// <summary>
/// A security server or an information system at the level of bytes, for what no HTTP library would say; one answer for each
/// connection. Texts are Latin-1, a character for a byte.
/// </summary>
internal sealed class RawNeighbour : IAsyncDisposable
{
    private readonly RawServer server;

    public RawNeighbour() => server = new RawServer(async (stream, _) =>
    {
        if (await ReadAsync(stream, isAnswer: false) is { Length: > 0 } request)
        {
            Received.Enqueue(request);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(Answer(request)));
        }
    });

    public Uri Address => server.Address;

    /// <summary>Every request whole, with its head.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>Gives the whole answer to a whole request.</summary>
    public Func<string, string> Answer { get; set; } = _ => "HTTP/1.1 500 Nothing\r\nContent-Length: 0\r\n\r\n";

    /// <summary>Sends a whole request and gives the whole answer.</summary>
    public static async Task<string> SendAsync(Uri address, string request)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, address.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        return await ReadAsync(client.GetStream(), isAnswer: true);
    }

    /// <summary>The value of a header; empty without it.</summary>
    public static string Header(string message, string name)
    {
        var start = message.IndexOf("\r\n" + name + ":", StringComparison.OrdinalIgnoreCase);
        return start < 0 || start > message.IndexOf("\r\n\r\n", StringComparison.Ordinal) ? "" : message[(start + name.Length + 3)..message.IndexOf("\r\n", start + 2, StringComparison.Ordinal)].Trim();
    }

    /// <summary>A text as bytes of UTF-8, a character for each.</summary>
    public static string Utf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    public ValueTask DisposeAsync() => server.DisposeAsync();

    public static string BodyOf(string message) => message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

    private static async Task<string> ReadAsync(NetworkStream stream, bool isAnswer)
    {
        var text = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var all = text.ToString();
            if (!isAnswer && all.Contains("\r\n\r\n", StringComparison.Ordinal) && IsWhole(all))
            {
                return all;
            }

            var read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                return text.ToString();
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
    }

    private static bool IsWhole(string message) => Header(message, "Transfer-Encoding") == "chunked"
        ? message.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
        : BodyOf(message).Length >= (int.TryParse(Header(message, "Content-Length"), out var length) ? length : 0);
}

using System.Net.Sockets;
using System.Text;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>HTTP by hand, for requests a client library refuses to make.</summary>
internal static class RawHttp
{
    /// <summary>Posts a whole request and reads the answer to its end.</summary>
    public static async Task<HttpReply> PostAsync(Uri address, string path, IEnumerable<string> headers, string body)
    {
        using var client = await SendAsync(address, path, headers, body, Encoding.UTF8.GetByteCount(body));
        using var answer = new MemoryStream();
        await client.GetStream().CopyToAsync(answer);
        var text = Encoding.UTF8.GetString(answer.ToArray());
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..end].Split("\r\n");
        var fields = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        return new HttpReply(int.Parse(lines[0].Split(' ')[1]), fields.GetValueOrDefault("Content-Type"), fields, Encoding.UTF8.GetBytes(text[(end + 4)..]));
    }

    /// <summary>Announces more than it sends, then closes.</summary>
    public static async Task BreakOffAsync(Uri address, string path, IEnumerable<string> headers, string half, int announced)
    {
        using var client = await SendAsync(address, path, headers, half, announced);
        client.Client.Shutdown(SocketShutdown.Both);
    }

    /// <summary>Announces a body and sends what is given of it; the connection stays open.</summary>
    public static async Task<TcpClient> SendAsync(Uri address, string path, IEnumerable<string> headers, string body, int announced)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(address.Host, address.Port);
        var head = $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: close\r\nContent-Length: {announced}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n";
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(head + body));
        return client;
    }
}

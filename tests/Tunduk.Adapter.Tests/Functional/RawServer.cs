using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>A TCP server that does to each connection what a test says: what no HTTP server would do.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Func<NetworkStream, int, Task> serve;
    private readonly Task loop;
    private int connections;

    /// <summary>Begins to listen.</summary>
    /// <param name="serve">Serves a connection, given its number from 1; the connection ends with it.</param>
    public RawServer(Func<NetworkStream, int, Task> serve)
    {
        this.serve = serve;
        listener.Start();
        loop = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    public int Connections => connections;

    /// <summary>Reads one request with its body; false when the connection ended before.</summary>
    public static async Task<bool> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            var read = await stream.ReadAsync(buffer);
            if (read == 0)
            {
                return false;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var head = text.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0 && text.Length - head - 4 >= Length(text.ToString(0, head)))
            {
                return true;
            }
        }
    }

    /// <summary>Ends the connection with a reset instead of a close.</summary>
    public static void Reset(NetworkStream stream) => stream.Socket.Close(0);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await loop;
        listener.Dispose();
        stop.Dispose();
    }

    private static int Length(string head) => head.Split("\r\n")
        .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
        .Select(line => int.Parse(line.Split(':')[1].Trim()))
        .FirstOrDefault();

    private async Task AcceptAsync()
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = ServeAsync(client, Interlocked.Increment(ref connections));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client, int number)
    {
        using (client)
        {
            try
            {
                await serve(client.GetStream(), number).WaitAsync(stop.Token);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // The other side gave up first.
            }
        }
    }
}

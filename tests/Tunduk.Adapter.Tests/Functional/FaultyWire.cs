using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tunduk.Adapter.Tests.Functional;

/// <summary>A wire between the adapter and a neighbour that passes bytes on, or does not, as a test says at any moment.</summary>
internal sealed class FaultyWire : IAsyncDisposable
{
    private static readonly byte[] Junk = [.. Enumerable.Range(0, 512).Select(i => (byte)(i * 37))];
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<TcpClient, bool> live = new();
    private readonly TaskCompletionSource silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task loop;

    public FaultyWire()
    {
        listener.Start();
        loop = AcceptAsync();
    }

    public enum Fault
    {
        None,

        /// <summary>Takes the request, then resets the connection.</summary>
        Reset,

        /// <summary>Takes the request, answers bytes that are no HTTP, closes.</summary>
        Garbage,

        /// <summary>Takes the request, then says nothing.</summary>
        Silence,
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>Where sound connections lead.</summary>
    public Uri Target { get; set; } = null!;

    public Fault Mode { get; set; }

    /// <summary>Makes every second connection fail, beginning with the first.</summary>
    public bool Flaps { get; set; }

    /// <summary>Ends when a request has come whole to which nothing will be said.</summary>
    public Task Silent => silent.Task;

    /// <summary>Ends every connection, as a neighbour that starts again does.</summary>
    public void Drop()
    {
        foreach (var client in live.Keys)
        {
            client.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await loop;
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = ServeAsync(client, isFirstOfTwo: i % 2 == 0);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task ServeAsync(TcpClient client, bool isFirstOfTwo)
    {
        using (client)
        {
            live.TryAdd(client, true);
            try
            {
                // An HTTP client may make a connection that it uses only later: what counts is how the wire is then.
                _ = await client.Client.ReceiveAsync(Memory<byte>.Empty, stop.Token);
                await ServeAsync(client.GetStream(), Flaps && isFirstOfTwo ? Fault.Reset : Mode);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // One of the two sides is gone.
            }
            finally
            {
                live.TryRemove(client, out _);
            }
        }
    }

    private async Task ServeAsync(NetworkStream stream, Fault fault)
    {
        if (fault == Fault.None)
        {
            await PassAsync(stream);
            return;
        }

        await RawServer.ReadRequestAsync(stream);
        switch (fault)
        {
            case Fault.Reset:
                stream.Socket.Close(0);
                break;
            case Fault.Garbage:
                await stream.WriteAsync(Junk, stop.Token);
                break;
            default:
                silent.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
                break;
        }
    }

    private async Task PassAsync(NetworkStream stream)
    {
        using var other = new TcpClient { NoDelay = true };
        await other.ConnectAsync(Target.Host, Target.Port, stop.Token);
        var there = stream.CopyToAsync(other.GetStream(), stop.Token);
        var back = other.GetStream().CopyToAsync(stream, stop.Token);
        await Task.WhenAny(there, back);
    }
}

using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>
/// Sends every checkpoint as one RFC 5424 message over TLS (RFC 5425), TCP (octet counting), UDP (RFC 5426) or a local socket. The message
/// is one line, because collectors change line feeds: <c>tunduk-checkpoint SIZE BASE64</c>, the note in base64.
/// </summary>
/// <remarks>LIMIT: syslog has no receipt: sent is all that is known, and whether a collector keeps it is found out by looking there.</remarks>
internal sealed class SyslogAnchor(AnchorOptions options, TimeProvider time) : IAnchor
{
    /// <summary>What stands before size and note.</summary>
    public const string Mark = "tunduk-checkpoint ";

    // Facility 13 (log audit), severity 5 (notice).
    private const int Priority = (13 * 8) + 5;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    private Uri Address => options.Address;

    public string Name => options.ToString().TrimEnd('/');

    public bool IsReceipted => false;

    public bool IsLocal => false;

    public async ValueTask PublishAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        byte[] message = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"<{Priority}>1 {time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.ffffffZ} {Host()} tunduk-adapter {Environment.ProcessId} checkpoint - {Mark}{checkpoint.Size} {Convert.ToBase64String(Encoding.UTF8.GetBytes(checkpoint.Note))}"));
        await GuardAsync(token => SendAsync(message, token), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask ProbeAsync(CancellationToken cancellationToken) => GuardAsync(token => SendAsync(null, token), cancellationToken);

    public void Dispose()
    {
    }

    private async ValueTask GuardAsync(Func<CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            await send(limit.Token).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new IOException(e.SocketErrorCode.ToString(), e);
        }
        catch (AuthenticationException e)
        {
            throw new IOException(Phrases.Of("Publishing.CertificateNotAccepted"), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(Phrases.Of("Publishing.TookNothingWithinS", options.Timeout.TotalSeconds), e);
        }
    }

    private async Task SendAsync(byte[]? message, CancellationToken cancellationToken)
    {
        switch (Address.Scheme)
        {
            case "syslog+unix":
                await SendLocalAsync(message, cancellationToken).ConfigureAwait(false);
                break;
            case "syslog+udp":
                using (UdpClient udp = new(Address.IdnHost, Port(514)))
                {
                    await udp.Client.SendAsync(message ?? [], cancellationToken).ConfigureAwait(false);
                }

                break;
            case "syslog+tcp":
                using (TcpClient tcp = await ConnectAsync(601, cancellationToken).ConfigureAwait(false))
                {
                    await WriteAsync(tcp.GetStream(), message, () => tcp.Client.Shutdown(SocketShutdown.Send), cancellationToken).ConfigureAwait(false);
                }

                break;
            default:
                using (TcpClient tcp = await ConnectAsync(6514, cancellationToken).ConfigureAwait(false))
                await using (SslStream tls = new(tcp.GetStream()))
                {
                    await tls.AuthenticateAsClientAsync(AnchorTls.Options(options), cancellationToken).ConfigureAwait(false);
                    await WriteAsync(tls, message, () => tls.ShutdownAsync().GetAwaiter().GetResult(), cancellationToken).ConfigureAwait(false);
                }

                break;
        }
    }

    private async Task SendLocalAsync(byte[]? message, CancellationToken cancellationToken)
    {
        UnixDomainSocketEndPoint end = new(Uri.UnescapeDataString(Address.AbsolutePath));
        using Socket datagram = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            await datagram.ConnectAsync(end, cancellationToken).ConfigureAwait(false);
            if (message is not null)
            {
                await datagram.SendAsync(message, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ProtocolType || e.NativeErrorCode == 91)
        {
            // EPROTOTYPE: the collector listens for a stream, whose messages end with a line feed.
            using Socket stream = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await stream.ConnectAsync(end, cancellationToken).ConfigureAwait(false);
            if (message is not null)
            {
                await stream.SendAsync((byte[])[.. message, (byte)'\n'], cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<TcpClient> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        TcpClient client = new();
        try
        {
            await client.ConnectAsync(Address.IdnHost, Port(port), cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    // Each message has a connection of its own: one that was cut shows when the next is made, and half of it is never taken for a message.
    private static async Task WriteAsync(Stream stream, byte[]? message, Action end, CancellationToken cancellationToken)
    {
        if (message is null)
        {
            return;
        }

        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture) + " "), .. message], cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        end();
        using CancellationTokenSource linger = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        linger.CancelAfter(Linger);
        try
        {
            // A collector that refused the connection late says so now; one that keeps it open is not waited for.
            byte[] ignored = new byte[256];
            int read;
            do
            {
                read = await stream.ReadAsync(ignored, linger.Token).ConfigureAwait(false);
            }
            while (read > 0);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It keeps the connection open.
        }
    }

    private int Port(int otherwise) => Address.Port > 0 ? Address.Port : otherwise;

    private static string Host()
    {
        string name = string.Concat(Environment.MachineName.Where(static c => c is > ' ' and < (char)127).Take(255));
        return name.Length == 0 ? "-" : name;
    }
}

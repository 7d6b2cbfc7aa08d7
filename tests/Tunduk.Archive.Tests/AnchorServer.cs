using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tunduk.Archive.Tests;

/// <summary>A collector on a loopback socket: takes what comes over TCP or TLS until the sender ends, and answers as the test says.</summary>
internal sealed class AnchorServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly bool tls;
    private readonly bool http;

    public AnchorServer(bool tls, bool http = false)
    {
        (this.tls, this.http) = (tls, http);
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        Certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public X509Certificate2 Certificate { get; }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Everything that came, a connection each.</summary>
    public ConcurrentQueue<string> Received { get; } = [];

    /// <summary>Status line and headers of the answer over HTTP; null: none comes, and the connection hangs.</summary>
    public string? Answer { get; set; } = "204 No Content";

    /// <summary>What an answer over HTTP waits for.</summary>
    public Task Before { get; init; } = Task.CompletedTask;

    public byte[] Pin => Certificate.GetCertHash(HashAlgorithmName.SHA256);

    public AnchorOptions Options(string scheme, byte[]? pin = null) => new()
    {
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"{scheme}://localhost:{Port}{(scheme == "https" ? "/checkpoints" : "")}")),
        ServerCertificates = pin is null && !tls ? [] : [pin ?? Pin],
        BearerToken = scheme == "https" ? "token-7" : null,
        Timeout = TimeSpan.FromSeconds(Answer is null ? 1 : 20),
    };

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        Certificate.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stop.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }

            _ = Task.Run(() => TakeAsync(client));
        }
    }

    private async Task TakeAsync(TcpClient client)
    {
        using TcpClient own = client;
        try
        {
            await using Stream stream = await OpenAsync(client);
            StringBuilder text = new();
            byte[] buffer = new byte[8192];
            for (int read; (read = await stream.ReadAsync(buffer, stop.Token)) > 0;)
            {
                text.Append(Encoding.UTF8.GetString(buffer, 0, read));
                if (http && IsWhole(text.ToString()))
                {
                    await Before;
                    if (Answer is not { } answer)
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
                        return;
                    }

                    Received.Enqueue(text.ToString());
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), stop.Token);
                    return;
                }
            }

            if (!http)
            {
                Received.Enqueue(text.ToString());
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The sender did not believe this server, or the test is over.
        }
    }

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (!tls)
        {
            return client.GetStream();
        }

        SslStream stream = new(client.GetStream());
        await stream.AuthenticateAsServerAsync(Certificate);
        return stream;
    }

    private static bool IsWhole(string request)
    {
        int end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        int length = request.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
        return end > 0 && (length < 0 || Encoding.UTF8.GetByteCount(request) >= end + 4 + int.Parse(request[(length + 16)..request.IndexOf("\r\n", length, StringComparison.Ordinal)], CultureInfo.InvariantCulture));
    }
}

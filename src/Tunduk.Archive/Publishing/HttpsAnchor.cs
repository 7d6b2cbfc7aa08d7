using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>Sends every checkpoint by POST, as <c>text/plain</c>; an answer of 200 to 299 is the receipt. Redirects, cookies and proxies are not followed.</summary>
internal sealed class HttpsAnchor(AnchorOptions options) : IAnchor
{
    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        MaxConnectionsPerServer = 1,
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.Timeout,
        SslOptions = AnchorTls.Options(options),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // each attempt has its own
    };

    public string Name => options.ToString();

    public bool IsReceipted => true;

    public bool IsLocal => false;

    public async ValueTask PublishAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(HttpMethod.Post, options.Address);
        message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(checkpoint.Note));
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain", "utf-8");
        if (options.BearerToken is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        int status = await SendAsync(message, cancellationToken).ConfigureAwait(false);
        if (status is < 200 or > 299)
        {
            throw new IOException(Phrases.Of("Publishing.AnsweredHttp", status, status is >= 300 and < 400 ? Phrases.Of("Publishing.RedirectsNotFollowed") : ""));
        }
    }

    public async ValueTask ProbeAsync(CancellationToken cancellationToken)
    {
        // Whatever it answers, it is there and is the one that is meant.
        using HttpRequestMessage message = new(HttpMethod.Options, options.Address);
        await SendAsync(message, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => client.Dispose();

    private async Task<int> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            using HttpResponseMessage response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException e)
        {
            throw new IOException(e.HttpRequestError == HttpRequestError.SecureConnectionError ? Phrases.Of("Publishing.CertificateNotAccepted") : e.HttpRequestError.ToString(), e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(Phrases.Of("Publishing.NothingCameWithinS", options.Timeout.TotalSeconds), e);
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.SecurityServers;

namespace Tunduk.Adapter.InformationSystems;

/// <summary>Asks the own information system: JSON over HTTP POST, X-Road values as headers.</summary>
internal sealed class InformationSystemClient : IDisposable
{
    private readonly HttpClient http;
    private readonly int maxBody;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<Uri, NeighbourBreaker<ReadOnlyMemory<byte>>> breakers = new();

    public InformationSystemClient(int maxBody, TimeProvider clock)
    {
        this.maxBody = maxBody;
        this.clock = clock;
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Posts the request body; the answer is JSON or a refusal that says whether it may have been executed.</summary>
    public Task<Outcome<ReadOnlyMemory<byte>>> PostAsync(
        Uri address,
        ReadOnlyMemory<byte> json,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        TimeSpan timeout,
        CancellationToken cancellationToken) =>
        breakers.GetOrAdd(address, MakeBreaker).CallAsync(
            static (call, token) => call.Client.SendAsync(call.Address, call.Json, call.Headers, token),
            (Client: this, Address: address, Json: json, Headers: headers),
            timeout,
            cancellationToken);

    private NeighbourBreaker<ReadOnlyMemory<byte>> MakeBreaker(Uri address) => new(
        static error => error.Code is ExchangeCodes.InformationSystemUnreachable or ExchangeCodes.InformationSystemBroken,
        Refuse(ExchangeCodes.InformationSystemUnreachable, "an information system that answers", "half of the last calls unanswered: none is made for 5 s", unknown: false),
        static timeout => Refuse(ExchangeCodes.InformationSystemTimeout, $"an answer within {timeout.TotalSeconds:0.#} s", "none", unknown: true),
        clock);

    private async ValueTask<Outcome<ReadOnlyMemory<byte>>> SendAsync(
        Uri address,
        ReadOnlyMemory<byte> json,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(json) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                // Below 500 the information system says that it did nothing; a server error may come after the side effect.
                return Refuse(ExchangeCodes.InformationSystemRefused, "HTTP 200", $"HTTP {(int)response.StatusCode}", unknown: (int)response.StatusCode >= 500);
            }

            if (response.Content.Headers.ContentType?.MediaType is not { } media || !media.EndsWith("json", StringComparison.OrdinalIgnoreCase))
            {
                return Refuse(ExchangeCodes.InformationSystemBroken, "application/json", "another content type", unknown: true);
            }

            var body = await BoundedBody.ReadAsync(response.Content, maxBody, cancellationToken);
            return body is null
                ? Refuse(ExchangeCodes.InformationSystemBroken, $"at most {maxBody} bytes", "a longer answer", unknown: true)
                : new ReadOnlyMemory<byte>(body);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            var found = exception.InnerException is SocketException socket ? socket.SocketErrorCode.ToString() : exception.HttpRequestError.ToString();
            return Refuse(ExchangeCodes.InformationSystemUnreachable, "a connection", found, unknown: false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Refuse(ExchangeCodes.InformationSystemBroken, "a whole answer", "the connection closed before its end", unknown: true);
        }
    }

    public void Dispose() => http.Dispose();

    private static ExchangeError Refuse(string code, string expected, string found, bool unknown) =>
        new(ExchangeStage.Forward, code) { Path = "Provides:Upstream", Expected = expected, Found = found, OutcomeUnknown = unknown };
}

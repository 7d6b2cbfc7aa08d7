using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Tunduk.Adapter.Certificates;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>
/// Sends messages to the own security servers. Another server is asked only while no byte of the request was written: some
/// services are paid for by the call, and what was written may have been executed. A service marked idempotent alone is
/// asked again after that.
/// </summary>
internal sealed class SecurityServerClient : IDisposable
{
    private readonly HttpClient http;
    private readonly X509Certificate2? certificate;
    private readonly SecurityServerEndpoint[] servers;
    private readonly ServiceBulkheads bulkheads;
    private readonly SecurityServerOptions options;
    private readonly int maxBody;
    private readonly TimeProvider clock;

    private SecurityServerClient(AdapterOptions adapter, X509Certificate2? certificate, TimeProvider clock, Action<X509Certificate>? accepted, Func<string, CancellationToken, Task<IPAddress[]>>? names)
    {
        var limits = adapter.Limits;
        options = adapter.SecurityServer;
        this.certificate = certificate;
        this.clock = clock;
        maxBody = limits.MaxBody;
        servers = [.. options.FailOver.Prepend(options.Address).Select(address => new SecurityServerEndpoint(new Uri(address.TrimEnd('/') + "/"), clock))];

        // One service holds at most half of the connections, and waits for them in at most seven eighths of the places for exchanges:
        // the others find both, and a service that is alone is not refused while there is room.
        var places = Math.Max(1, options.MaxConnections / 2);
        bulkheads = new ServiceBulkheads(places, Math.Max(0, ServiceBulkheads.ShareOf(limits.MaxConcurrentExchanges) - places));
        var longestConnect = adapter.Services.Values.Select(service => service.ConnectTimeout ?? TimeSpan.Zero).Append(options.ConnectTimeout).Max();
        http = new HttpClient(SecurityServerConnections.CreateHandler(options, longestConnect, certificate, clock, accepted, names)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Makes the client; null where no server is configured, or with faults where its certificate cannot be read.</summary>
    public static SecurityServerClient? Create(AdapterOptions options, Func<string, string> resolve, TimeProvider clock, List<SettingFault> faults, Action<X509Certificate>? accepted = null, Func<string, CancellationToken, Task<IPAddress[]>>? names = null)
    {
        if (options.SecurityServer.Address.Length == 0)
        {
            return null;
        }

        X509Certificate2? certificate = null;
        if (ClientCertificate(options.SecurityServer) is { } files && (certificate = CertificateLoader.Load(files, resolve, faults)) is null)
        {
            return null;
        }

        return new SecurityServerClient(options, certificate, clock, accepted, names);
    }

    /// <summary>Host of the first server.</summary>
    public string Host => servers[0].Address.Host;

    /// <summary>The files of the certificate we offer; null where none is configured.</summary>
    public static CertificateFiles? ClientCertificate(SecurityServerOptions options) => options.ClientCertificate is { } certificate
        ? new CertificateFiles("SecurityServer:ClientCertificate", certificate, "SecurityServer:ClientCertificateKey", options.ClientCertificateKey, options.ClientCertificatePasswordFile)
        : null;

    /// <summary>Sends one message and reads the whole answer, within the service's limits.</summary>
    /// <param name="request">The message.</param>
    /// <param name="cancellationToken">The limit on a transfer that stands still; nothing else ends what was begun.</param>
    /// <returns>The answer; or a refusal that says whether the provider may have executed the request.</returns>
    public async Task<Outcome<SecurityServerReply>> SendAsync(SecurityServerRequest request, CancellationToken cancellationToken)
    {
        // No fault of the neighbour: what cannot be written must not rest it for everybody.
        if (RestPolicy.Unwritable(request.Headers) is { } unwritable)
        {
            return unwritable with { Stage = ExchangeStage.Forward };
        }

        var total = request.Limits.Total ?? options.TotalTimeout;
        using var late = new CancellationTokenSource(total, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var started = clock.GetTimestamp();
        System.Threading.RateLimiting.RateLimitLease place;
        try
        {
            place = await bulkheads.EnterAsync(request.Limits, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return SecurityServerErrors.Full(request.Limits.Service);
        }

        using (place)
        {
            return place.IsAcquired
                ? await AskInTurnAsync(request, total, started, cancellationToken)
                : SecurityServerErrors.Full(request.Limits.Service);
        }
    }

    public void Dispose()
    {
        http.Dispose();
        bulkheads.Dispose();
        certificate?.Dispose();
    }

    private async Task<Outcome<SecurityServerReply>> AskInTurnAsync(SecurityServerRequest request, TimeSpan total, long started, CancellationToken cancellationToken)
    {
        ExchangeError? error = null;
        foreach (var server in Turns(request.Limits.Idempotent))
        {
            var left = total - clock.GetElapsedTime(started);
            if (error is not null && left <= TimeSpan.Zero)
            {
                break;
            }

            var attempt = new Attempt(this, server, request);
            Outcome<SecurityServerReply> outcome;
            try
            {
                outcome = await server.CallAsync(request.Limits.Service, static (attempt, token) => attempt.RunAsync(token), attempt, left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), cancellationToken);
                if (attempt.Begun is { } begun)
                {
                    outcome = await begun.ReadAsync(cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return SecurityServerErrors.Stalled(attempt.IsWritten);
            }

            if (outcome.TryGet(out var reply, out error))
            {
                server.NoteReached();
                return reply;
            }

            var isServiceAlone = ReferenceEquals(error, SecurityServerEndpoint.ServiceRests);
            error = error with { OutcomeUnknown = error.OutcomeUnknown && attempt.IsWritten };
            if (error.Code == ExchangeCodes.SecurityServerUnreachable && !isServiceAlone)
            {
                server.NoteUnreachable();
            }

            // What the server itself answered is its word; and what was written is not written again.
            if (error.Code is not (ExchangeCodes.SecurityServerUnreachable or ExchangeCodes.SecurityServerBroken) || (attempt.IsWritten && !request.Limits.Idempotent))
            {
                return error;
            }
        }

        return error!;
    }

    // In the configured order, those just found unreachable last; an idempotent service is asked at least twice.
    private IEnumerable<SecurityServerEndpoint> Turns(bool idempotent)
    {
        IEnumerable<SecurityServerEndpoint> turns = servers.Length == 1 ? servers : servers.OrderBy(server => server.Rests);
        return idempotent && servers.Length == 1 ? turns.Concat(servers) : turns;
    }

    private async ValueTask<Outcome<SecurityServerReply>> ReadAsync(SecurityServerRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // The Content-Length of an answer to HEAD is that of a body which does not come.
        var body = request.Method == "HEAD" ? [] : await BoundedBody.ReadAsync(response.Content, maxBody, request.Share, cancellationToken);
        return request.Share is { IsFull: true } full ? full.AnswerRefusal()
            : body is null
            ? SecurityServerErrors.Refuse(ExchangeCodes.SecurityServerBroken, RefusalPhrases.Of("bytes_at_most", maxBody), RefusalPhrases.Of("longer_answer"), unknown: true)
            : new SecurityServerReply(body, response.Content.Headers.ContentType?.ToString(), (int)response.StatusCode) { Headers = HttpHeaderList.Of(response) };
    }

    // One message to one server.
    private sealed class Attempt(SecurityServerClient client, SecurityServerEndpoint server, SecurityServerRequest message)
    {
        private WireNote? note;

        /// <summary>An answer whose body goes to disk: it is read after the call, since its time is bounded by progress and not in all.</summary>
        public BegunReply? Begun { get; private set; }

        public bool IsWritten => note is { IsWritten: true };

        public async ValueTask<Outcome<SecurityServerReply>> RunAsync(CancellationToken cancellationToken)
        {
            var pause = message.Limits.Response ?? client.options.ResponseTimeout;
            using var silence = new CancellationTokenSource(pause, client.clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
            using var wire = new WireNote(() => silence.CancelAfter(pause));
            note = wire;
            var request = Make();
            HttpResponseMessage? response = null;
            try
            {
                response = await client.http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
                if (message.Spooled is { } spooled && spooled.Takes(message.Method, response))
                {
                    Begun = new BegunReply(spooled, request, response);
                    return new SecurityServerReply(default, null, (int)response.StatusCode);
                }

                return await client.ReadAsync(message, response, either.Token);
            }
            catch (Exception exception) when (exception is HttpRequestException or SocketException)
            {
                // A connection reset as it is made leaves the HTTP client as it is, in no HttpRequestException.
                return SecurityServerErrors.Of(exception, note.IsWritten);
            }
            catch (IOException exception)
            {
                return SecurityServerErrors.BrokenOff(exception);
            }
            catch (OperationCanceledException exception) when (!either.IsCancellationRequested)
            {
                return SecurityServerErrors.Of(exception, written: false);
            }
            catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return SecurityServerErrors.Silent(pause);
            }
            finally
            {
                if (Begun is null)
                {
                    response?.Dispose();
                    request.Dispose();
                }
            }
        }

        private HttpRequestMessage Make()
        {
            // Raw: a path is signed and judged as it is written, so it is sent as it is written (PR-REST 4.2).
            var address = new Uri(server.Address.OriginalString.TrimEnd('/') + message.Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            var request = new HttpRequestMessage(new HttpMethod(message.Method), address) { Content = message.Content?.Invoke() };
            foreach (var (name, value) in message.Headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, value))
                {
                    request.Content?.Headers.TryAddWithoutValidation(name, value);
                }
            }

            if (message.Limits.Connect is { } connect)
            {
                request.Options.Set(SecurityServerConnections.ConnectTimeout, connect);
            }

            return request;
        }
    }
}

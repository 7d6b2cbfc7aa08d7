using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.V1;

namespace Tunduk.Adapter.InformationSystems;

/// <summary>Asks the own information system: JSON, SOAP, REST or gRPC, with the X-Road values as headers.</summary>
internal sealed class InformationSystemClient : IDisposable
{
    /// <summary>Longest time for a name and a connection.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient http;
    private readonly int maxBody;
    private readonly TimeProvider clock;
    private readonly ServiceBulkheads bulkheads;
    private readonly ProviderChannels rpc;
    private readonly ConcurrentDictionary<string, NeighbourBreaker<SecurityServerReply>> breakers = new(StringComparer.Ordinal);

    /// <summary>Makes the client.</summary>
    /// <param name="limits">Bounds of messages and of what is under way.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="names">Resolves a name; null asks the system.</param>
    public InformationSystemClient(LimitOptions limits, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>>? names = null)
    {
        maxBody = limits.MaxBody;
        this.clock = clock;
        rpc = new ProviderChannels(limits.MaxBody, clock, names);

        // One slow service takes at most seven eighths of the places for exchanges; what is more is refused before it is asked.
        bulkheads = new ServiceBulkheads(ServiceBulkheads.ShareOf(limits.MaxConcurrentExchanges), waiting: 0);
        http = new HttpClient(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null, // A counterparty's trace context and baggage end here; the record's id goes on.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectTimeout * 2, // With the TLS handshake.
            ConnectCallback = (context, cancellationToken) => NeighbourConnection.OpenAsync(context.DnsEndPoint, ConnectTimeout, names, clock, cancellationToken),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PlaintextStreamFilter = static (context, _) => new ValueTask<Stream>(new MeteredStream(context.PlaintextStream)),
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Posts the request body; the answer is JSON or a refusal that says whether it may have been executed.</summary>
    public async Task<Outcome<ReadOnlyMemory<byte>>> PostJsonAsync(
        string service,
        Uri address,
        ReadOnlyMemory<byte> json,
        IReadOnlyList<KeyValuePair<string, string>> headers,
        TimeSpan timeout,
        BodyBudget.Share? share,
        CancellationToken cancellationToken)
    {
        var request = new UpstreamRequest
        {
            Address = address,
            Service = service,
            Headers = [new("Accept", "application/json"), .. headers],
            Content = () => SecurityServerRequest.Bytes(json, "application/json"),
            Timeout = timeout,
            Share = share,
            Accepts = static status => status == (int)HttpStatusCode.OK,
            Accepted = RefusalPhrases.Of("http_200"),
        };
        if (!(await SendAsync(request, cancellationToken)).TryGet(out var reply, out var error))
        {
            return error;
        }

        return MediaTypeHeaderValue.TryParse(reply.ContentType, out var media) && media.MediaType is { } type && type.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            ? reply.Body
            : Refuse(ExchangeCodes.InformationSystemBroken, "application/json", RefusalPhrases.Of("another_content_type"), unknown: true);
    }

    /// <summary>Sends one request and reads the whole answer.</summary>
    public async Task<Outcome<SecurityServerReply>> SendAsync(UpstreamRequest request, CancellationToken cancellationToken)
    {
        // No fault of the information system: what cannot be written must not rest it for everybody.
        if (RestPolicy.Unwritable(request.Headers) is { } unwritable)
        {
            return unwritable with { Stage = ExchangeStage.Forward };
        }

        using var place = await bulkheads.EnterAsync(new ServiceLimits(request.Service), cancellationToken);
        if (!place.IsAcquired)
        {
            return Full();
        }

        var call = new Call(this, request);
        try
        {
            var outcome = await breakers.GetOrAdd(request.Service, _ => MakeBreaker()).CallAsync(static (call, token) => call.Client.SendOnceAsync(call, token), call, request.Timeout, cancellationToken);
            if (call.Begun is not { } begun)
            {
                // The time for an answer was shorter than that for a connection: nothing was asked.
                return outcome.Error is { Code: ExchangeCodes.InformationSystemTimeout } && !call.IsWritten ? Unreachable(TransportFault.OfConnect(new TimeoutException())) : outcome;
            }

            // Its time is bounded by progress, not in all.
            outcome = await begun.ReadAsync(cancellationToken);
            return outcome.Error is { Code: not (ExchangeCodes.SpoolFull or ExchangeCodes.Overloaded) } broken ? broken with { Code = ExchangeCodes.InformationSystemBroken, Path = "Provides:Upstream" } : outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Refuse(ExchangeCodes.InformationSystemTimeout, RefusalPhrases.Of("information_system_that_takes_message"), RefusalPhrases.Of("one_that_stood_still"), unknown: call.IsWritten);
        }
    }

    /// <summary>Asks by gRPC.</summary>
    public async Task<Outcome<ProviderReply>> AnswerAsync(string service, Uri address, AnswerRequest request, TimeSpan timeout, BodyBudget.Share? share, CancellationToken cancellationToken)
    {
        using var place = await bulkheads.EnterAsync(new ServiceLimits(service), cancellationToken);
        return place.IsAcquired ? await rpc.AskAsync(service, address, request, timeout, share, cancellationToken) : Full();
    }

    private static ExchangeError Full() =>
        new(ExchangeStage.Forward, ExchangeCodes.Overloaded) { Path = "Provides:Upstream", Expected = RefusalPhrases.Of("place_for_this_service_at_its"), Found = RefusalPhrases.Of("seven_eighths_of_all_places_taken_by_it") };

    private NeighbourBreaker<SecurityServerReply> MakeBreaker() => new(
        static error => error.Code is ExchangeCodes.InformationSystemUnreachable or ExchangeCodes.InformationSystemBroken,
        Refuse(ExchangeCodes.InformationSystemUnreachable, RefusalPhrases.Of("information_system_that_answers"), RefusalPhrases.Of("half_of_this_service_last_calls"), unknown: false),
        static timeout => Refuse(ExchangeCodes.InformationSystemTimeout, RefusalPhrases.Of("answer_within_s", timeout.TotalSeconds), RefusalPhrases.Of("none"), unknown: true),
        clock);

    private async ValueTask<Outcome<SecurityServerReply>> SendOnceAsync(Call call, CancellationToken cancellationToken)
    {
        var message = call.Request;
        using var wire = call.Note();
        HttpResponseMessage? response = null;
        var request = new HttpRequestMessage(new HttpMethod(message.Method), message.Address) { Content = message.Content?.Invoke() };
        foreach (var (name, value) in message.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        try
        {
            response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!message.Accepts((int)response.StatusCode))
            {
                return NoAnswer((int)response.StatusCode, message.Accepted);
            }

            if (message.Spooled is { } spooled && spooled.Takes(message.Method, response))
            {
                call.Begun = new BegunReply(spooled, request, response);
                return new SecurityServerReply(default, null, (int)response.StatusCode);
            }

            var body = message.Method == "HEAD" ? [] : await BoundedBody.ReadAsync(response.Content, maxBody, message.Share, cancellationToken);
            return message.Share is { IsFull: true } full ? full.AnswerRefusal()
                : body is null
                ? Refuse(ExchangeCodes.InformationSystemBroken, RefusalPhrases.Of("bytes_at_most", maxBody), RefusalPhrases.Of("longer_answer"), unknown: true)
                : new SecurityServerReply(body, response.Content.Headers.ContentType?.ToString(), (int)response.StatusCode) { Headers = HttpHeaderList.Of(response) };
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException && !wire.IsWritten)
        {
            return LateHereException.Is(exception) ? LateHereException.Refuse("Provides:Upstream") : Unreachable(TransportFault.OfConnect(exception));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The handshake of TLS took too long.
            return Unreachable(TransportFault.OfConnect(exception));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            var fault = response is null ? TransportFault.OfAnswer(exception) : TransportFault.OfBody(exception);
            return Refuse(ExchangeCodes.InformationSystemBroken, fault.Expected, fault.Found, unknown: wire.IsWritten);
        }
        finally
        {
            if (call.Begun is null)
            {
                response?.Dispose();
                request.Dispose();
            }
        }
    }

    public void Dispose()
    {
        http.Dispose();
        rpc.Dispose();
        bulkheads.Dispose();
    }

    // RFC 9110 §15: with 4xx the information system says that it did nothing, and with the redirects that keep the method that another
    // place would. After every other one it may have, a success that is no answer included.
    private static ExchangeError NoAnswer(int status, string accepted)
    {
        var (code, unknown) = status switch
        {
            >= 400 and <= 499 or 301 or 307 or 308 => (ExchangeCodes.InformationSystemRefused, false),
            >= 500 and <= 599 => (ExchangeCodes.InformationSystemFailed, true),
            _ => (ExchangeCodes.InformationSystemBroken, true),
        };
        return Refuse(code, accepted, RefusalPhrases.Of("http", status), unknown);
    }

    private static ExchangeError Unreachable(TransportFault fault) => Refuse(ExchangeCodes.InformationSystemUnreachable, fault.Expected, fault.Found, unknown: false);

    // One request to one information system.
    private sealed record Call(InformationSystemClient Client, UpstreamRequest Request)
    {
        private WireNote? note;

        public BegunReply? Begun { get; set; }

        /// <summary>True once a byte of the request may have reached the information system.</summary>
        public bool IsWritten => note is { IsWritten: true };

        /// <summary>Begins to note what moves.</summary>
        public WireNote Note() => note = new WireNote(static () => { });
    }

    private static ExchangeError Refuse(string code, string expected, string found, bool unknown) =>
        new(ExchangeStage.Forward, code) { Path = "Provides:Upstream", Expected = expected, Found = found, OutcomeUnknown = unknown };
}

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
    private readonly HttpClient http;
    private readonly int maxBody;
    private readonly TimeProvider clock;
    private readonly ServiceBulkheads bulkheads;
    private readonly ProviderChannels rpc;
    private readonly ConcurrentDictionary<string, NeighbourBreaker<SecurityServerReply>> breakers = new(StringComparer.Ordinal);

    public InformationSystemClient(LimitOptions limits, TimeProvider clock)
    {
        maxBody = limits.MaxBody;
        this.clock = clock;
        rpc = new ProviderChannels(limits.MaxBody, clock);

        // One slow service takes at most seven eighths of the places for exchanges; what is more is refused before it is asked.
        bulkheads = new ServiceBulkheads(ServiceBulkheads.ShareOf(limits.MaxConcurrentExchanges), waiting: 0);
        http = new HttpClient(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null, // A counterparty's trace context and baggage end here; the record's id goes on.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
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
                return outcome;
            }

            // Its time is bounded by progress, not in all.
            outcome = await begun.ReadAsync(cancellationToken);
            return outcome.Error is { Code: not (ExchangeCodes.SpoolFull or ExchangeCodes.Overloaded) } broken ? broken with { Code = ExchangeCodes.InformationSystemBroken, Path = "Provides:Upstream" } : outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Refuse(ExchangeCodes.InformationSystemTimeout, RefusalPhrases.Of("information_system_that_takes_message"), RefusalPhrases.Of("one_that_stood_still"), unknown: true);
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
        using var wire = new WireNote(static () => { });
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
                // Below 500 the information system says that it did nothing; a server error may come after the side effect.
                var failed = (int)response.StatusCode >= 500;
                return Refuse(failed ? ExchangeCodes.InformationSystemFailed : ExchangeCodes.InformationSystemRefused, RefusalPhrases.Of("http_200"), RefusalPhrases.Of("http", (int)response.StatusCode), unknown: failed);
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
        catch (HttpRequestException exception) when (!wire.IsWritten && exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            var found = exception.InnerException is SocketException socket ? socket.SocketErrorCode.ToString() : exception.HttpRequestError.ToString();
            return Refuse(ExchangeCodes.InformationSystemUnreachable, RefusalPhrases.Of("connection"), found, unknown: false);
        }
        catch (SocketException exception) when (!wire.IsWritten)
        {
            return Refuse(ExchangeCodes.InformationSystemUnreachable, RefusalPhrases.Of("connection"), exception.SocketErrorCode.ToString(), unknown: false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            return Refuse(ExchangeCodes.InformationSystemBroken, RefusalPhrases.Of("whole_answer"), RefusalPhrases.Of("connection_closed_before_its_end"), unknown: true);
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

    // One request to one information system.
    private sealed record Call(InformationSystemClient Client, UpstreamRequest Request)
    {
        public BegunReply? Begun { get; set; }
    }

    private static ExchangeError Refuse(string code, string expected, string found, bool unknown) =>
        new(ExchangeStage.Forward, code) { Path = "Provides:Upstream", Expected = expected, Found = found, OutcomeUnknown = unknown };
}

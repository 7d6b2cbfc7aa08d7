using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Google.Rpc;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;
using Tunduk.Adapter.SecurityServers;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;
using Tunduk.GrpcHosting.Client;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.InformationSystems;

/// <summary>Information systems that are asked by <c>tunduk.adapter.v1.Provider</c>: a channel for each address, a circuit breaker for each service.</summary>
internal sealed partial class ProviderChannels(int maxBody, TimeProvider clock, Func<string, CancellationToken, Task<IPAddress[]>>? names) : IDisposable
{
    private static readonly Google.Protobuf.Reflection.MethodDescriptor Method = ProviderReflection.Descriptor.Services[0].FindMethodByName("Answer");
    private readonly ConcurrentDictionary<Uri, GrpcChannel> channels = new();
    private readonly ConcurrentDictionary<string, NeighbourBreaker<ProviderReply>> breakers = new(StringComparer.Ordinal);

    // Traces end here: an information system gets the X-Road values and nothing else.
    private readonly SocketsHttpHandler handler = new()
    {
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = InformationSystemClient.ConnectTimeout * 2, // With the TLS handshake.
        ConnectCallback = (context, cancellationToken) => NeighbourConnection.OpenAsync(context.DnsEndPoint, InformationSystemClient.ConnectTimeout, names, clock, cancellationToken),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        KeepAlivePingDelay = TimeSpan.FromSeconds(60),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(20),
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
    };

    /// <summary>Asks once, within a deadline that the information system is told; nothing is repeated.</summary>
    public Task<Outcome<ProviderReply>> AskAsync(string service, Uri address, AnswerRequest request, TimeSpan timeout, BodyBudget.Share? share, CancellationToken cancellationToken) =>
        breakers.GetOrAdd(service, _ => MakeBreaker()).CallAsync(
            static (call, token) => call.Self.AskOnceAsync(call.Address, call.Request, call.Timeout, call.Share, token),
            (Self: this, Address: address, Request: request, Timeout: timeout, Share: share),
            timeout,
            cancellationToken);

    public void Dispose()
    {
        foreach (var channel in channels.Values)
        {
            channel.Dispose();
        }

        handler.Dispose();
    }

    private NeighbourBreaker<ProviderReply> MakeBreaker() => new(
        static error => error.Code is ExchangeCodes.InformationSystemUnreachable or ExchangeCodes.InformationSystemBroken,
        Refuse(ExchangeCodes.InformationSystemUnreachable, RefusalPhrases.Of("information_system_that_answers"), RefusalPhrases.Of("half_of_this_service_last_calls"), unknown: false),
        Late,
        clock);

    private async ValueTask<Outcome<ProviderReply>> AskOnceAsync(Uri address, AnswerRequest request, TimeSpan timeout, BodyBudget.Share? share, CancellationToken cancellationToken)
    {
        var channel = channels.GetOrAdd(address, uri => GrpcChannel.ForAddress(new Uri(uri.GetLeftPart(UriPartial.Authority)), new GrpcChannelOptions { HttpHandler = handler, MaxReceiveMessageSize = maxBody, TimeProvider = clock }));
        try
        {
            return new ProviderReply(await channel.CallAsync<AnswerRequest, AnswerResponse>(Method, request, new GrpcCallOptions { Timeout = timeout, MayHold = share is null ? null : share.TryTake }, cancellationToken), null);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException) when (share is { IsFull: true })
        {
            return share.AnswerRefusal();
        }
        catch (RpcException exception)
        {
            return exception.FromServer ? OfStatus(exception, timeout) : OfTransport(exception, timeout);
        }
    }

    // What the information system said. Which statuses say that it did nothing stands in provider.proto.
    private static Outcome<ProviderReply> OfStatus(RpcException exception, TimeSpan timeout)
    {
        if (exception.StatusCode == StatusCode.DeadlineExceeded)
        {
            return Late(timeout);
        }

        var didNothing = exception.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.PermissionDenied or StatusCode.FailedPrecondition
            or StatusCode.OutOfRange or StatusCode.Unimplemented or StatusCode.Unauthenticated or StatusCode.ResourceExhausted;
        return didNothing && ReasonOf(exception) is { } reason
            ? new ProviderReply(null, new SoapFault("Client." + reason, exception.Status.Detail, null, default))
            : Refuse(didNothing ? ExchangeCodes.InformationSystemRefused : ExchangeCodes.InformationSystemFailed, RefusalPhrases.Of("grpc_status_ok"), RefusalPhrases.Of("grpc_status", exception.StatusCode), unknown: !didNothing);
    }

    private static ExchangeError OfTransport(RpcException exception, TimeSpan timeout)
    {
        if (exception.StatusCode == StatusCode.DeadlineExceeded)
        {
            return Late(timeout);
        }

        // A call that nobody cancelled and whose deadline has not come is cancelled by the time for the handshake of TLS.
        if (exception.InnerException is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } or SocketException or OperationCanceledException)
        {
            var fault = TransportFault.OfConnect(exception.InnerException);
            return exception.InnerException.InnerException is LateHereException
                ? InformationSystemClient.LateHere()
                : Refuse(ExchangeCodes.InformationSystemUnreachable, fault.Expected, fault.Found, unknown: false);
        }

        return Refuse(ExchangeCodes.InformationSystemBroken, RefusalPhrases.Of("whole_answer_of_tunduk_adapter_v1"), exception.StatusCode == StatusCode.ResourceExhausted ? RefusalPhrases.Of("longer_one") : RefusalPhrases.Of("broken_one"), unknown: true);
    }

    private static string? ReasonOf(RpcException exception)
    {
        foreach (var detail in exception.GetRpcStatus()?.Details ?? [])
        {
            if (detail.TryUnpack(out ErrorInfo info) && Reason().IsMatch(info.Reason))
            {
                return info.Reason;
            }
        }

        return null;
    }

    private static ExchangeError Late(TimeSpan timeout) => Refuse(ExchangeCodes.InformationSystemTimeout, RefusalPhrases.Of("answer_within_s", timeout.TotalSeconds), RefusalPhrases.Of("none"), unknown: true);

    private static ExchangeError Refuse(string code, string expected, string found, bool unknown) =>
        new(ExchangeStage.Forward, code) { Path = "Provides:Upstream", Expected = expected, Found = found, OutcomeUnknown = unknown };

    // google.rpc.ErrorInfo: at most 63 characters, UPPER_SNAKE_CASE.
    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,62}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Reason();
}

using System.Collections.Concurrent;
using System.Net;
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
    public async Task<Outcome<ProviderReply>> AskAsync(string service, Uri address, AnswerRequest request, TimeSpan timeout, BodyBudget.Share? share, CancellationToken cancellationToken)
    {
        var call = new Call(this, address, request, timeout, share);
        var outcome = await breakers.GetOrAdd(service, _ => MakeBreaker()).CallAsync(static (call, token) => call.Channels.AskOnceAsync(call, token), call, timeout, cancellationToken);

        // The time for an answer was shorter than that for a connection: nothing was asked.
        return outcome.Error is { Code: ExchangeCodes.InformationSystemTimeout } && call.NothingSent ? Unreachable(new TimeoutException()) : outcome;
    }

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

    private async ValueTask<Outcome<ProviderReply>> AskOnceAsync(Call call, CancellationToken cancellationToken)
    {
        var share = call.Share;
        var channel = channels.GetOrAdd(call.Address, uri => GrpcChannel.ForAddress(new Uri(uri.GetLeftPart(UriPartial.Authority)), new GrpcChannelOptions { HttpHandler = handler, MaxReceiveMessageSize = maxBody, TimeProvider = clock }));
        try
        {
            return new ProviderReply(await channel.CallAsync<AnswerRequest, AnswerResponse>(Method, call.Request, new GrpcCallOptions { Timeout = call.Timeout, MayHold = share is null ? null : share.TryTake }, cancellationToken), null);
        }
        catch (RpcException exception) when (cancellationToken.IsCancellationRequested)
        {
            call.NothingSent = exception.NothingSent;
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException) when (share is { IsFull: true })
        {
            return share.AnswerRefusal();
        }
        catch (RpcException exception)
        {
            call.NothingSent = exception.NothingSent;
            return exception.FromServer ? OfStatus(exception, call.Timeout) : OfTransport(exception, call.Timeout);
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

        // Whatever broke: without a message nobody can have acted. (A call that nobody cancelled and whose deadline has not come is
        // cancelled by the time for the handshake of TLS.)
        if (exception is { NothingSent: true, InnerException: { } cause })
        {
            return LateHereException.Is(cause) ? LateHereException.Refuse("Provides:Upstream") : Unreachable(cause);
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

    private static ExchangeError Unreachable(Exception exception)
    {
        var fault = TransportFault.OfConnect(exception);
        return Refuse(ExchangeCodes.InformationSystemUnreachable, fault.Expected, fault.Found, unknown: false);
    }

    private static ExchangeError Late(TimeSpan timeout) => Refuse(ExchangeCodes.InformationSystemTimeout, RefusalPhrases.Of("answer_within_s", timeout.TotalSeconds), RefusalPhrases.Of("none"), unknown: true);

    private static ExchangeError Refuse(string code, string expected, string found, bool unknown) =>
        new(ExchangeStage.Forward, code) { Path = "Provides:Upstream", Expected = expected, Found = found, OutcomeUnknown = unknown };

    // One question to one information system.
    private sealed record Call(ProviderChannels Channels, Uri Address, AnswerRequest Request, TimeSpan Timeout, BodyBudget.Share? Share)
    {
        /// <summary>True once it has failed before a message could leave.</summary>
        public bool NothingSent { get; set; }
    }

    // google.rpc.ErrorInfo: at most 63 characters, UPPER_SNAKE_CASE.
    [GeneratedRegex("^[A-Z][A-Z0-9_]{0,62}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Reason();
}

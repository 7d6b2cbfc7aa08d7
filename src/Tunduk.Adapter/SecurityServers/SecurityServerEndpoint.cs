using System.Collections.Concurrent;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>
/// One of the own security servers: its address, its circuit breakers, and whether it was just found unreachable. Connections
/// that fail open the circuit of the server; answers that are late, broken off or too long open that of the one service, so
/// that a slow service does not take the others along.
/// </summary>
internal sealed class SecurityServerEndpoint
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly ExchangeError ServerRests =
        SecurityServerErrors.Refuse(ExchangeCodes.SecurityServerUnreachable, RefusalPhrases.Of("security_server_that_can_be_reached"), RefusalPhrases.Of("half_of_last_connections_failed_none_is"), unknown: false);

    private readonly ConcurrentDictionary<string, NeighbourBreaker<SecurityServerReply>> services = new(StringComparer.Ordinal);
    private readonly NeighbourBreaker<SecurityServerReply> connections;
    private readonly TimeProvider clock;
    private long restsUntil;

    public SecurityServerEndpoint(Uri address, TimeProvider clock)
    {
        Address = address;
        this.clock = clock;
        connections = new NeighbourBreaker<SecurityServerReply>(
            static error => error.Code is ExchangeCodes.SecurityServerUnreachable,
            ServerRests,
            static timeout => SecurityServerErrors.Late(timeout),
            clock);
    }

    /// <summary>The refusal while the circuit of one service is open.</summary>
    public static ExchangeError ServiceRests { get; } = SecurityServerErrors.Refuse(
        ExchangeCodes.SecurityServerUnreachable, RefusalPhrases.Of("service_that_answers_in_time_and_within"), RefusalPhrases.Of("half_of_its_last_calls_unanswered_none"), unknown: false) with
    {
        Remedy = RefusalTexts.Remedy(ExchangeCodes.SecurityServerUnreachable, "service-rests"),
    };

    /// <summary>Base address; ends with a slash.</summary>
    public Uri Address { get; }

    /// <summary>True for 10 s after a failed connect: others are asked first.</summary>
    public bool Rests => clock.GetUtcNow().UtcTicks < Interlocked.Read(ref restsUntil);

    /// <summary>Makes one call for a service, unless its circuit or the server's is open.</summary>
    public Task<Outcome<SecurityServerReply>> CallAsync<TState>(string service, Func<TState, CancellationToken, ValueTask<Outcome<SecurityServerReply>>> call, TState state, TimeSpan timeout, CancellationToken cancellationToken) =>
        services.GetOrAdd(service, static (_, clock) => OfService(clock), clock).CallAsync(
            static async (inner, token) => await inner.Connections.CallAsync(inner.Call, inner.State, Timeout.InfiniteTimeSpan, token),
            (Connections: connections, Call: call, State: state),
            timeout,
            cancellationToken);

    public void NoteUnreachable() => Interlocked.Exchange(ref restsUntil, (clock.GetUtcNow() + Rest).UtcTicks);

    public void NoteReached() => Interlocked.Exchange(ref restsUntil, 0);

    private static NeighbourBreaker<SecurityServerReply> OfService(TimeProvider clock) => new(
        static error => error.Code is ExchangeCodes.SecurityServerBroken or ExchangeCodes.SecurityServerTimeout,
        ServiceRests,
        static timeout => SecurityServerErrors.Late(timeout),
        clock);
}

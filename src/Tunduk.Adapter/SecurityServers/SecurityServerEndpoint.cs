using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;

namespace Tunduk.Adapter.SecurityServers;

/// <summary>One of the own security servers: its address, its circuit breaker, and whether it was just found unreachable.</summary>
internal sealed class SecurityServerEndpoint
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private readonly TimeProvider clock;
    private long restsUntil;

    public SecurityServerEndpoint(Uri address, TimeProvider clock)
    {
        Address = address;
        this.clock = clock;
        Breaker = new NeighbourBreaker<SecurityServerReply>(
            static error => error.Code is ExchangeCodes.SecurityServerUnreachable or ExchangeCodes.SecurityServerBroken,
            SecurityServerErrors.Refuse(ExchangeCodes.SecurityServerUnreachable, "a security server that answers", "half of the last calls unanswered: none is made for 5 s", unknown: false),
            static timeout => SecurityServerErrors.Late(timeout),
            clock);
    }

    /// <summary>Base address; ends with a slash.</summary>
    public Uri Address { get; }

    public NeighbourBreaker<SecurityServerReply> Breaker { get; }

    /// <summary>True for 10 s after a failed connect: others are asked first.</summary>
    public bool Rests => clock.GetUtcNow().UtcTicks < Interlocked.Read(ref restsUntil);

    public void NoteUnreachable() => Interlocked.Exchange(ref restsUntil, (clock.GetUtcNow() + Rest).UtcTicks);

    public void NoteReached() => Interlocked.Exchange(ref restsUntil, 0);
}

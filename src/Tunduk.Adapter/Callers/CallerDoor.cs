using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Callers;

/// <summary>
/// Where every call of an own information system, operator or auditor comes in: who it is, by key, certificate or (where a
/// setting says so) address, and whether it is within its limits.
/// </summary>
internal sealed class CallerDoor : IDisposable
{
    private readonly Func<string, string> resolve;
    private readonly TimeProvider clock;
    private State state;

    private CallerDoor(Func<string, string> resolve, TimeProvider clock, State state)
    {
        this.resolve = resolve;
        this.clock = clock;
        this.state = state;
    }

    /// <summary>Makes the door; an authority that cannot be read is a fault of the configuration.</summary>
    public static CallerDoor Create(AdapterOptions options, Func<string, string> resolve, TimeProvider clock, List<SettingFault> faults) =>
        new(resolve, clock, Make(options, resolve, clock, faults));

    /// <summary>Takes other callers, without a restart; calls under way keep their places. With faults nothing changes.</summary>
    public IReadOnlyList<SettingFault> Replace(AdapterOptions options)
    {
        var faults = new List<SettingFault>();
        var next = Make(options, resolve, clock, faults);
        if (faults.Count == 0)
        {
            // The old limits are left to their leases: calls under way give their places back to them.
            Volatile.Write(ref state, next);
        }

        return faults;
    }

    /// <summary>Lets a call in; it holds its place until its answer is done.</summary>
    /// <param name="context">The call.</param>
    /// <param name="role">Roles of which the caller must have one; none asks for no role here.</param>
    /// <param name="anonymous">Stands in when nothing was offered; null refuses.</param>
    /// <param name="face">The face called; null where an address never stands for a caller.</param>
    public Outcome<Caller> Enter(HttpContext context, IReadOnlyList<string> role, Caller? anonymous = null, CallerFace? face = null)
    {
        var (authenticator, networks, limits) = Volatile.Read(ref state);
        var authorization = context.Request.Headers.Authorization;
        var certificate = context.Connection.ClientCertificate;
        if (authorization.Count == 0 && certificate is null && face is { } called)
        {
            anonymous = networks.Find(context.Connection.RemoteIpAddress, called) ?? anonymous;
        }

        if (!authenticator.Authenticate(authorization.Count == 0 ? null : authorization.ToString(), certificate, anonymous).TryGet(out var caller, out var error))
        {
            return error;
        }

        if (role.Count > 0 && !role.Any(caller.Has))
        {
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Roles", Expected = $"role {string.Join(" or ", role)}", Found = "other roles" };
        }

        if (!limits.Enter(caller).TryGet(out var place, out error))
        {
            return error;
        }

        context.Response.RegisterForDispose(place);
        return caller;
    }

    public void Dispose() => state.Limits.Dispose();

    private static State Make(AdapterOptions options, Func<string, string> resolve, TimeProvider clock, List<SettingFault> faults) => new(
        new CallerAuthenticator(options.Callers, CertificateCallers.Load(options.Callers, resolve, clock, faults), clock),
        new TrustedNetworks(options.Listen.Is.TrustedPlainHttp, name => Caller.Of(options.Callers.Single(caller => caller.Name == name))),
        new CallerLimits(options.Callers));

    private sealed record State(CallerAuthenticator Authenticator, TrustedNetworks Networks, CallerLimits Limits);
}

using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Trust;

namespace Tunduk.Adapter.Callers;

/// <summary>
/// Where every call of an own information system, operator or auditor comes in: who it is, by key, certificate or (where a
/// setting says so) address, and whether it is within its limits.
/// </summary>
internal sealed class CallerDoor : IReloadable, IDisposable
{
    private readonly Func<string, string> resolve;
    private readonly TimeProvider clock;
    private readonly Func<RevocationService>? revocation;
    private State state;

    private CallerDoor(Func<string, string> resolve, TimeProvider clock, Func<RevocationService>? revocation, State state)
    {
        this.revocation = revocation;
        this.resolve = resolve;
        this.clock = clock;
        this.state = state;
    }

    /// <summary>Makes the door; an authority that cannot be read is a fault of the configuration.</summary>
    public static CallerDoor Create(AdapterOptions options, Func<string, string> resolve, TimeProvider clock, List<SettingFault> faults, Func<RevocationService>? revocation = null) =>
        new(resolve, clock, revocation, Make(options, resolve, clock, revocation, faults));

    /// <inheritdoc/>
    public IReadOnlyList<string> Settings => [nameof(AdapterOptions.Callers), $"{nameof(AdapterOptions.Listen)}:{nameof(ListenOptions.Is)}:{nameof(ListenerOptions.TrustedPlainHttp)}"];

    /// <inheritdoc/>
    public bool IsBroken => false;

    /// <inheritdoc/>
    public IEnumerable<string> Files(AdapterConfiguration configuration) =>
        configuration.Options.Callers.Select(caller => caller.CertificateAuthority).OfType<string>().Select(configuration.Resolve);

    /// <inheritdoc/>
    /// <remarks>Calls under way keep their places: the old limits are left to their leases, which give the places back to them.</remarks>
    public Reload? Prepare(AdapterConfiguration changed, List<SettingFault> faults)
    {
        var before = faults.Count;
        var next = Make(changed.Options, resolve, clock, revocation, faults);
        return faults.Count > before ? null : new Reload(() => Volatile.Write(ref state, next), next.Limits.Dispose);
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
        if (authorization.Count > 1)
        {
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerUnknown) { Path = "Authorization", Expected = RefusalPhrases.Of("one_value"), Found = RefusalPhrases.Of("values", authorization.Count) };
        }

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
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Roles", Expected = RefusalPhrases.Of("role", string.Join(RefusalPhrases.Of("or"), role)), Found = RefusalPhrases.Of("other_roles") };
        }

        if (!limits.Enter(caller).TryGet(out var place, out error))
        {
            return error;
        }

        context.Response.RegisterForDispose(place);
        return caller;
    }

    public void Dispose() => state.Limits.Dispose();

    private static State Make(AdapterOptions options, Func<string, string> resolve, TimeProvider clock, Func<RevocationService>? revocation, List<SettingFault> faults) => new(
        new CallerAuthenticator(options.Callers, CertificateCallers.Load(options.Callers, resolve, faults), clock, revocation),
        new TrustedNetworks(options.Listen.Is.TrustedPlainHttp, name => Caller.Of(options.Callers.Single(caller => caller.Name == name))),
        new CallerLimits(options.Callers));

    private sealed record State(CallerAuthenticator Authenticator, TrustedNetworks Networks, CallerLimits Limits);
}

using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// A security server as its clients and services meet it: entry for the own clients (<c>POST /</c>, <c>/r1/**</c>,
/// <c>/listClients</c>), hand-over to the peer inside the <see cref="SimulatedNetwork"/>, and the calls to the own
/// services. It keeps to the real one's behaviour where its clients can notice it; between servers nothing is signed,
/// logged or encrypted, since both ends are this process.
/// </summary>
internal sealed class SimulatedSecurityServer : IAsyncDisposable
{
    private readonly SimulatedNetwork _network;
    private readonly SecurityServerOptions _options;
    private readonly ReceivedJournal _received;
    private readonly ReceivedJournal _forwarded;
    private readonly ProviderConnection _connection;
    private readonly SoapConsumerSide _soapConsumer;
    private readonly RestConsumerSide _restConsumer;
    private readonly ClientList _clientList;
    private readonly Dictionary<ParticipantId, ClientRegistration> _clients;
    private readonly Dictionary<ServedId, ServiceRegistration> _services;
    private SandboxListener? _listener;

    private SimulatedSecurityServer(SimulatedNetwork network, SecurityServerOptions options, TimeProvider time)
    {
        _network = network;
        _options = options;
        _clients = options.Clients.ToDictionary(static client => ParticipantId.Parse(client.Id));
        _services = options.Services.ToDictionary(static service => ServedId.Parse(service.Id));
        _received = new ReceivedJournal(options.ReceivedJournal);
        _forwarded = new ReceivedJournal(options.ForwardedJournal);
        _connection = new ProviderConnection(options.InternalCertificate);
        _soapConsumer = new SoapConsumerSide(this, options, _received, time);
        _restConsumer = new RestConsumerSide(this, options, _received, time);
        _clientList = new ClientList(network);
        SoapProvider = new SoapProviderSide(this, options, _connection, _forwarded, time);
        RestProvider = new RestProviderSide(this, options, _connection, _forwarded, time);
        SoapMetaservices = new SoapMetaservices(this);
        RestMetaservices = new RestMetaservices(this);
    }

    public string Id => _options.Id;

    public SecurityServerFaults Faults { get; } = new();

    /// <summary>The settings, some of which may change while the server runs.</summary>
    public SecurityServerOptions Options => _options;

    public IReadOnlyCollection<ClientRegistration> Clients => _clients.Values;

    /// <summary>Registers one more client, before the server is asked.</summary>
    public void Register(ClientRegistration client) => _clients.Add(ParticipantId.Parse(client.Id), client);

    public IReadOnlyDictionary<ServedId, ServiceRegistration> Services => _services;

    /// <summary>Where clients connect over HTTP.</summary>
    public Uri Address => _listener!.Addresses[0];

    /// <summary>Where clients connect over HTTPS, if that is configured.</summary>
    public Uri? HttpsAddress => _options.HttpsPort is null ? null : _listener!.Addresses[1];

    internal SoapProviderSide SoapProvider { get; }

    internal RestProviderSide RestProvider { get; }

    internal SoapMetaservices SoapMetaservices { get; }

    internal RestMetaservices RestMetaservices { get; }

    /// <summary>Starts a server and makes it known to the others.</summary>
    public static async Task<SimulatedSecurityServer> StartAsync(
        SimulatedNetwork network, SecurityServerOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var server = new SimulatedSecurityServer(network, options, time);
        List<SandboxEndpoint> endpoints = [new SandboxEndpoint(options.Port)];
        if (options.HttpsPort is { } https)
        {
            X509Certificate2 certificate = options.InternalCertificate
                ?? throw new InvalidOperationException("InternalCertificate is needed where HttpsPort is set");
            endpoints.Add(new SandboxEndpoint(https, certificate));
        }

        server._listener = await SandboxListener.StartAsync(endpoints, server.HandleAsync, cancellationToken);
        network.Join(server);
        return server;
    }

    /// <summary>The service with this id, to change its address or settings.</summary>
    public ServiceRegistration Service(string id) => _services[ServedId.Parse(id)];

    /// <summary>Registers one more service, before anybody asks for it.</summary>
    public void Add(ServiceRegistration service) => _services[ServedId.Parse(service.Id)] = service;

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.DisposeAsync();
        }

        _connection.Dispose();
        _received.Dispose();
        _forwarded.Dispose();
    }

    /// <summary>Whether a member or subsystem is registered here.</summary>
    internal bool Serves(ParticipantId participant) => participant.SubsystemCode is null
        ? _clients.Keys.Any(client => client.Member == participant)
        : _clients.ContainsKey(participant);

    internal ClientRegistration OwnerOf(ServiceRegistration service) => _clients[ServedId.Parse(service.Id).Provider];

    /// <summary>The consumer side's checks of who asks: registered here, and connected as registered.</summary>
    internal ServerFault? Authenticate(HttpContext context, ParticipantId client)
    {
        if (!_clients.TryGetValue(client, out ClientRegistration? registration))
        {
            if (client.SubsystemCode is null && Serves(client))
            {
                return null; // a member itself: no information system of its own is registered
            }

            return new ServerFault(FaultTaxonomy.ClientProxy + "unknown_member", $"Client '{client}' not found");
        }

        bool failed = registration.Connection switch
        {
            ClientConnection.Http => false,
            ClientConnection.HttpsNoAuth => !context.Request.IsHttps,
            _ => !context.Request.IsHttps || !Pins.Contain(registration.Certificates, context.Connection.ClientCertificate),
        };
        return failed
            ? new ServerFault(FaultTaxonomy.ClientProxy + "ssl_authentication_failed", $"Client '{client}' must connect as registered")
            : null;
    }

    /// <summary>The provider's server, and whether it is the one the client demanded.</summary>
    internal (SimulatedSecurityServer? Server, ServerFault? Fault) FindProvider(ParticipantId provider, string? demandedServer)
    {
        SimulatedSecurityServer? home = _network.FindHome(provider);
        if (home is null)
        {
            return (null, new ServerFault(
                FaultTaxonomy.ClientProxy + "unknown_member", $"Could not find addresses for service provider \"{provider}\""));
        }

        return demandedServer is null || demandedServer == home.Id
            ? (home, null)
            : (null, new ServerFault(
                FaultTaxonomy.ClientProxy + "invalid_security_server", $"Could not find suitable address for service provider \"{provider}\""));
    }

    /// <summary>The provider side's checks in the real order: member, service, kind of service, access, disabled.</summary>
    internal (ServiceRegistration? Service, ServerFault? Fault) Admit(
        ParticipantId client, ServedId id, Func<ServiceKind, bool> fits, Func<ServiceRegistration, bool>? allows = null)
    {
        if (_network.FindHome(client) is null)
        {
            return Refused("unknown_member", $"Client '{client}' is not registered");
        }

        if (!_services.TryGetValue(id, out ServiceRegistration? service))
        {
            return Refused("unknown_service", $"Unknown service: {id}");
        }

        if (!fits(service.Kind))
        {
            return Refused("service_type", "The service is not of the type of the request");
        }

        if (!service.Allowed.Contains(client.ToString()) || allows?.Invoke(service) == false)
        {
            return Refused("access_denied", $"Request is not allowed: {id}");
        }

        return service.DisabledNotice is { } notice
            ? Refused("service_disabled", $"Service {id} is disabled: {notice}")
            : (service, null);
    }

    /// <summary>Acts out the faults that come before forwarding. A result means: stop here, with this fault if there is one.</summary>
    internal static async Task<EarlyEnd?> MisbehaveBeforeAsync(HttpContext context, FaultPlan plan, TimeProvider time)
    {
        if (plan.Has(SecurityServerFaultKind.MaintenanceMode))
        {
            return new EarlyEnd(new ServerFault(FaultTaxonomy.ClientProxy + "maintenance_mode", "The security server is in maintenance mode"));
        }

        if (plan.Find(SecurityServerFaultKind.Code) is { } refusal)
        {
            return new EarlyEnd(new ServerFault(refusal.Code, "Fault on demand"));
        }

        if (plan.Has(SecurityServerFaultKind.CloseBeforeForward))
        {
            context.Abort();
            return new EarlyEnd(null);
        }

        if (plan.Has(SecurityServerFaultKind.Hang))
        {
            await SandboxWait.ForeverAsync(context.RequestAborted);
            return new EarlyEnd(null);
        }

        if (plan.Find(SecurityServerFaultKind.Delay) is { } delay)
        {
            await Task.Delay(delay.Delay, time, context.RequestAborted);
        }

        return null;
    }

    private static (ServiceRegistration? Service, ServerFault? Fault) Refused(string code, string text) =>
        (null, new ServerFault(FaultTaxonomy.ServerProxy + code, text));

    private async Task HandleAsync(HttpContext context)
    {
        try
        {
            PathString path = context.Request.Path;
            if (path.StartsWithSegments("/r1", StringComparison.Ordinal))
            {
                await _restConsumer.HandleAsync(context);
            }
            else if (path == "/listClients")
            {
                await _clientList.HandleAsync(context);
            }
            else
            {
                await _soapConsumer.HandleAsync(context);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or BadHttpRequestException)
        {
            context.Abort(); // the client went away, or its message broke off
        }
    }

    /// <summary>The end of a request before it was forwarded.</summary>
    internal sealed record EarlyEnd(ServerFault? Fault);
}

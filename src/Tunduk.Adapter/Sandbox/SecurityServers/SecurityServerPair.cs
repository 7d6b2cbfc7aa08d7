namespace Tunduk.Adapter.Sandbox.SecurityServers;

/// <summary>
/// The provider's and the consumer's security server in one process, with the services of the demonstration and the
/// control endpoint. Every service is open to the consumer: what an agreement refuses is the adapters' work.
/// </summary>
internal sealed class SecurityServerPair : IAsyncDisposable
{
    public const string RestService = SandboxNames.Persons;

    private SecurityServerPair(SimulatedNetwork network, SimulatedSecurityServer consumer, SimulatedSecurityServer provider, ControlEndpoint control)
    {
        Network = network;
        Consumer = consumer;
        Provider = provider;
        Control = control;
    }

    public SimulatedNetwork Network { get; }

    /// <summary>The consumer's server: the consumer adapter's security server.</summary>
    public SimulatedSecurityServer Consumer { get; }

    /// <summary>The provider's server: it calls the provider adapter.</summary>
    public SimulatedSecurityServer Provider { get; }

    public ControlEndpoint Control { get; }

    /// <summary>Starts both servers; the provider adapter's addresses may follow by <see cref="UseProvider"/>.</summary>
    public static async Task<SecurityServerPair> StartAsync(
        SecurityServerPairOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var network = new SimulatedNetwork();
        SimulatedSecurityServer provider = await SimulatedSecurityServer.StartAsync(network, ProviderOptions(options), time, cancellationToken);
        SimulatedSecurityServer? consumer = null;
        try
        {
            consumer = await SimulatedSecurityServer.StartAsync(network, ConsumerOptions(options), time, cancellationToken);
            ControlEndpoint control = await ControlEndpoint.StartAsync(network, options.ControlPort, cancellationToken);
            return new SecurityServerPair(network, consumer, provider, control);
        }
        catch
        {
            await provider.DisposeAsync();
            if (consumer is not null)
            {
                await consumer.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Says where the provider's adapter takes SOAP and, if it does, REST.</summary>
    public void UseProvider(Uri soap, Uri? rest)
    {
        foreach (ServiceRegistration service in Provider.Services.Values)
        {
            service.Url = service.Kind == ServiceKind.Wsdl ? soap : rest;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Control.DisposeAsync();
        await Consumer.DisposeAsync();
        await Provider.DisposeAsync();
    }

    private static SecurityServerOptions ProviderOptions(SecurityServerPairOptions options) => new()
    {
        Id = SandboxNames.ProviderServer,
        Port = options.ProviderPort,
        InternalCertificate = options.InternalCertificate,
        FaultSpelling = options.FaultSpelling,
        MaxLoggableBody = options.MaxLoggableBody,
        ForwardedJournal = options.DataFolder is null ? null : Path.Combine(options.DataFolder, "provider", "forwarded.log"),
        Clients =
        [
            new ClientRegistration
            {
                Id = SandboxNames.Provider, Name = "Population register (invented)", Certificates = [.. options.ProviderCertificates],
            },
        ],
        Services =
        [
            Soap(SandboxNames.GetPerson, options),
            Soap(SandboxNames.GetVehicles, options),
            .. (options.Contract?.Services ?? []).Select(service => new ServiceRegistration
            {
                Id = service.Id, Url = service.Rest is null ? options.ProviderSoap : new Uri(options.ProviderSoap!, "rest/" + service.Alias), Kind = service.Rest is null ? ServiceKind.Wsdl : ServiceKind.OpenApi3,
                Allowed = [SandboxNames.Consumer], Description = options.Contract!.File, Endpoints = service.Rest is null ? [] : [.. service.Operations.Select(operation => operation.Rest!.Method).Distinct(StringComparer.Ordinal).Select(method => new RestEndpoint(method, "/**"))],
            }),
            .. Rest(options),
        ],
    };

    // A contract of the user's that is called the same takes its place.
    private static IEnumerable<ServiceRegistration> Rest(SecurityServerPairOptions options) => options.Contract?.Services.Any(service => service.Id == RestService) == true ? [] :
    [
        new ServiceRegistration
        {
            Id = RestService, Kind = options.RestDescription is null ? ServiceKind.Rest : ServiceKind.OpenApi3, Url = options.ProviderRest, Allowed = [SandboxNames.Consumer],
            Description = options.RestDescription, Endpoints = options.RestDescription is null ? [new RestEndpoint("GET", "/**"), new RestEndpoint("POST", "/**")] : [new RestEndpoint("GET", "/*")],
        },
    ];

    private static ServiceRegistration Soap(string id, SecurityServerPairOptions options) => new()
    {
        Id = id,
        Url = options.ProviderSoap,
        Allowed = [SandboxNames.Consumer],
        Description = options.Contracts is null ? null : Path.Combine(options.Contracts, id.Replace('/', '_') + ".wsdl"),
    };

    private static SecurityServerOptions ConsumerOptions(SecurityServerPairOptions options) => new()
    {
        Id = SandboxNames.ConsumerServer,
        Port = options.ConsumerPort,
        HttpsPort = options.ConsumerHttpsPort,
        InternalCertificate = options.InternalCertificate,
        FaultSpelling = options.FaultSpelling,
        MaxLoggableBody = options.MaxLoggableBody,
        ReceivedJournal = options.DataFolder is null ? null : Path.Combine(options.DataFolder, "consumer", "received.log"),
        Clients =
        [
            new ClientRegistration
            {
                Id = SandboxNames.Consumer, Name = "Credit office (invented)", Connection = options.ConsumerConnection,
                Certificates = [.. options.ConsumerCertificates],
            },
        ],
    };
}

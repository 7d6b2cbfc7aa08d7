using System.Collections.Frozen;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Resilience;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Contracts;

/// <summary>The services of the configuration, by alias and by identifier.</summary>
internal sealed class ServiceCatalogue
{
    private readonly FrozenDictionary<string, ConsumedService> consumed;
    private readonly FrozenDictionary<ServiceId, ProvidedService> provided;
    private readonly FrozenDictionary<string, ProvidedService> providedByName;
    private readonly FrozenSet<string> own;
    private readonly List<ClientId> ownInOrder;

    public ServiceCatalogue(AdapterOptions options, ContractStore contracts)
    {
        own = options.Own.Select(entry => entry.Subsystem).ToFrozenSet(StringComparer.Ordinal);
        ownInOrder = [.. options.Own.Select(entry => ClientId.Parse(entry.Subsystem))];
        consumed = options.Services.ToFrozenDictionary(
            entry => entry.Key,
            entry =>
            {
                var service = ServiceId.Parse(entry.Value.Service);
                var client = ClientId.Parse(entry.Value.Client ?? options.Own[0].Subsystem);
                return new ConsumedService(entry.Key, service, client, contracts.Find(service), Limits(entry.Key, entry.Value)) { AnswersRepeats = entry.Value.AnswersRepeats, Outcomes = contracts.OutcomesOf(service), Rest = contracts.FindRest(service) };
            },
            StringComparer.Ordinal);
        provided = options.Provides.ToFrozenDictionary(
            entry => ServiceId.Parse(entry.Value.Service),
            entry =>
            {
                var service = ServiceId.Parse(entry.Value.Service);
                var operation = contracts.Find(service);
                var echoes = operation is not null && operation.Fields(MessageSide.Request).TryResolve("request", out _) && operation.Fields(MessageSide.Response).TryResolve("request", out _);
                return new ProvidedService(entry.Key, service, operation, new Uri(entry.Value.Upstream), entry.Value.Protocol, entry.Value.Timeout, echoes, entry.Value.Environment == "test") { Outcomes = contracts.OutcomesOf(service), Rest = contracts.FindRest(service), Body = entry.Value.Body };
            });
        providedByName = provided.Values.ToFrozenDictionary(service => service.Name, StringComparer.Ordinal);
    }

    /// <summary>An alias is of a REST service with a description.</summary>
    public bool IsRest(string alias) => consumed.TryGetValue(alias, out var service) && service.Rest is not null;

    /// <summary>The service behind an alias, for a caller that may use it, asked by an own subsystem the caller is bound to.</summary>
    public Outcome<ConsumedService> FindConsumed(Caller caller, string alias, string? client)
    {
        if (!consumed.TryGetValue(alias, out var service))
        {
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "/v1/services/{alias}", Expected = RefusalPhrases.Of("alias_of_get_v1_services"), Found = RefusalPhrases.Of("another_name") };
        }

        if (caller.Services is { } services && !services.Contains(alias))
        {
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Services", Expected = RefusalPhrases.Of("alias_of_this_caller"), Found = alias };
        }

        if (!string.IsNullOrEmpty(client) && client != service.Client.ToString())
        {
            if (!own.Contains(client) || !ClientId.TryParse(client, out var named))
            {
                return NotOwn(RefusalPhrases.Of("own_subsystem"), RefusalPhrases.Of("another_identifier"));
            }

            service = service with { Client = named };
        }

        return caller.Subsystems is { } subsystems && !subsystems.Contains(service.Client.ToString())
            ? NotOwn(RefusalPhrases.Of("own_subsystem_caller_is_bound_to"), service.Client.ToString())
            : service;
    }

    /// <summary>
    /// The service an existing X-Road client names by its identifier, asked by the own subsystem it names. It need not stand
    /// in <c>Services</c>: the agreement decides. A caller that is bound to aliases reaches the services behind them only.
    /// </summary>
    public Outcome<ConsumedService> FindNamed(Caller caller, ClientId client, ServiceId? service)
    {
        var name = client.ToString();
        if (!own.Contains(name))
        {
            return NotOwn(RefusalPhrases.Of("own_subsystem"), RefusalPhrases.Of("another_identifier"));
        }

        if (caller.Subsystems is { } subsystems && !subsystems.Contains(name))
        {
            return NotOwn(RefusalPhrases.Of("own_subsystem_caller_is_bound_to"), name);
        }

        var known = consumed.Values.Where(entry => entry.Service == service).ToList();
        if (caller.Services is { } aliases && service is not null && !known.Exists(entry => aliases.Contains(entry.Alias)))
        {
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Services", Expected = RefusalPhrases.Of("service_of_alias_of_this_caller"), Found = RefusalPhrases.Of("another_service") };
        }

        return known.Count == 0 ? new ConsumedService("", service, client, null, new ServiceLimits(service?.ToString() ?? "security server")) : known[0] with { Client = client };
    }

    /// <summary>The first own subsystem a caller may speak for.</summary>
    public ClientId? OwnOf(Caller caller) =>
        ownInOrder.Where(id => caller.Subsystems?.Contains(id.ToString()) ?? true).Select(id => (ClientId?)id).FirstOrDefault();

    /// <summary>The service a request names, if we answer it.</summary>
    public Outcome<ProvidedService> FindProvided(ServiceId service) =>
        provided.TryGetValue(service, out var found)
            ? found
            : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ServiceUnknown) { Path = "Header/service", Expected = RefusalPhrases.Of("service_of_provides"), Found = RefusalPhrases.Of("another_identifier") };

    /// <summary>The service with this name in <c>Provides</c>: how addresses of REST, WSDL and OpenAPI name it.</summary>
    public Outcome<ProvidedService> FindProvided(string name) =>
        providedByName.TryGetValue(name, out var found)
            ? found
            : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ServiceUnknown) { Path = "path", Expected = RefusalPhrases.Of("name_of_entry_of_provides"), Found = RefusalPhrases.Of("another_name") };

    /// <summary>All services our information systems may ask for, by alias.</summary>
    public IEnumerable<ConsumedService> Consumed => consumed.Values.OrderBy(service => service.Alias, StringComparer.Ordinal);

    /// <summary>All services our information systems answer, by name.</summary>
    public IEnumerable<ProvidedService> Provided => provided.Values.OrderBy(service => service.Name, StringComparer.Ordinal);

    /// <summary>What a caller may ask for.</summary>
    public IEnumerable<ConsumedService> ConsumedBy(Caller caller) => consumed.Values
        .Where(service => (caller.Services?.Contains(service.Alias) ?? true) && (caller.Subsystems?.Contains(service.Client.ToString()) ?? true))
        .OrderBy(service => service.Alias, StringComparer.Ordinal);

    private static ServiceLimits Limits(string alias, ConsumedServiceOptions options) => new(alias)
    {
        Connect = options.ConnectTimeout,
        Response = options.ResponseTimeout,
        Total = options.Timeout,
        MaxConcurrent = options.MaxConcurrent,
        Idempotent = options.Idempotent,
    };

    private static ExchangeError NotOwn(string expected, string found) =>
        new(ExchangeStage.Authenticate, ExchangeCodes.ClientNotOwn) { Path = CallHeaders.ClientName, Expected = expected, Found = found };
}

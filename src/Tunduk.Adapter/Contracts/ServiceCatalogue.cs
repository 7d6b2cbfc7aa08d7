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
    private readonly FrozenSet<string> own;

    public ServiceCatalogue(AdapterOptions options, ContractStore contracts)
    {
        own = options.Own.Select(entry => entry.Subsystem).ToFrozenSet(StringComparer.Ordinal);
        consumed = options.Services.ToFrozenDictionary(
            entry => entry.Key,
            entry =>
            {
                var service = ServiceId.Parse(entry.Value.Service);
                var client = ClientId.Parse(entry.Value.Client ?? options.Own[0].Subsystem);
                return new ConsumedService(entry.Key, service, client, contracts.Find(service)!, Limits(entry.Key, entry.Value));
            },
            StringComparer.Ordinal);
        provided = options.Provides.Values.ToFrozenDictionary(
            entry => ServiceId.Parse(entry.Service),
            entry =>
            {
                var service = ServiceId.Parse(entry.Service);
                var operation = contracts.Find(service)!;
                var echoes = operation.Fields(MessageSide.Request).TryResolve("request", out _) && operation.Fields(MessageSide.Response).TryResolve("request", out _);
                return new ProvidedService(service, operation, new Uri(entry.Upstream), entry.Timeout, echoes, entry.Environment == "test");
            });
    }

    /// <summary>The service behind an alias, for a caller that may use it, asked by an own subsystem the caller is bound to.</summary>
    public Outcome<ConsumedService> FindConsumed(Caller caller, string alias, string? client)
    {
        if (!consumed.TryGetValue(alias, out var service))
        {
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.ServiceAliasUnknown) { Path = "/v1/services/{alias}", Expected = "an alias of GET /v1/services", Found = "another name" };
        }

        if (caller.Services is { } services && !services.Contains(alias))
        {
            return new ExchangeError(ExchangeStage.Authenticate, ExchangeCodes.CallerNotPermitted) { Path = "Callers:Services", Expected = "an alias of this caller", Found = alias };
        }

        if (!string.IsNullOrEmpty(client) && client != service.Client.ToString())
        {
            if (!own.Contains(client) || !ClientId.TryParse(client, out var named))
            {
                return NotOwn("an own subsystem", "another identifier");
            }

            service = service with { Client = named };
        }

        return caller.Subsystems is { } subsystems && !subsystems.Contains(service.Client.ToString())
            ? NotOwn("an own subsystem the caller is bound to", service.Client.ToString())
            : service;
    }

    /// <summary>The service a request names, if we answer it.</summary>
    public Outcome<ProvidedService> FindProvided(ServiceId service) =>
        provided.TryGetValue(service, out var found)
            ? found
            : new ExchangeError(ExchangeStage.Validate, ExchangeCodes.ServiceUnknown) { Path = "Header/service", Expected = "a service of Provides", Found = "another identifier" };

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

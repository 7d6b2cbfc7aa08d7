using Tunduk.Adapter.Agreements;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Contracts;

/// <summary>
/// Holds every contract in use against what is served now (joining agreement, clause 3.2.2): those of the services asked for against
/// their provider's, and those of the services provided against what the own security server hands out for them.
/// </summary>
/// <param name="services">The configured services.</param>
/// <param name="termsOf">The agreement's terms of a service that is asked for; null where none is in force.</param>
/// <param name="served">Fetches a contract: getWsdl, or getOpenAPI where the flag is set.</param>
internal sealed class ContractDriftCheck(
    ServiceCatalogue services,
    Func<ConsumedService, AgreementService?> termsOf,
    Func<ServiceId, ClientId, bool, CancellationToken, Task<ServedContract>> served)
{
    /// <summary>Compares them all, one after the other: a check is in no hurry, and a security server has other work.</summary>
    public async Task<ContractDriftReport> RunAsync(DateTimeOffset now, bool withProvided, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var entries = new List<ContractDriftEntry>();
        var unread = new List<UnreadContract>();
        foreach (var service in services.Consumed.Where(service => service.Service is not null && (service.Operation is not null || service.Rest is not null)))
        {
            names.Add(service.Alias);
            if (await FetchAsync(service.Alias, service.Service!.Value, service.Client, service.Rest is not null, unread, cancellationToken) is { } contract)
            {
                entries.AddRange(InUse(service.Operation, service.Rest).SelectMany(operation => ContractDriftEntry.Compare(service.Alias, operation, contract, termsOf(service))));
            }
        }

        foreach (var service in withProvided ? services.Provided.Where(service => service.Operation is not null || service.Rest is not null) : [])
        {
            var name = "Provides:" + service.Name;
            names.Add(name);
            if (await FetchAsync(name, service.Service, service.Service.Provider, service.Rest is not null, unread, cancellationToken) is { } contract)
            {
                entries.AddRange(InUse(service.Operation, service.Rest).SelectMany(operation => ContractDrift.Compare(operation, contract))
                    .Select(change => new ContractDriftEntry(name, change, Phrases.Of("Contracts.WhatRegisteredNotWhat"))));
            }
        }

        return new ContractDriftReport(now, names, entries, unread);
    }

    private static IReadOnlyList<Operation> InUse(Operation? operation, Contract? rest) => rest?.Operations ?? [operation!];

    private async Task<Contract?> FetchAsync(string name, ServiceId service, ClientId client, bool rest, List<UnreadContract> unread, CancellationToken cancellationToken)
    {
        var answer = await served(service, client, rest, cancellationToken);
        if (answer.Fault is not null)
        {
            unread.Add(new UnreadContract(name, answer.Fault));
            return null;
        }

        var import = Contract.ImportText(answer.Content, answer.FileName);
        if (import.Contract is null)
        {
            var first = import.Findings.FirstOrDefault(finding => finding.Severity == FindingSeverity.Error);
            unread.Add(new UnreadContract(name, Phrases.Of("Contracts.WhatServedCannotRead", first is null ? "" : $": {first}")));
        }

        return import.Contract;
    }
}

using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Contracts;

/// <summary>The contracts the configured services name, imported once each.</summary>
internal sealed class ContractStore
{
    private readonly Dictionary<ServiceId, Operation> operations = [];

    private ContractStore()
    {
    }

    /// <summary>Imports every contract; a contract that cannot be used, or does not hold its service, is a fault of the configuration.</summary>
    public static ContractStore Load(AdapterOptions options, string folder, List<SettingFault> faults)
    {
        var store = new ContractStore();
        var imported = new Dictionary<string, Contract?>(StringComparer.Ordinal);
        foreach (var (setting, service, file) in options.Services.Select(entry => ($"Services:{entry.Key}", entry.Value.Service, entry.Value.Contract))
            .Concat(options.Provides
                // The description of a REST service is served, and read by its clients; the adapter maps nothing by it.
                .Where(entry => entry.Value.Contract.Length > 0 && entry.Value.Protocol != UpstreamProtocol.Rest)
                .Select(entry => ($"Provides:{entry.Key}", entry.Value.Service, entry.Value.Contract))))
        {
            if (!imported.TryGetValue(file, out var contract))
            {
                imported[file] = contract = Import(setting, Path.GetFullPath(file, folder), faults);
            }

            if (contract is null)
            {
                continue;
            }

            var id = ServiceId.Parse(service);
            if (contract.Find(id.Code, id.Version) is { } operation)
            {
                store.operations[id] = operation;
            }
            else
            {
                var known = string.Join(", ", contract.Operations.Take(20));
                faults.Add(new SettingFault($"{setting}:Contract", $"{file} has no operation {id.Name}", $"It has: {known}."));
            }
        }

        return store;
    }

    /// <summary>The operation of a configured service; null for others.</summary>
    public Operation? Find(ServiceId service) => operations.GetValueOrDefault(service);

    /// <summary>The field names of a configured service by its contract, for agreements; null for others.</summary>
    public ContractFields? FieldsOf(ServiceId service) =>
        operations.TryGetValue(service, out var operation) ? ContractFieldsFactory.Of(operation) : null;

    private static Contract? Import(string setting, string path, List<SettingFault> faults)
    {
        var import = Contract.Import(path);
        if (import.IsWhole)
        {
            return import.Contract;
        }

        foreach (var finding in import.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Take(20))
        {
            faults.Add(new SettingFault($"{setting}:Contract", finding.ToString(), "Correct the contract; what it describes cannot be mapped."));
        }

        return null;
    }
}

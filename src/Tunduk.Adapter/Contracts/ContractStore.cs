using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Contracts;

/// <summary>The contracts the configured services name, imported once each.</summary>
internal sealed class ContractStore
{
    /// <summary>What the name of a contract's file is followed by in the name of its rules of outcomes.</summary>
    public const string OutcomesSuffix = ".outcomes.json";

    private const int MaxRules = 1024 * 1024;
    private readonly Dictionary<ServiceId, Operation> operations = [];
    private readonly Dictionary<ServiceId, Contract> rest = [];
    private readonly Dictionary<ServiceId, OutcomeRules> outcomes = [];

    private ContractStore()
    {
    }

    /// <summary>Imports every contract; a contract that cannot be used, or does not hold its service, is a fault of the configuration.</summary>
    public static ContractStore Load(AdapterOptions options, string folder, List<SettingFault> faults)
    {
        var store = new ContractStore();
        var imported = new Dictionary<string, Contract?>(StringComparer.Ordinal);
        var rules = new Dictionary<string, OutcomeRules>(StringComparer.Ordinal);
        foreach (var (setting, service, file, takesRest) in options.Services
                .Where(entry => entry.Value.Contract.Length > 0)
                .Select(entry => ($"Services:{entry.Key}", entry.Value.Service, entry.Value.Contract, true))
            .Concat(options.Provides
                .Where(entry => entry.Value.Contract.Length > 0)
                .Select(entry => ($"Provides:{entry.Key}", entry.Value.Service, entry.Value.Contract, entry.Value.Protocol == UpstreamProtocol.Rest))))
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
            if (contract.Kind == ContractKind.OpenApi)
            {
                if (!takesRest)
                {
                    faults.Add(new SettingFault($"{setting}:Contract", Phrases.Of("Contracts.DescribesRestServiceProtocol", file), Phrases.Of("Contracts.SetProtocolRestName")));
                    continue;
                }

                if (id.Version is not null)
                {
                    faults.Add(new SettingFault($"{setting}:Service", Phrases.Of("Contracts.VersionDescribesRestService", file), Phrases.Of("Contracts.RestServicesNoneX")));
                    continue;
                }

                // One REST service is one description, whatever its operations are called.
                store.rest[id] = contract;
                store.AddOutcomes(id, Rules(rules, setting, file, folder, contract: null, faults));
                continue;
            }

            if (contract.Find(id.Code, id.Version) is { } operation)
            {
                store.operations[id] = operation;
                store.AddOutcomes(id, Rules(rules, setting, file, folder, contract, faults));
            }
            else
            {
                var known = string.Join(", ", contract.Operations.Take(20));
                faults.Add(new SettingFault($"{setting}:Contract", Phrases.Of("Contracts.NoOperation", file, id.Name), Phrases.Of("Contracts.ItHas", known)));
            }
        }

        return store;
    }

    /// <summary>The rules of outcomes beside a contract file; none where there is no such file.</summary>
    /// <param name="path">The contract's file.</param>
    /// <param name="contract">The contract, to hold paths against; null for one that is not read.</param>
    /// <param name="found">What is wrong with them.</param>
    public static OutcomeRules ReadOutcomes(string path, Contract? contract, out IReadOnlyList<string> found)
    {
        var file = new FileInfo(path + OutcomesSuffix);
        found = [];
        if (!file.Exists)
        {
            return OutcomeRules.None;
        }

        if (file.Length > MaxRules)
        {
            found = [Phrases.Of("Contracts.FileOverBytes", MaxRules)];
            return OutcomeRules.None;
        }

        return OutcomeRules.TryParse(File.ReadAllBytes(file.FullName), contract, out var rules, out found) ? rules : OutcomeRules.None;
    }

    /// <summary>The rules for a configured service's answers; none for others.</summary>
    public OutcomeRules OutcomesOf(ServiceId service) => outcomes.GetValueOrDefault(service, OutcomeRules.None);

    /// <summary>The operation of a configured service; null for others.</summary>
    public Operation? Find(ServiceId service) => operations.GetValueOrDefault(service);

    /// <summary>The OpenAPI description of a configured REST service, with all its operations; null for others.</summary>
    public Contract? FindRest(ServiceId service) => rest.GetValueOrDefault(service);

    /// <summary>The field names of a configured service by its contract, for agreements; null for others.</summary>
    public ContractFields? FieldsOf(ServiceId service) =>
        operations.TryGetValue(service, out var operation) ? ContractFieldsFactory.Of(operation)
            : rest.TryGetValue(service, out var description) ? ContractFieldsFactory.Of(description) : null;

    /// <summary>Names of a provider's configured services that have a contract.</summary>
    public IEnumerable<string> NamesOf(XRoad.Identifiers.ClientId provider) =>
        operations.Keys.Where(service => service.Provider == provider).Select(service => service.Name);

    private static OutcomeRules Rules(Dictionary<string, OutcomeRules> known, string setting, string file, string folder, Contract? contract, List<SettingFault> faults)
    {
        if (!known.TryGetValue(file, out var rules))
        {
            known[file] = rules = ReadOutcomes(Path.GetFullPath(file, folder), contract, out var found);
            faults.AddRange(found.Select(fault => new SettingFault($"{setting}:Contract", $"{file}{OutcomesSuffix}: {fault}", Phrases.Of("Contracts.CorrectRulesOutcomesProto"))));
        }

        return rules;
    }

    private void AddOutcomes(ServiceId service, OutcomeRules rules)
    {
        var meant = rules.For(service.Code);
        if (meant.Rules.Count > 0)
        {
            outcomes[service] = meant;
        }
    }

    private static Contract? Import(string setting, string path, List<SettingFault> faults)
    {
        var import = Contract.Import(path);
        if (import.IsWhole)
        {
            return import.Contract;
        }

        foreach (var finding in import.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Take(20))
        {
            faults.Add(new SettingFault($"{setting}:Contract", finding.ToString(), Phrases.Of("Contracts.CorrectContractWhatDescribes")));
        }

        return null;
    }
}

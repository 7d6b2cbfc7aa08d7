using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Cli;

/// <summary><c>contract check</c> without files: every service of the configuration against what its provider serves now.</summary>
internal static class ContractServedCheck
{
    public static async Task<int> RunAsync(AdapterConfiguration configuration, string key, bool json, CancellationToken cancellationToken)
    {
        var faults = new List<SettingFault>();
        var contracts = ContractStore.Load(configuration.Options, configuration.Resolve(configuration.Options.Documents.Contracts), faults);
        if (faults.Count > 0)
        {
            return Output.Wrong(string.Join(Environment.NewLine, faults));
        }

        var agreements = Agreements(configuration, contracts);
        var entries = new List<ContractDriftEntry>();
        var unread = new List<string>();
        using var client = new ServedContractClient(new Uri(configuration.Options.Listen.Is.Address), key);
        foreach (var service in new ServiceCatalogue(configuration.Options, contracts).Consumed)
        {
            var (id, operation) = (service.Service!.Value, service.Operation!);
            var served = operation.Rest is null
                ? await client.GetWsdlAsync(id, service.Client, cancellationToken)
                : await client.GetOpenApiAsync(id, service.Client, cancellationToken);
            if (served.Fault is not null || Contract.ImportText(served.Content, served.FileName).Contract is not { } now)
            {
                unread.Add($"{service.Alias}: {served.Fault ?? "what the provider serves cannot be read as a contract"}");
                continue;
            }

            var terms = agreements.Where(agreement => agreement.Own == service.Client && agreement.Counterparty == id.Provider)
                .SelectMany(agreement => agreement.Services).FirstOrDefault(terms => terms.Service == id);
            entries.AddRange(ContractDriftEntry.Compare(service.Alias, operation, now, terms));
        }

        Print(entries, unread, json);
        return entries.Count == 0 && unread.Count == 0 ? Output.Ok : Output.NotOk;
    }

    private static List<Agreement> Agreements(AdapterConfiguration configuration, ContractStore contracts)
    {
        var folder = configuration.Resolve(configuration.Options.Documents.Agreements);
        var reader = new AgreementReader(contracts.FieldsOf);
        return !Directory.Exists(folder)
            ? []
            : [.. Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
                .Select(file => reader.Read(Path.GetFileName(file), File.ReadAllBytes(file)).Agreement)
                .OfType<Agreement>().Where(agreement => agreement.Role == AgreementRole.Consumer)];
    }

    private static void Print(List<ContractDriftEntry> entries, List<string> unread, bool json)
    {
        if (json)
        {
            Output.Json(new
            {
                differences = entries.Select(entry => new { entry.Alias, effect = entry.Change.Effect.ToString(), entry.Change.Operation, side = entry.Change.Side?.ToString(), entry.Change.Path, entry.Change.What, entry.Consequence }),
                unread,
            });
            return;
        }

        entries.ForEach(entry => Output.Line(entry.ToString()));
        unread.ForEach(Output.Line);
        Output.Line(entries.Count == 0 && unread.Count == 0 ? "no difference" : $"{entries.Count} differences, {unread.Count} not read");
    }
}

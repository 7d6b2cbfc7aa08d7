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
        using var client = new ServedContractClient(new Uri(configuration.Options.Listen.Is.Address), key);
        var services = new ServiceCatalogue(configuration.Options, contracts);
        var check = new ContractDriftCheck(
            services,
            service => TermsOf(agreements, service),
            (service, own, rest, token) => rest ? client.GetOpenApiAsync(service, own, token) : client.GetWsdlAsync(service, own, token));
        var report = await check.RunAsync(TimeProvider.System.GetUtcNow(), withProvided: configuration.Options.SecurityServer.Address.Length > 0, cancellationToken);
        Print(report, json);
        return report.IsClean ? Output.Ok : Output.NotOk;
    }

    private static AgreementService? TermsOf(List<Agreement> agreements, ConsumedService service) => agreements
        .Where(agreement => agreement.Own == service.Client && agreement.Counterparty == service.Service!.Value.Provider)
        .SelectMany(agreement => agreement.Services)
        .FirstOrDefault(terms => terms.Service == service.Service);

    private static List<Agreement> Agreements(AdapterConfiguration configuration, ContractStore contracts)
    {
        var folder = configuration.Resolve(configuration.Options.Documents.Agreements);
        var reader = new AgreementReader(contracts.FieldsOf);

        // What is not in force today says nothing about what passes today.
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(6)).DateTime);
        return !Directory.Exists(folder)
            ? []
            : [.. Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)
                .Select(file => reader.Read(Path.GetFileName(file), File.ReadAllBytes(file)).Agreement)
                .OfType<Agreement>().Where(agreement => agreement.Role == AgreementRole.Consumer && agreement.Valid.Contains(today))];
    }

    private static void Print(ContractDriftReport report, bool json)
    {
        if (json)
        {
            Output.Json(new
            {
                @checked = report.Checked,
                differences = report.Differences.Select(entry => new { entry.Alias, effect = entry.Change.Effect.ToString(), entry.Change.Operation, side = entry.Change.Side?.ToString(), entry.Change.Path, entry.Change.What, entry.Consequence }),
                unread = report.Unread.Select(unread => $"{unread.Name}: {unread.Why}"),
            });
            return;
        }

        foreach (var entry in report.Differences)
        {
            Output.Line(entry.ToString());
        }

        foreach (var (name, why) in report.Unread)
        {
            Output.Line($"{name}: {why}");
        }

        Output.Line(report.IsClean ? Phrases.Of("Cli.NoDifferenceServices", report.Checked.Count) : Phrases.Of("Cli.DifferencesNotReadServices", report.Differences.Count, report.Unread.Count, report.Checked.Count));
    }
}

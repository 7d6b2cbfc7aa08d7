using System.CommandLine;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Cli;

/// <summary>
/// Where the agreement commands take contracts from: files named with <c>--contract</c>, and the configuration's own.
/// </summary>
internal sealed class AgreementContracts
{
    private readonly Option<string> config = Commands.ConfigOption();
    private readonly Option<string[]> files = new("--contract") { Description = Phrases.Of("Cli.ContractFileWsdlOpenAPI"), AllowMultipleArgumentsPerToken = false };
    private readonly List<Contract> named = [];
    private ContractStore? configured;

    /// <summary>The configuration, where there is one.</summary>
    public AdapterConfiguration? Configuration { get; private set; }

    /// <summary>Contracts named on the command line, in their order.</summary>
    public IReadOnlyList<Contract> Named => named;

    public void AddTo(Command command)
    {
        command.Options.Add(config);
        command.Options.Add(files);
    }

    /// <summary>Reads what was named; the fault in words, null without one.</summary>
    public string? Load(ParseResult parsed)
    {
        foreach (string file in parsed.GetValue(files) ?? [])
        {
            if (!File.Exists(file))
            {
                return Phrases.Of("Cli.NoFile", file);
            }

            ContractImport import = Contract.Import(file);
            if (import.Contract is not { } contract)
            {
                return Phrases.Of("Cli.CannotReadContractContract", file);
            }

            named.Add(contract);
        }

        string path = parsed.GetValue(config)!;
        if (!File.Exists(path))
        {
            return parsed.GetResult(config) is { Implicit: false } ? Phrases.Of("Cli.NoFile", path) : null;
        }

        List<SettingFault> faults = [.. AdapterConfiguration.Load(path, out AdapterConfiguration? configuration)];
        if (configuration is null)
        {
            return string.Join(Environment.NewLine, faults);
        }

        Configuration = configuration;
        configured = ContractStore.Load(configuration.Options, configuration.Resolve(configuration.Options.Documents.Contracts), faults);
        return null;
    }

    /// <summary>The operation of a service: by its code and version in a named contract, else by the configuration.</summary>
    public Operation? Find(ServiceId service) =>
        named.Select(contract => contract.Operations.FirstOrDefault(o => o.ServiceCode == service.Code && o.Version == service.Version) ?? contract.Find(service.Code, service.Version)).FirstOrDefault(static o => o is not null)
        ?? configured?.Find(service);

    public ContractFields? FieldsOf(ServiceId service) => Find(service) is { } operation ? ContractFieldsFactory.Of(operation) : null;

    /// <summary>Names of the services that the contracts have.</summary>
    public IEnumerable<string> NamesOf(ClientId provider) =>
        named.SelectMany(static contract => contract.Operations).Select(static operation => operation.ToString()).Concat(configured?.NamesOf(provider) ?? []).Distinct(StringComparer.Ordinal);

    /// <summary>Reads a document; null after saying what is wrong with it.</summary>
    public Agreement? Read(string file)
    {
        if (!File.Exists(file))
        {
            Output.Wrong(Phrases.Of("Cli.NoFile", file));
            return null;
        }

        AgreementReading reading = new AgreementReader(FieldsOf, services: NamesOf).Read(Path.GetFileName(file), File.ReadAllBytes(file));
        if (reading.Agreement is null)
        {
            foreach (AgreementFault fault in reading.Faults.Where(static f => !f.IsWarning))
            {
                Output.Wrong(fault.ToString());
            }
        }

        return reading.Agreement;
    }
}

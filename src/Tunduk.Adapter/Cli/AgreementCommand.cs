using System.CommandLine;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement check</c>.</summary>
internal static class AgreementCommand
{
    public static Command Create() => new("agreement", "Check agreements.") { Check() };

    private static Command Check()
    {
        var files = new Argument<string[]>("files") { Description = "Agreement files; none checks the configured folder.", Arity = ArgumentArity.ZeroOrMore };
        var config = Commands.ConfigOption();
        var json = Commands.JsonOption();
        var command = new Command("check", "List the faults of agreements with line and remedy, and the digest to pin. Contracts of the configuration are used to check names.") { files, config, json };
        command.SetAction(parsed => Run(parsed.GetValue(files) ?? [], parsed.GetValue(config)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, string config, bool json)
    {
        ContractStore? contracts = null;
        if (File.Exists(config))
        {
            var faults = new List<SettingFault>(AdapterConfiguration.Load(config, out var configuration));
            if (configuration is null)
            {
                return Output.Wrong(string.Join(Environment.NewLine, faults));
            }

            contracts = ContractStore.Load(configuration.Options, configuration.Resolve(configuration.Options.Documents.Contracts), faults);
            if (files.Length == 0)
            {
                files = [.. Directory.GetFiles(configuration.Resolve(configuration.Options.Documents.Agreements), "*.yaml").Order(StringComparer.Ordinal)];
            }
        }

        if (files.Length == 0)
        {
            return Output.Wrong("name agreement files, or a configuration with --config");
        }

        var reader = new AgreementReader(contracts is null ? null : contracts.FieldsOf);
        var results = new List<(string File, AgreementDigest Digest, AgreementReading Reading)>();
        foreach (var file in files)
        {
            if (!File.Exists(file))
            {
                return Output.Wrong($"there is no file {file}");
            }

            var document = File.ReadAllBytes(file);
            results.Add((file, AgreementDigest.Of(document), reader.Read(Path.GetFileName(file), document)));
        }

        if (json)
        {
            Output.Json(results.Select(result => new
            {
                result.File,
                sha256 = result.Digest.ToString(),
                usable = result.Reading.Agreement is not null,
                agreement = result.Reading.Agreement?.Id,
                version = result.Reading.Agreement?.Version,
                faults = result.Reading.Faults,
            }));
        }
        else
        {
            results.ForEach(Print);
        }

        return results.TrueForAll(result => result.Reading.Agreement is not null) ? Output.Ok : Output.NotOk;
    }

    private static void Print((string File, AgreementDigest Digest, AgreementReading Reading) result)
    {
        Output.Line(result.Reading.Agreement is { } agreement
            ? $"{result.File}: {agreement.Id} version {agreement.Version}, usable, sha256 {result.Digest}"
            : $"{result.File}: NOT usable");
        foreach (var fault in result.Reading.Faults)
        {
            Output.Line($"  {(fault.IsWarning ? "warning" : "fault  ")} {fault}");
        }

        if (result.Reading.Agreement is { } read && read.Services.Any(service => !service.CheckedAgainstContract))
        {
            Output.Line("  warning no contract is known for some services: names could not be checked");
        }
    }
}

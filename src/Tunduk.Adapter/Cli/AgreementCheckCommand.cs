using System.CommandLine;
using Tunduk.Adapter.Agreements;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement check</c>.</summary>
internal static class AgreementCheckCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Description = Phrases.Of("Cli.AgreementFilesNoneChecks"), Arity = ArgumentArity.ZeroOrMore };
        var contracts = new AgreementContracts();
        var json = Commands.JsonOption();
        var command = new Command("check", Phrases.Of("Cli.ListFaultsAgreementsLine")) { files, json };
        contracts.AddTo(command);
        command.SetAction(parsed => contracts.Load(parsed) is { } fault ? Output.Wrong(fault) : Run(parsed.GetValue(files) ?? [], contracts, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string[] files, AgreementContracts contracts, bool json)
    {
        var isFolder = files.Length == 0 && contracts.Configuration is not null;
        if (isFolder)
        {
            files = [.. Directory.GetFiles(contracts.Configuration!.Resolve(contracts.Configuration.Options.Documents.Agreements), "*.yaml").Order(StringComparer.Ordinal)];
        }

        if (files.Length == 0)
        {
            return Output.Wrong(Phrases.Of("Cli.NameAgreementFilesConfiguration"));
        }

        var reader = new AgreementReader(contracts.FieldsOf, services: contracts.NamesOf);
        var results = new List<(string File, AgreementDigest Digest, AgreementReading Reading)>();
        foreach (var file in files)
        {
            if (!File.Exists(file))
            {
                return Output.Wrong(Phrases.Of("Cli.NoFile", file));
            }

            var document = File.ReadAllBytes(file);
            results.Add((file, AgreementDigest.Of(document), reader.Read(Path.GetFileName(file), document)));
        }

        var conflicts = isFolder ? Conflicts(results) : [];
        if (json)
        {
            Output.Json(results.Select(result => new
            {
                result.File,
                sha256 = result.Digest.ToString(),
                usable = result.Reading.Agreement is not null && !conflicts.Exists(conflict => conflict.File == result.File),
                agreement = result.Reading.Agreement?.Id,
                version = result.Reading.Agreement?.Version,
                faults = result.Reading.Faults.Concat(conflicts.Where(conflict => conflict.File == result.File)),
            }));
        }
        else
        {
            results.ForEach(result => Print(result, [.. conflicts.Where(conflict => conflict.File == result.File)]));
        }

        return conflicts.Count == 0 && results.TrueForAll(result => result.Reading.Agreement is not null) ? Output.Ok : Output.NotOk;
    }

    /// <summary>Documents of the list that speak for one key on the same days: in one folder neither would come into force.</summary>
    private static List<AgreementFault> Conflicts(List<(string File, AgreementDigest Digest, AgreementReading Reading)> results)
    {
        var faults = new List<AgreementFault>();
        foreach (var group in results.Where(result => result.Reading.Agreement is not null).SelectMany(result => result.Reading.Agreement!.Keys.Select(key => (Key: key, result.File, Agreement: result.Reading.Agreement))).GroupBy(entry => entry.Key))
        {
            var entries = group.OrderBy(entry => entry.Agreement.Valid.From).ToList();
            for (var i = 0; i < entries.Count; i++)
            {
                foreach (var other in entries.Where((_, j) => j != i).Where(other => other.Agreement.Valid.Overlaps(entries[i].Agreement.Valid)))
                {
                    faults.Add(new AgreementFault("agreement_conflict", entries[i].File, entries[i].Agreement.Services.FirstOrDefault(service => service.Service == group.Key.Service)?.Line ?? 0, 1, "valid", Phrases.Of("Cli.AlsoAgreedSomeSame", group.Key.Service, group.Key.Counterparty, other.File, other.Agreement.Valid), Phrases.Of("Cli.EndBeforeOtherBegins")));
                }
            }
        }

        return faults;
    }

    private static void Print((string File, AgreementDigest Digest, AgreementReading Reading) result, IReadOnlyList<AgreementFault> conflicts)
    {
        Output.Line(result.Reading.Agreement is { } agreement && conflicts.Count == 0
            ? Phrases.Of("Cli.VersionUsableSha256", result.File, agreement.Id, agreement.Version, result.Digest)
            : Phrases.Of("Cli.NotUsable", result.File));
        foreach (var fault in result.Reading.Faults.Concat(conflicts))
        {
            Output.Line($"  {(fault.IsWarning ? Phrases.Of("Cli.Warning") : Phrases.Of("Cli.Fault"))} {fault}");
        }
    }
}

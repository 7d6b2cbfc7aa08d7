using System.Buffers;
using System.CommandLine;
using System.Text;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Contracts.Samples;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Cli;

/// <summary><c>contract import|show|check</c>.</summary>
internal static class ContractCommand
{
    public static Command Create() => new("contract", Phrases.Of("Cli.ImportShowCompareContracts")) { Import(), Show(), Check() };

    private static Command Import()
    {
        var file = new Argument<string?>("file") { Description = Phrases.Of("Cli.WsdlOpenAPIFile"), Arity = ArgumentArity.ZeroOrOne };
        var from = new Option<string?>("--from-security-server") { Description = Phrases.Of("Cli.InsteadFileXRoad") };
        var openApi = new Option<bool>("--openapi") { Description = Phrases.Of("Cli.FromSecurityServerService") };
        var config = Commands.ConfigOption();
        var keyFile = KeyFile();
        var folder = new Option<string>("--to") { Description = Phrases.Of("Cli.FolderContractsCopy"), DefaultValueFactory = _ => "contracts" };
        var json = Commands.JsonOption();
        var command = new Command("import", Phrases.Of("Cli.ReadContractSayWhat")) { file, from, openApi, config, keyFile, folder, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(from) is { } service)
            {
                return await ImportServedAsync(service, parsed.GetValue(openApi), parsed.GetValue(config)!, parsed.GetValue(keyFile), parsed.GetValue(folder)!, parsed.GetValue(json), cancellationToken);
            }

            if (parsed.GetValue(file) is not { } path)
            {
                return Output.Wrong(Phrases.Of("Cli.NameFileServiceFrom"));
            }

            if (Read(path) is not { } import)
            {
                return Output.Wrong(Phrases.Of("Cli.NoFile", path));
            }

            if (import.IsWhole)
            {
                Directory.CreateDirectory(parsed.GetValue(folder)!);
                File.Copy(path, Path.Combine(parsed.GetValue(folder)!, Path.GetFileName(path)), overwrite: true);
            }

            Print(path, import, parsed.GetValue(json));
            return import.IsWhole ? Output.Ok : Output.NotOk;
        });
        return command;
    }

    private static Option<string?> KeyFile() => new("--key-file") { Description = Phrases.Of("Cli.FileApiKeyCallerRole") };

    private static async Task<int> ImportServedAsync(string service, bool openApi, string config, string? keyFile, string folder, bool json, CancellationToken cancellationToken)
    {
        if (!ServiceId.TryParse(service, out var id))
        {
            return Output.Wrong(Phrases.Of("Cli.NoIdentifierInstanceClass", service));
        }

        if (Open(config, keyFile, out var key, out var fault) is not { } configuration)
        {
            return Output.Wrong(fault);
        }

        using var client = new ServedContractClient(new Uri(configuration.Options.Listen.Is.Address), key);
        var own = ClientId.Parse(configuration.Options.Own[0].Subsystem);
        var served = openApi ? await client.GetOpenApiAsync(id, own, cancellationToken) : await client.GetWsdlAsync(id, own, cancellationToken);
        if (served.Fault is not null)
        {
            Console.Error.WriteLine(served.Fault);
            return Output.NotOk;
        }

        var import = Contract.ImportText(served.Content, served.FileName);
        var path = Path.Combine(folder, served.FileName);
        if (import.IsWhole)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(path, served.Content, cancellationToken);
        }

        Print(path, import, json);
        return import.IsWhole ? Output.Ok : Output.NotOk;
    }

    private static AdapterConfiguration? Open(string config, string? keyFile, out string key, out string fault)
    {
        key = "";
        var faults = AdapterConfiguration.Load(config, out var configuration);
        fault = configuration is null ? string.Join(Environment.NewLine, faults)
            : keyFile is null ? Phrases.Of("Cli.KeyFileNameFile")
            : ApiKeyFile.TryRead(keyFile, out key, out var wrong) ? ""
            : wrong;
        return fault.Length > 0 ? null : configuration;
    }

    private static Command Show()
    {
        var file = new Argument<string>("file") { Description = Phrases.Of("Cli.ContractFile") };
        var service = new Option<string?>("--service") { Description = Phrases.Of("Cli.ShowServiceCodeVersion") };
        var json = Commands.JsonOption();
        var command = new Command("show", Phrases.Of("Cli.ListContractServicesShow")) { file, service, json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            if (Read(path) is not { } import)
            {
                return Output.Wrong(Phrases.Of("Cli.NoFile", path));
            }

            if (parsed.GetValue(service) is not { } name)
            {
                Print(path, import, parsed.GetValue(json));
                return import.IsWhole ? Output.Ok : Output.NotOk;
            }

            var parts = name.Split('/', 2);
            if (import.Contract?.Find(parts[0], parts.Length == 2 ? parts[1] : null) is not { } operation)
            {
                return Output.Wrong(Phrases.Of("Cli.ContractNoService", name));
            }

            ShowOperation(operation, parsed.GetValue(json));
            return Output.Ok;
        });
        return command;
    }

    private static Command Check()
    {
        var inUse = new Argument<string?>("in-use") { Description = Phrases.Of("Cli.ContractUseNoneChecks"), Arity = ArgumentArity.ZeroOrOne };
        var served = new Argument<string?>("served") { Description = Phrases.Of("Cli.ContractProviderServesNow"), Arity = ArgumentArity.ZeroOrOne };
        var config = Commands.ConfigOption();
        var keyFile = KeyFile();
        var json = Commands.JsonOption();
        var command = new Command("check", Phrases.Of("Cli.CompareTwoContractsNew")) { inUse, served, config, keyFile, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(inUse) is null)
            {
                return Open(parsed.GetValue(config)!, parsed.GetValue(keyFile), out var key, out var fault) is { } configuration
                    ? await ContractServedCheck.RunAsync(configuration, key, parsed.GetValue(json), cancellationToken)
                    : Output.Wrong(fault);
            }

            if (parsed.GetValue(served) is null)
            {
                return Output.Wrong(Phrases.Of("Cli.NameTwoFilesNone"));
            }

            var files = new[] { parsed.GetValue(inUse)!, parsed.GetValue(served)! };
            var imports = files.Select(Read).ToList();
            for (var i = 0; i < files.Length; i++)
            {
                if (imports[i]?.Contract is null)
                {
                    return Output.Wrong(imports[i] is null ? Phrases.Of("Cli.NoFile", files[i]) : Phrases.Of("Cli.CannotReadContractContract", files[i]));
                }
            }

            var changes = ContractDrift.Compare(imports[0]!.Contract!, imports[1]!.Contract!);
            if (parsed.GetValue(json))
            {
                Output.Json(changes);
            }
            else
            {
                foreach (var change in changes)
                {
                    Output.Line(change.ToString());
                }

                Output.Line(changes.Count == 0 ? Phrases.Of("Cli.NoDifference") : Phrases.Of("Cli.Differences", changes.Count));
            }

            return changes.Count == 0 ? Output.Ok : Output.NotOk;
        });
        return command;
    }

    private static ContractImport? Read(string path) => File.Exists(path) ? Contract.Import(path) : null;

    private static void Print(string path, ContractImport import, bool json)
    {
        var operations = import.Contract?.Operations.Select(operation => new { service = operation.ToString(), title = operation.Title, line = operation.Location.Line }).ToList() ?? [];
        if (json)
        {
            Output.Json(new
            {
                file = path,
                whole = import.IsWhole,
                catalogue = import.Contract?.CatalogueName,
                services = operations,
                findings = import.Findings.Select(finding => new { severity = finding.Severity.ToString(), finding.Construct, finding.Message, location = finding.Location.ToString() }),
            });
            return;
        }

        foreach (var operation in operations)
        {
            Output.Line($"  {operation.service}{(operation.title is null ? "" : "  " + operation.title)}");
        }

        foreach (var finding in import.Findings)
        {
            Output.Line($"  {finding}");
        }

        Output.Line(Phrases.Of("Cli.Services", path, operations.Count, import.IsWhole ? Phrases.Of("Cli.AllCanMapped") : Phrases.Of("Cli.NotUsableSeeErrors")));
    }

    private static void ShowOperation(Operation operation, bool json)
    {
        var sides = new[] { MessageSide.Request, MessageSide.Response };
        if (json)
        {
            Output.Json(sides.Select(side => new { side = side.ToString(), fields = operation.Fields(side).Enumerate().Select(field => new { field.Path, field.Required, field.Nillable, field.Repeated, field.Title }) }));
            return;
        }

        foreach (var side in sides)
        {
            Output.Line($"{side}:");
            foreach (var field in operation.Fields(side).Enumerate())
            {
                Output.Line($"  {field.Path}{(field.Repeated ? "[]" : "")}{(field.Required ? "" : "?")}{(field.Nillable ? "~" : "")}{(field.Title is null ? "" : "   " + field.Title)}");
            }

            Output.Line("example:");
            var buffer = new ArrayBufferWriter<byte>();
            SampleWriter.Write(operation.Shape(side), seed: 1, buffer, SampleOptions.Example, indented: true);
            Output.Line(Encoding.UTF8.GetString(buffer.WrittenSpan));
        }
    }
}

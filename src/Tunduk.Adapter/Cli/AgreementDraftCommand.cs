using System.CommandLine;
using Tunduk.Adapter.Agreements;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement draft</c>: the beginning of an agreement from a contract, with everything denied.</summary>
internal static class AgreementDraftCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("contract") { Description = Phrases.Of("Cli.ContractFileWsdlOrOpenAPI") };
        var own = new Option<string>("--own") { Description = Phrases.Of("Cli.OwnSubsystemInstanceClass"), Required = true };
        var counterparty = new Option<string?>("--counterparty") { Description = Phrases.Of("Cli.OtherSubsystemRoleConsumer") };
        var role = new Option<string>("--role") { Description = Phrases.Of("Cli.ProviderWeAnswerConsumer"), DefaultValueFactory = _ => "provider" };
        var services = new Option<string[]>("--service") { Description = Phrases.Of("Cli.OnlyServiceCodeCode"), AllowMultipleArgumentsPerToken = false };
        var output = new Option<string?>("--out") { Description = Phrases.Of("Cli.FileWriteMustNot") };
        var json = Commands.JsonOption();
        var command = new Command("draft", Phrases.Of("Cli.MakeBeginningAgreementFrom")) { file, own, counterparty, role, services, output, json };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            if (!File.Exists(path))
            {
                return Output.Wrong(Phrases.Of("Cli.NoFile", path));
            }

            if (Contract.Import(path).Contract is not { } contract)
            {
                return Output.Wrong(Phrases.Of("Cli.CannotReadContractContract", path));
            }

            var isProvider = parsed.GetValue(role) == "provider";
            if (!isProvider && parsed.GetValue(role) != "consumer")
            {
                return Output.Wrong(Phrases.Of("Cli.RoleProviderConsumer"));
            }

            if (!ClientId.TryParse(parsed.GetValue(own), out var self, out var fault))
            {
                return Output.Wrong(Phrases.Of("Cli.Own", fault));
            }

            var otherText = parsed.GetValue(counterparty) ?? (isProvider || contract.CatalogueName is not { Instance: not null, Subsystem: not null } name ? null : $"{name.Instance}/{name.MemberClass}/{name.MemberCode}/{name.Subsystem}");
            if (!ClientId.TryParse(otherText, out var other, out fault))
            {
                return Output.Wrong(Phrases.Of("Cli.Counterparty", otherText is null ? Phrases.Of("Cli.NameOtherSubsystemInstance") : fault.ToString()));
            }

            var provider = isProvider ? self : other;
            var wanted = parsed.GetValue(services) ?? [];
            var chosen = new List<(ServiceId, Operation)>();
            foreach (var operation in contract.Operations.Where(operation => wanted.Length == 0 || wanted.Contains(operation.ToString(), StringComparer.Ordinal) || wanted.Contains(operation.ServiceCode, StringComparer.Ordinal)))
            {
                if (ServiceId.TryParseName(provider, operation.ToString(), out var service, out _))
                {
                    chosen.Add((service, operation));
                }
            }

            if (chosen.Count == 0)
            {
                return Output.Wrong(Phrases.Of("Cli.ContractNoSuchService", string.Join(", ", contract.Operations.Take(20))));
            }

            var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().ToOffset(TimeSpan.FromHours(6)).DateTime);
            var text = new AgreementDraft(PersonalData.Default).Write(self, other, isProvider ? AgreementRole.Provider : AgreementRole.Consumer, chosen, Path.GetFileName(path), today);
            return Give(text, parsed.GetValue(output), parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>Writes a document to a new file or to standard output.</summary>
    internal static int Give(string text, string? file, bool json)
    {
        if (file is not null)
        {
            try
            {
                using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write);
                stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            }
            catch (IOException exception)
            {
                return Output.Wrong(Phrases.Of("Cli.CannotWritten", file, exception.Message));
            }
        }

        if (json)
        {
            Output.Json(new { file, document = text });
        }
        else if (file is null)
        {
            Console.Out.Write(text);
        }
        else
        {
            Output.Line(file);
        }

        return Output.Ok;
    }
}

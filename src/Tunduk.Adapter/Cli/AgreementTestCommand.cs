using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Administration;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement test</c>: archived traffic against a draft.</summary>
internal static class AgreementTestCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = Phrases.Of("Cli.DraftAgreementFileOwn") };
        var purpose = new Option<string>("--purpose") { Description = Phrases.Of("Cli.WhatLookArchived"), Required = true };
        var caseNumber = new Option<string?>("--case") { Description = Phrases.Of("Cli.NumberCaseIf") };
        var from = TimeOption.Create("--from", Phrases.Of("Cli.ExchangesFromTime"));
        var until = TimeOption.Create("--until", Phrases.Of("Cli.ExchangesBeforeTime"));
        var access = new AgreementAccess();
        var command = new Command("test", Phrases.Of("Cli.ReplayArchivedExchangesAgainst")) { file, purpose, caseNumber, from, until };
        access.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            if (!File.Exists(path))
            {
                return Output.Wrong(Phrases.Of("Cli.NoFile", path));
            }

            var request = new AgreementTestRequest
            {
                File = Path.GetFileName(path),
                Document = await File.ReadAllTextAsync(path, cancellationToken),
                Purpose = parsed.GetValue(purpose),
                Case = parsed.GetValue(caseNumber),
                From = parsed.GetValue(from),
                Until = parsed.GetValue(until),
            };
            long changed = 0;
            var code = await access.RunAsync(parsed, "v1/agreements/test", request, (administration, caller) => administration.TestAsync(caller, request, cancellationToken), Print, answer => changed = answer.GetProperty("changed").GetInt64(), cancellationToken);
            return code == Output.Ok && changed > 0 ? Output.NotOk : code;
        });
        return command;
    }

    private static void Print(JsonElement report)
    {
        Output.Line(Phrases.Of("Cli.VersionExchangesWouldEnd", report.GetProperty("agreement").GetString(), report.GetProperty("version"), report.GetProperty("exchanges"), report.GetProperty("unchanged"), report.GetProperty("changed"), report.GetProperty("untold")));
        foreach (var change in report.GetProperty("changes").EnumerateArray())
        {
            Output.Line($"{change.GetProperty("count").GetInt64(),9} × {change.GetProperty("service").GetString()}: {change.GetProperty("name").GetString()}");
        }

        if (report.GetProperty("withUnknownFields").GetInt64() is > 0 and var unknown)
        {
            Output.Line(Phrases.Of("Cli.RemovedNamesKnownNeither", unknown));
        }
    }
}

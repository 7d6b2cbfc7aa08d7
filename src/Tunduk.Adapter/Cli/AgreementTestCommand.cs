using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Administration;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement test</c>: archived traffic against a draft.</summary>
internal static class AgreementTestCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The draft: an agreement file with the own and the other subsystem and the services to test." };
        var purpose = new Option<string>("--purpose") { Description = "What the look is for; it is archived.", Required = true };
        var caseNumber = new Option<string?>("--case") { Description = "Number of the case, if there is one." };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Exchanges from this time on." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Exchanges before this time." };
        var access = new AgreementAccess();
        var command = new Command("test", "Replay archived exchanges against a draft: names and counts of those that would end otherwise, and how. Exit code 1 when any would.") { file, purpose, caseNumber, from, until };
        access.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            if (!File.Exists(path))
            {
                return Output.Wrong($"there is no file {path}");
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
        Output.Line($"{report.GetProperty("agreement").GetString()} version {report.GetProperty("version")}: {report.GetProperty("exchanges")} exchanges, {report.GetProperty("unchanged")} would end as they did, {report.GetProperty("changed")} otherwise, of {report.GetProperty("untold")} it cannot be told");
        foreach (var change in report.GetProperty("changes").EnumerateArray())
        {
            Output.Line($"{change.GetProperty("count").GetInt64(),9} × {change.GetProperty("service").GetString()}: {change.GetProperty("name").GetString()}");
        }

        if (report.GetProperty("withUnknownFields").GetInt64() is > 0 and var unknown)
        {
            Output.Line($"{unknown} removed names were known to neither contract nor agreement: what the draft would do with those cannot be told");
        }
    }
}

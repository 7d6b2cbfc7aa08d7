using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Administration;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement suspend</c> and <c>agreement lift</c> (joining agreement clause 4, model SLA 7.4).</summary>
internal static class AgreementSuspendCommand
{
    public static Command Create()
    {
        var agreement = new Argument<string>("agreement") { Description = "Id of the agreement." };
        var reason = new Option<string>("--reason") { Description = "Why; it is archived, and shown to nobody outside.", Required = true };
        var from = new Option<DateTimeOffset?>("--from") { Description = "When the stop begins, such as 2026-12-01T00:00+06:00. Default: at once." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "When it ends by itself. Default: when it is lifted." };
        var access = new AgreementAccess();
        var command = new Command("suspend", "Stop the exchange under an agreement, at once or at a date. Requests are refused as agreement_suspended; the order is archived.") { agreement, reason, from, until };
        access.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new SuspendRequest(parsed.GetValue(agreement), parsed.GetValue(reason), parsed.GetValue(from), parsed.GetValue(until));
            return access.RunAsync(parsed, "v1/agreements/suspend", request, (administration, caller) => administration.SuspendAsync(caller, request), Print, judge: null, cancellationToken);
        });
        return command;
    }

    public static Command CreateLift()
    {
        var agreement = new Argument<string>("agreement") { Description = "Id of the agreement." };
        var reason = new Option<string>("--reason") { Description = "Why; it is archived.", Required = true };
        var access = new AgreementAccess();
        var command = new Command("lift", "Lift a stop that was ordered by 'agreement suspend'. The order is archived first.") { agreement, reason };
        access.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new SuspendRequest(parsed.GetValue(agreement), parsed.GetValue(reason));
            return access.RunAsync(parsed, "v1/agreements/lift", request, (administration, caller) => administration.LiftAsync(caller, request), Print, judge: null, cancellationToken);
        });
        return command;
    }

    private static void Print(JsonElement answer)
    {
        Output.Line($"{answer.GetProperty("agreement").GetString()}: {answer.GetProperty("state").GetString()}{(answer.TryGetProperty("from", out var from) ? $", stopped from {from.GetString()}" : "")}{(answer.TryGetProperty("until", out var until) ? $" until {until.GetString()}" : "")}");
        Output.Line(answer.TryGetProperty("record", out var record) ? $"record {record.GetString()}" : "the order could NOT be archived; the stop holds all the same");
    }
}

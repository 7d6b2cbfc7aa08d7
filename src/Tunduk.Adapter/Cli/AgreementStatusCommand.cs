using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Administration;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement status</c>.</summary>
internal static class AgreementStatusCommand
{
    public static Command Create()
    {
        var agreement = new Argument<string?>("agreement") { Description = "Id of an agreement. Default: all.", Arity = ArgumentArity.ZeroOrOne };
        var access = new AgreementAccess();
        var command = new Command("status", "Show how each agreement stands: version, validity, days until it ends, last use, removals, refusals, stops.") { agreement };
        access.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var request = new AgreementStatusRequest(parsed.GetValue(agreement));
            return access.RunAsync(parsed, "v1/agreements/status", request, (administration, caller) => administration.StatusAsync(caller, request), Print, judge: null, cancellationToken);
        });
        return command;
    }

    private static void Print(JsonElement answer)
    {
        Output.Line(answer.TryGetProperty("since", out var since) ? $"counted since {since.GetString()}" : "no adapter runs: nothing is counted");
        foreach (var row in answer.GetProperty("agreements").EnumerateArray())
        {
            Output.Line($"{Text(row, "agreement")} version {Text(row, "version")}  {Text(row, "state")}  {Text(row, "role")} with {Text(row, "counterparty")}  {Text(row, "file")}");
            Output.Line($"  valid {Text(row, "from")} until {Text(row, "until")} ({Text(row, "daysLeft")} days left)  last use {Text(row, "lastUse")}  {Text(row, "exchanges")} exchanges  vouched for by {Text(row, "provedBy")}");
            if (row.TryGetProperty("suspension", out var stop))
            {
                Output.Line($"  stopped from {Text(stop, "from")} until {Text(stop, "until")} by {Text(stop, "by")}: {Text(stop, "reason")}");
            }

            foreach (var (name, word) in new[] { ("removed", "removed"), ("refused", "refused"), ("shadow", "shadow") })
            {
                foreach (var count in row.GetProperty(name).EnumerateArray())
                {
                    Output.Line($"  {word,-8} {count.GetProperty("count").GetInt64(),8} × {Text(count, "service")} {Text(count, "name")}");
                }
            }

            foreach (var fault in row.GetProperty("faults").EnumerateArray())
            {
                Output.Line($"  {(fault.GetProperty("isWarning").GetBoolean() ? "warning" : "fault")} {Text(fault, "code")} line {Text(fault, "line")}: {Text(fault, "message")}. {Text(fault, "remedy")}");
            }
        }

        foreach (var alarm in answer.GetProperty("alarms").EnumerateArray())
        {
            Output.Line($"ALARM {alarm.GetString()}");
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : "-";
}

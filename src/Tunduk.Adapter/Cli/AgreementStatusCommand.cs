using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Administration;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement status</c>.</summary>
internal static class AgreementStatusCommand
{
    public static Command Create()
    {
        var agreement = new Argument<string?>("agreement") { Description = Phrases.Of("Cli.IdAgreementDefaultAll"), Arity = ArgumentArity.ZeroOrOne };
        var access = new AgreementAccess();
        var command = new Command("status", Phrases.Of("Cli.ShowHowEachAgreement")) { agreement };
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
        Output.Line(answer.TryGetProperty("since", out var since) ? Phrases.Of("Cli.CountedSince", since.GetString()) : Phrases.Of("Cli.NoAdapterRunsNothing"));
        foreach (var row in answer.GetProperty("agreements").EnumerateArray())
        {
            Output.Line(Phrases.Of("Cli.Version", Text(row, "agreement"), Text(row, "version"), Text(row, "state"), Text(row, "role"), Text(row, "counterparty"), Text(row, "file")));
            Output.Line(Phrases.Of("Cli.ValidUntilDaysLeft", Text(row, "from"), Text(row, "until"), Text(row, "daysLeft"), Text(row, "lastUse"), Text(row, "exchanges"), Text(row, "provedBy")));
            if (row.TryGetProperty("suspension", out var stop))
            {
                Output.Line(Phrases.Of("Cli.StoppedFromUntil", Text(stop, "from"), Text(stop, "until"), Text(stop, "by"), Text(stop, "reason")));
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
                Output.Line(Phrases.Of("Cli.Line", fault.GetProperty("isWarning").GetBoolean() ? "warning" : "fault", Text(fault, "code"), Text(fault, "line"), Text(fault, "message"), Text(fault, "remedy")));
            }
        }

        foreach (var alarm in answer.GetProperty("alarms").EnumerateArray())
        {
            Output.Line(Phrases.Of("Cli.Alarm", alarm.GetString()));
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : "-";
}

using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Administration;

namespace Tunduk.Adapter.Cli;

/// <summary><c>agreement suspend</c> and <c>agreement lift</c> (joining agreement clause 4, model SLA 7.4).</summary>
internal static class AgreementSuspendCommand
{
    public static Command Create()
    {
        var agreement = new Argument<string>("agreement") { Description = Phrases.Of("Cli.IdAgreement") };
        var reason = new Option<string>("--reason") { Description = Phrases.Of("Cli.WhyArchivedShownNobody"), Required = true };
        var from = TimeOption.Create("--from", Phrases.Of("Cli.WhenStopBeginsSuch"));
        var until = TimeOption.Create("--until", Phrases.Of("Cli.WhenEndsItselfDefault"));
        var access = new AgreementAccess();
        var command = new Command("suspend", Phrases.Of("Cli.StopExchangeUnderAgreement")) { agreement, reason, from, until };
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
        var agreement = new Argument<string>("agreement") { Description = Phrases.Of("Cli.IdAgreement") };
        var reason = new Option<string>("--reason") { Description = Phrases.Of("Cli.WhyArchived"), Required = true };
        var access = new AgreementAccess();
        var command = new Command("lift", Phrases.Of("Cli.LiftStopOrderedAgreement")) { agreement, reason };
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
        Output.Line($"{answer.GetProperty("agreement").GetString()}: {answer.GetProperty("state").GetString()}{(answer.TryGetProperty("from", out var from) ? Phrases.Of("Cli.StoppedFrom", from.GetString()) : "")}{(answer.TryGetProperty("until", out var until) ? Phrases.Of("Cli.Until", until.GetString()) : "")}");
        Output.Line(answer.TryGetProperty("record", out var record) ? Phrases.Of("Cli.Record", record.GetString()) : Phrases.Of("Cli.OrderCouldNotArchived"));
    }
}

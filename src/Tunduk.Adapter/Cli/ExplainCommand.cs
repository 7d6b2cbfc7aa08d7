using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Cli;

/// <summary><c>explain RECORD</c>: what happened, and what cures it.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var record = new Argument<string>("record") { Description = Phrases.Of("Cli.RecordIdXTunduk") };
        var read = new ReadOptions();
        var command = new Command("explain", Phrases.Of("Cli.ExplainRecordWords")) { record };
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access || read.Complete(parsed, new ArchiveAccess()) is not { } look)
            {
                return Output.WrongUse;
            }

            var id = parsed.GetValue(record)!;
            var (ok, answer) = await access.ReadAsync($"v1/archive/explain/{Uri.EscapeDataString(id)}", look, (desk, caller) => desk.Reader.ExplainAsync(caller, id, look), cancellationToken);
            return read.Print(parsed, ok, answer, look, id, PrintWords);
        });
        return command;
    }

    private static void PrintWords(JsonElement explanation)
    {
        var entry = explanation.GetProperty("entry");
        Output.Line($"{Text(explanation, "title")}.");
        Line("record", Text(entry, "record"));
        Line("what", Phrases.Of("Cli.ClaimedAdapterClock", Text(entry, "kind"), Text(entry, "role"), Text(entry, "time")));
        Line("who", Phrases.Of("Cli.With", Text(entry, "own"), Text(entry, "counterparty")));
        Line("service", Text(entry, "service"));
        Line("agreement", $"{Text(entry, "agreement")} {(entry.TryGetProperty("agreementVersion", out var version) ? Phrases.Of("Cli.VersionGiven", version) : "")}".Trim());
        Line("outcome", $"{Text(entry, "outcome")} {(entry.TryGetProperty("stage", out var stage) ? Phrases.Of("Cli.Stage", stage) : "")}".Trim());
        Line("signature", Text(entry, "signature"));
        Line("verified", Text(explanation, "verified"));
        foreach (var name in new[] { "rule", "path", "expected", "found", "remedy", "outcomeUnknown", "documentation", "traceId" })
        {
            Line(name, Text(explanation, name));
        }

        foreach (var detail in explanation.TryGetProperty("details", out var details) ? details.EnumerateArray().Select(detail => detail.GetString()!) : [])
        {
            Line("detail", detail);
        }

        Line("removed", string.Join(", ", explanation.GetProperty("removed").EnumerateArray().Select(path => path.GetString())));
        if (explanation.TryGetProperty("other", out var other))
        {
            Line(entry.TryGetProperty("request", out _) ? "request" : "end", $"{Text(other, "record")}: {Text(other, "kind")}, {Text(other, "outcome")}");
        }
    }

    private static string Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.ToString() : "";

    private static void Line(string name, string text)
    {
        if (text.Trim().Length > 0 && text.Trim() != "with")
        {
            Output.Line($"  {name,-10} {text}");
        }
    }
}

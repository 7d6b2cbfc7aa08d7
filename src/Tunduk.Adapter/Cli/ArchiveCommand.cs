using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Cli;

/// <summary><c>archive search</c> and <c>archive show</c>, and the other commands of the archive.</summary>
internal static class ArchiveCommand
{
    public static Command Create() => new("archive", Phrases.Of("Cli.FindShowTakeAlong"))
    {
        Search(), Show(), ArchiveExportCommand.Create(), ArchiveRetentionCommands.Hold(), ArchiveRetentionCommands.Erase(), ArchiveRetentionCommands.Purge(),
        ArchiveApproveCommand.Create(), ArchiveTrustCommand.Create(), ArchiveSucceedCommand.Create(), ArchiveSealCommand.Create(),
    };

    private static Command Search()
    {
        var limit = new Option<int?>("--limit") { Description = Phrases.Of("Cli.EntriesPage11000") };
        var after = new Option<string?>("--after") { Description = Phrases.Of("Cli.NextPageTokenPage") };
        var query = new SearchOptions();
        var read = new ReadOptions();
        var command = new Command("search", Phrases.Of("Cli.FindEntriesNewestFirst")) { limit, after };
        query.AddTo(command);
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access || query.Complete(parsed, new ArchiveSearchRequest()) is not { } searched || read.Complete(parsed, searched) is not { } completed)
            {
                return Output.WrongUse;
            }

            var request = completed with { Limit = parsed.GetValue(limit), After = parsed.GetValue(after) };
            var (ok, answer) = await access.ReadAsync("v1/archive/search", request, (desk, caller) => desk.Reader.SearchAsync(caller, request), cancellationToken);
            return read.Print(parsed, ok, answer, request, null, PrintPage);
        });
        return command;
    }

    private static Command Show()
    {
        var record = new Argument<string>("record") { Description = Phrases.Of("Cli.RecordId") };
        var read = new ReadOptions();
        var command = new Command("show", Phrases.Of("Cli.ShowRecordDeepGrant")) { record };
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access || read.Complete(parsed, new ArchiveAccess()) is not { } look)
            {
                return Output.WrongUse;
            }

            var id = parsed.GetValue(record)!;
            var (ok, answer) = await access.ReadAsync($"v1/archive/records/{Uri.EscapeDataString(id)}", look, (desk, caller) => desk.Reader.ShowAsync(caller, id, look), cancellationToken);
            return read.Print(parsed, ok, answer, look, id, static shown => Output.Json(shown));
        });
        return command;
    }

    private static void PrintPage(JsonElement page)
    {
        foreach (var entry in page.GetProperty("entries").EnumerateArray())
        {
            Output.Line($"{Text(entry, "time"),-33} {Text(entry, "record"),-39} {Text(entry, "kind"),-20} {Text(entry, "role"),-9} {Text(entry, "outcome"),-22} {Text(entry, "counterparty")} {Text(entry, "service")}");
        }

        Output.Line(page.TryGetProperty("next", out var next) ? Phrases.Of("Cli.NextPageAfter", next.GetString()) : Phrases.Of("Cli.EntriesNoMore", page.GetProperty("entries").GetArrayLength()));
    }

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.ToString() : "-";
}

using System.CommandLine;
using System.Text.Json;
using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Cli;

/// <summary><c>archive search</c> and <c>archive show</c>.</summary>
internal static class ArchiveCommand
{
    public static Command Create() => new("archive", "Find and show entries of the archive.") { Search(), Show(), ArchiveSucceedCommand.Create() };

    private static Command Search()
    {
        var person = new Option<string?>("--person") { Description = "A person as kind:value, for example pin:20101199000123. The value may also stand in a file: pin:@FILE." };
        var user = new Option<string?>("--user") { Description = "Who asked (userId)." };
        var basis = new Option<string?>("--basis") { Description = "On which basis (issue)." };
        var messageId = new Option<string?>("--message-id") { Description = "X-Road message id." };
        var counterparty = new Option<string?>("--counterparty") { Description = "Identifier of the other subsystem." };
        var own = new Option<string?>("--own") { Description = "Identifier of the own subsystem." };
        var service = new Option<string?>("--service") { Description = "Full identifier of the service." };
        var stage = new Option<string?>("--stage") { Description = "Stage that ended the exchange." };
        var outcome = new Option<string?>("--outcome") { Description = "Outcome code, ok for a success." };
        var agreement = new Option<string?>("--agreement") { Description = "Agreement." };
        var role = new Option<string?>("--role") { Description = "consumer or provider." };
        var from = new Option<DateTimeOffset?>("--from") { Description = "Entries from this time on." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "Entries before this time." };
        var limit = new Option<int?>("--limit") { Description = "Entries a page, 1 to 1000. Default 50." };
        var after = new Option<string?>("--after") { Description = "Next page: the token that the page before ended with." };
        var read = new ReadOptions();
        var command = new Command("search", "Find entries, newest first. Everything given must match.")
        {
            person, user, basis, messageId, counterparty, own, service, stage, outcome, agreement, role, from, until, limit, after,
        };
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!TryParsePerson(parsed.GetValue(person), out var searched))
            {
                return Output.Wrong("--person is kind:value with kind pin, tin, document or plate");
            }

            if (read.Open(parsed) is not { } access)
            {
                return Output.WrongUse;
            }

            var request = new ArchiveSearchRequest
            {
                Purpose = read.Purpose(parsed),
                Case = read.Case(parsed),
                Person = searched,
                UserId = parsed.GetValue(user),
                Basis = parsed.GetValue(basis),
                MessageId = parsed.GetValue(messageId),
                Counterparty = parsed.GetValue(counterparty),
                Own = parsed.GetValue(own),
                Service = parsed.GetValue(service),
                Stage = parsed.GetValue(stage),
                Outcome = parsed.GetValue(outcome),
                Agreement = parsed.GetValue(agreement),
                Role = parsed.GetValue(role),
                From = parsed.GetValue(from),
                Until = parsed.GetValue(until),
                Limit = parsed.GetValue(limit),
                After = parsed.GetValue(after),
            };
            var (ok, answer) = await access.ReadAsync("v1/archive/search", request, (reader, name) => reader.SearchAsync(name, request), cancellationToken);
            return Print(ok, answer, read.Json(parsed), PrintPage);
        });
        return command;
    }

    private static Command Show()
    {
        var record = new Argument<string>("record") { Description = "Record id." };
        var read = new ReadOptions();
        var command = new Command("show", "Show one record: its entry, and the names of what it holds.") { record };
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access)
            {
                return Output.WrongUse;
            }

            var id = parsed.GetValue(record)!;
            var look = new ArchiveAccess { Purpose = read.Purpose(parsed), Case = read.Case(parsed) };
            var (ok, answer) = await access.ReadAsync($"v1/archive/records/{Uri.EscapeDataString(id)}", look, (reader, name) => reader.ShowAsync(name, id, look), cancellationToken);
            return Print(ok, answer, read.Json(parsed), static shown => Output.Json(shown));
        });
        return command;
    }

    /// <summary>Prints an answer or a problem, and gives the exit code.</summary>
    internal static int Print(bool ok, JsonElement answer, bool json, Action<JsonElement> print)
    {
        if (json || !ok)
        {
            Output.Json(answer);
        }
        else
        {
            print(answer);
        }

        return ok ? Output.Ok : Output.NotOk;
    }

    private static void PrintPage(JsonElement page)
    {
        foreach (var entry in page.GetProperty("entries").EnumerateArray())
        {
            Output.Line($"{Text(entry, "time"),-33} {Text(entry, "record")}  {Text(entry, "kind"),-15} {Text(entry, "role"),-9} {Text(entry, "outcome"),-22} {Text(entry, "counterparty")} {Text(entry, "service")}");
        }

        Output.Line(page.TryGetProperty("next", out var next) ? $"next page: --after {next.GetString()}" : $"{page.GetProperty("entries").GetArrayLength()} entries, no more");
    }

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.ToString() : "-";

    private static bool TryParsePerson(string? text, out ArchivePerson? person)
    {
        person = null;
        if (text is null)
        {
            return true;
        }

        if (text.Split(':', 2) is not [var kind, { Length: > 0 } value])
        {
            return false;
        }

        // A file keeps the value out of the list of processes and of the shell's history.
        person = new ArchivePerson(kind, value[0] == '@' && File.Exists(value[1..]) ? File.ReadAllText(value[1..]).Trim() : value);
        return true;
    }
}

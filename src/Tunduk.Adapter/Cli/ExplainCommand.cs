using System.CommandLine;
using Tunduk.Adapter.Reading;

namespace Tunduk.Adapter.Cli;

/// <summary><c>explain RECORD</c>: what happened, and what cures it.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var record = new Argument<string>("record") { Description = "Record id, as in X-Tunduk-Record or a refusal." };
        var read = new ReadOptions();
        var command = new Command("explain", "Explain one record in words.") { record };
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access)
            {
                return Output.WrongUse;
            }

            var id = parsed.GetValue(record)!;
            var look = new ArchiveAccess { Purpose = read.Purpose(parsed), Case = read.Case(parsed) };
            var (ok, answer) = await access.ReadAsync($"v1/archive/explain/{Uri.EscapeDataString(id)}", look, (reader, name) => reader.ExplainAsync(name, id, look), cancellationToken);
            return ArchiveCommand.Print(ok, answer, read.Json(parsed), static shown => Output.Json(shown));
        });
        return command;
    }
}

using System.CommandLine;
using Tunduk.Adapter.Reading;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Adapter.Cli;

/// <summary><c>archive export</c>: a bundle to take along.</summary>
internal static class ArchiveExportCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "File of the bundle.", Required = true };
        var records = new Option<string[]>("--record") { Description = "These records instead of a search.", AllowMultipleArgumentsPerToken = true };
        var all = new Option<bool>("--all") { Description = "Every entry of the log: the bundle proves that there are no others." };
        var against = new Option<string[]>("--against") { Description = "Checkpoints or bundles you have from before: the bundle proves that its log continues them.", AllowMultipleArgumentsPerToken = true };
        var query = new SearchOptions();
        var read = new ReadOptions();
        var command = new Command("export", "Make an evidence bundle of records or of everything a search finds; tunduk-verify checks it anywhere.") { output, records, all, against };
        query.AddTo(command);
        read.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (read.Open(parsed) is not { } access || query.Complete(parsed, new ArchiveExportRequest()) is not { } searched || read.Complete(parsed, searched) is not { } completed)
            {
                return Output.WrongUse;
            }

            var sizes = new List<long>();
            foreach (var given in parsed.GetValue(against) ?? [])
            {
                if (Checkpoints(given) is not { Count: > 0 } found)
                {
                    return Output.Wrong($"--against: {given} holds no checkpoint");
                }

                sizes.AddRange(found);
            }

            var named = parsed.GetValue(records) ?? [];
            var request = completed with { Records = named.Length == 0 ? null : named, All = parsed.GetValue(all), Against = sizes.Count == 0 ? null : sizes };
            var file = Path.GetFullPath(parsed.GetValue(output)!);
            var (ok, answer) = await access.SaveAsync(
                "v1/archive/export",
                request,
                file,
                async (desk, caller, stream) =>
                {
                    if (!(await desk.Exporter.ExportAsync(caller, request, cancellationToken)).TryGet(out var bundle, out var error))
                    {
                        return error;
                    }

                    using (bundle)
                    {
                        await bundle.Content.CopyToAsync(stream, cancellationToken);
                        return null;
                    }
                },
                cancellationToken);
            if (!ok)
            {
                return read.Print(parsed, ok, answer, request, null, static problem => Output.Json(problem));
            }

            if (read.Json(parsed))
            {
                Output.Json(new { file, bytes = new FileInfo(file).Length });
            }
            else
            {
                Output.Line($"{file}: {new FileInfo(file).Length} bytes. Check it anywhere: tunduk-verify {Path.GetFileName(file)} --trust TRUSTFILE");
            }

            return Output.Ok;
        });
        return command;
    }

    private static List<long>? Checkpoints(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        using var stream = File.OpenRead(file);
        return GivenHistory.Read(stream, Path.GetFileName(file), out _, CancellationToken.None) is { } given ? [.. given.Notes.Select(note => note.Size).Distinct()] : null;
    }
}

using System.CommandLine;
using Tunduk.Adapter.Reading;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Adapter.Cli;

/// <summary><c>archive export</c>: a bundle to take along.</summary>
internal static class ArchiveExportCommand
{
    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = Phrases.Of("Cli.FileBundle"), Required = true };
        var records = new Option<string[]>("--record") { Description = Phrases.Of("Cli.TheseRecordsInsteadSearch"), AllowMultipleArgumentsPerToken = true };
        var all = new Option<bool>("--all") { Description = Phrases.Of("Cli.EveryEntryLogBundle") };
        var against = new Option<string[]>("--against") { Description = Phrases.Of("Cli.CheckpointsBundlesYouFrom"), AllowMultipleArgumentsPerToken = true };
        var query = new SearchOptions();
        var read = new ReadOptions();
        var command = new Command("export", Phrases.Of("Cli.MakeEvidenceBundleRecords")) { output, records, all, against };
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
                    return Output.Wrong(Phrases.Of("Cli.AgainstHoldsNoCheckpoint", given));
                }

                sizes.AddRange(found);
            }

            var named = parsed.GetValue(records) ?? [];
            var request = completed with { Records = named.Length == 0 ? null : named, All = parsed.GetValue(all), Against = sizes.Count == 0 ? null : sizes };
            var file = Path.GetFullPath(parsed.GetValue(output)!);
            if (Path.GetDirectoryName(file) is { } folder && !Directory.Exists(folder))
            {
                return Output.Wrong(Phrases.Of("Cli.OutNoFolder", folder)); // before the look, which is an entry and may use up an approval
            }

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
                Output.Line(Phrases.Of("Cli.BytesCheckAnywhereTunduk", file, new FileInfo(file).Length, Path.GetFileName(file)));
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

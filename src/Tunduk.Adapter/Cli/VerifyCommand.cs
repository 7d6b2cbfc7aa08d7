using System.CommandLine;
using Tunduk.Archive;

namespace Tunduk.Adapter.Cli;

/// <summary><c>verify</c>: recomputes whole archives.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("archive")
        {
            Description = Phrases.Of("Cli.AdapterJsonFolderSandbox"),
            DefaultValueFactory = _ => "adapter.json",
        };
        var copy = new Option<string?>("--copy") { Description = Phrases.Of("Cli.CheckCopyArchiveFolder") };
        var trust = new Option<string?>("--trust") { Description = Phrases.Of("Cli.BundlesTrustFileMust") };
        var against = new Option<string[]>("--against") { Description = Phrases.Of("Cli.FilesCheckpointsKeptElsewhere"), AllowMultipleArgumentsPerToken = true };
        var json = Commands.JsonOption();
        var command = new Command("verify", Phrases.Of("Cli.RecomputeLogCheckEvery")) { path, copy, trust, against, json };
        command.SetAction((parsed, cancellationToken) => BundleVerification.IsBundle(parsed.GetValue(path)!)
            ? Task.FromResult(BundleVerification.Run(parsed.GetValue(path)!, parsed.GetValue(trust), parsed.GetValue(against) ?? [], parsed.GetValue(json), cancellationToken))
            : RunAsync(parsed.GetValue(path)!, parsed.GetValue(copy), parsed.GetValue(against) ?? [], parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string path, string? copy, string[] against, bool json, CancellationToken cancellationToken)
    {
        var configurations = Find(path);
        if (configurations.Count == 0)
        {
            return Output.Wrong(Phrases.Of("Cli.NoAdapterJsonFolder", path));
        }

        if (copy is not null && configurations.Count > 1)
        {
            return Output.Wrong(Phrases.Of("Cli.CopyNeedsAdapterJson"));
        }

        if (Array.Find(against, static file => !File.Exists(file)) is { } missing)
        {
            return Output.Wrong(Phrases.Of("Cli.NoFile", missing));
        }

        var results = new List<ArchiveVerification>();
        foreach (var configuration in configurations)
        {
            results.Add(await ArchiveVerification.RunAsync(configuration, copy, against, Progress(json), failure => Unlisted(failure, json), cancellationToken));
        }

        if (json)
        {
            Output.Json(results.Select(result => new { result.Configuration, result.Ok, result.Fault, result.Report }));
        }
        else
        {
            results.ForEach(Print);
        }

        return results.TrueForAll(result => result.Ok) ? Output.Ok : Output.NotOk;
    }

    /// <summary>The configurations a path stands for.</summary>
    internal static IReadOnlyList<string> Find(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (File.Exists(Path.Combine(path, "adapter.json")))
        {
            return [Path.Combine(path, "adapter.json")];
        }

        return Directory.Exists(path)
            ? [.. Directory.GetDirectories(path).Select(folder => Path.Combine(folder, "adapter.json")).Where(File.Exists).Order(StringComparer.Ordinal)]
            : [];
    }

    private static Progress<(long Done, long Total)>? Progress(bool json) => json || Console.IsErrorRedirected
        ? null
        : new Progress<(long Done, long Total)>(state => Console.Error.Write(Phrases.Of("Cli.Entries", state.Done, state.Total)));

    // Beside the result where that is JSON.
    private static void Unlisted(VerifyFailure failure, bool json)
    {
        var line = Phrases.Of("Cli.Failed", ArchiveVerification.Line(failure));
        if (json)
        {
            Console.Error.WriteLine(line);
        }
        else
        {
            Output.Line(line);
        }
    }

    private static void Print(ArchiveVerification result)
    {
        Output.Line($"{result.Configuration}: {(result.Ok ? Phrases.Of("Cli.Verifies") : Phrases.Of("Cli.DoesNotVerify"))}");
        Output.Line($"  {result.Summary}");
        if (result.Report is { } report)
        {
            Output.Line(Phrases.Of("Cli.SealedPartsCompletePartly", report.SealedComplete, report.SealedPartial, report.SealedErased, report.Values, report.Parts));
            Output.Line(Phrases.Of("Cli.CheckpointSigner", report.SignerEstablished ? Phrases.Of("Cli.EstablishedConfiguredCertificate") : Phrases.Of("Cli.NotEstablished")));
            Output.Line($"  {report.RewriteStatement}");
            foreach (var notice in report.Notices.Where(notice => !report.RewriteStatement.Contains(notice, StringComparison.Ordinal)))
            {
                Output.Line($"  {notice}");
            }
        }

        foreach (var failure in result.Failures)
        {
            Output.Line(Phrases.Of("Cli.Failed", failure));
        }
    }
}

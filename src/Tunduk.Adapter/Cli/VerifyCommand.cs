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
            Description = "An adapter.json, a folder with one, the sandbox's data folder, or an evidence bundle.",
            DefaultValueFactory = _ => "adapter.json",
        };
        var copy = new Option<string?>("--copy") { Description = "Check this copy of the archive's folder instead of the configured one." };
        var trust = new Option<string?>("--trust") { Description = "Bundles: the trust file, which must not come from where the bundle comes from." };
        var against = new Option<string[]>("--against") { Description = "Files with checkpoints kept elsewhere (an anchor's, a counterparty's; for bundles also bundles from before), whose history must be the same.", AllowMultipleArgumentsPerToken = true };
        var json = Commands.JsonOption();
        var command = new Command("verify", "Recompute the log, check every checkpoint, commitment and message signature; or check an evidence bundle, as tunduk-verify does.") { path, copy, trust, against, json };
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
            return Output.Wrong($"there is no adapter.json at {path} or one folder below");
        }

        if (copy is not null && configurations.Count > 1)
        {
            return Output.Wrong("--copy needs the adapter.json the copy belongs to");
        }

        if (Array.Find(against, static file => !File.Exists(file)) is { } missing)
        {
            return Output.Wrong($"there is no file {missing}");
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
        : new Progress<(long Done, long Total)>(state => Console.Error.Write($"\r{state.Done} of {state.Total} entries "));

    // Beside the result where that is JSON.
    private static void Unlisted(VerifyFailure failure, bool json)
    {
        var line = $"  FAILED {ArchiveVerification.Line(failure)}";
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
        Output.Line($"{result.Configuration}: {(result.Ok ? "verifies" : "DOES NOT VERIFY")}");
        Output.Line($"  {result.Summary}");
        if (result.Report is { } report)
        {
            Output.Line($"  {report.SealedComplete} sealed parts complete, {report.SealedPartial} partly erased, {report.SealedErased} erased; {report.Values} values, {report.Parts} payload parts");
            Output.Line($"  checkpoint signer {(report.SignerEstablished ? "established by the configured certificate" : "NOT established")}");
            Output.Line($"  {report.RewriteStatement}");
            foreach (var notice in report.Notices.Where(notice => !report.RewriteStatement.Contains(notice, StringComparison.Ordinal)))
            {
                Output.Line($"  {notice}");
            }
        }

        foreach (var failure in result.Failures)
        {
            Output.Line($"  FAILED {failure}");
        }
    }
}

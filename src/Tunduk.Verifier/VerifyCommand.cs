using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tunduk.Evidence.Bundles;

namespace Tunduk.Verifier;

/// <summary><c>tunduk-verify BUNDLE|ARCHIVE --trust FILE</c>: offline, without the adapter and without any of its keys.</summary>
internal static class VerifyCommand
{
    private const int Ok = 0;
    private const int NotOk = 1;
    private const int WrongUse = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static RootCommand Create()
    {
        var path = new Argument<string>("path") { Description = Phrases.Of("Verifier.EvidenceBundleCopyArchive") };
        var trust = new Option<string?>("--trust") { Description = Phrases.Of("Verifier.TrustFileWhomYou") };
        var against = new Option<string[]>("--against") { Description = Phrases.Of("Verifier.CheckpointsBundlesYouFrom"), AllowMultipleArgumentsPerToken = true };
        var json = new Option<bool>("--json") { Description = Phrases.Of("Verifier.PrintResultJson") };
        var command = new RootCommand(Phrases.Of("Verifier.ChecksEvidenceBundleCopy")) { path, trust, against, json };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed.GetValue(path)!, parsed.GetValue(trust), parsed.GetValue(against) ?? [], parsed.GetValue(json), Console.Out, Console.Error, cancellationToken)));
        return command;
    }

    internal static int Run(string path, string? trustFile, IReadOnlyList<string> against, bool json, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        BundleTrust? trust = null;
        if (trustFile is not null)
        {
            if (!File.Exists(trustFile))
            {
                errors.WriteLine(Phrases.Of("Verifier.TrustNoFile", trustFile));
                return WrongUse;
            }

            trust = BundleTrust.Read(File.ReadAllBytes(trustFile), out var faults);
            if (trust is null)
            {
                errors.WriteLine(Phrases.Of("Verifier.Trust", string.Join("; ", faults)));
                return WrongUse;
            }
        }

        var given = new List<GivenHistory>();
        foreach (var file in against)
        {
            if (Given(file, out var fault, cancellationToken) is not { } history)
            {
                errors.WriteLine(Phrases.Of("Verifier.Against", file, fault));
                return WrongUse;
            }

            given.Add(history);
        }

        var database = Directory.Exists(path) ? Path.Combine(path, ArchiveCopy.FileName) : path;
        if (!File.Exists(database))
        {
            errors.WriteLine(Phrases.Of("Verifier.NoBundleNoArchive", path));
            return WrongUse;
        }

        var options = new BundleCheckOptions { Now = TimeProvider.System.GetUtcNow(), Trust = trust, Against = [.. given.SelectMany(history => history.Notes)], Seen = [.. given.SelectMany(history => history.Seen)] };
        BundleReport report;
        if (ArchiveCopy.IsOne(database))
        {
            report = ArchiveCopy.Verify(database, options, cancellationToken);
        }
        else
        {
            using var stream = File.OpenRead(database);
            report = BundleVerifier.Verify(stream, options, cancellationToken);
        }

        Print(report, json, output);
        return report.Ok ? Ok : NotOk;
    }

    private static GivenHistory? Given(string file, out string? fault, CancellationToken cancellationToken)
    {
        fault = Phrases.Of("Verifier.NoSuchFile");
        if (!File.Exists(file))
        {
            return null;
        }

        using var stream = File.OpenRead(file);
        var history = GivenHistory.Read(stream, Path.GetFileName(file), out fault, cancellationToken);
        fault = history is { Malformed: > 0 } ? Phrases.Of("Verifier.CheckpointDoesNotParse") : fault;
        return fault is null ? history : null;
    }

    private static void Print(BundleReport report, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(report, Json));
            return;
        }

        output.Write(report.ToText());
    }
}

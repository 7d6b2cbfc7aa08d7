using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;

namespace Tunduk.Adapter.Cli;

/// <summary>Verifies one adapter's archive without the adapter.</summary>
internal sealed record ArchiveVerification(string Configuration, VerifyReport? Report, string? Fault)
{
    public bool Ok => Report?.Ok ?? false;

    /// <summary>One line: what was checked, or why it could not be.</summary>
    public string Summary => Report is not { } report
        ? Fault ?? Phrases.Of("Cli.NothingChecked")
        : Phrases.Of("Cli.EntriesCheckpointsMessageSignatures", report.Entries, report.Checkpoints, report.SignaturesVerified + report.SignaturesFailed, report.SignaturesVerified, report.SignaturesAttested, report.SignaturesAbsent, report.SignaturesFailed, report.FailureCount);

    public IReadOnlyList<string> Failures => Report is null
        ? Fault is null ? [] : [Fault]
        : [.. Report.Failures.OrderBy(failure => failure.Record is null).Select(Line)];

    /// <summary>One failure in a line.</summary>
    public static string Line(VerifyFailure failure) => $"{failure.Record?.ToString() ?? "log"}: {failure.Code}: {failure.Detail}";

    /// <summary>The same, where a thousand named failures are enough.</summary>
    public static Task<ArchiveVerification> RunAsync(string configurationFile, string? archiveFolder, IReadOnlyList<string> against, IProgress<(long Done, long Total)>? progress, CancellationToken cancellationToken) =>
        RunAsync(configurationFile, archiveFolder, against, progress, unlisted: null, cancellationToken);

    /// <summary>Recomputes everything.</summary>
    /// <param name="configurationFile">The adapter's <c>adapter.json</c>.</param>
    /// <param name="archiveFolder">A copy to check instead of the configured folder.</param>
    /// <param name="against">Files of checkpoints from elsewhere.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="unlisted">Told of failures beyond a thousand.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<ArchiveVerification> RunAsync(
        string configurationFile, string? archiveFolder, IReadOnlyList<string> against, IProgress<(long Done, long Total)>? progress, Action<VerifyFailure>? unlisted, CancellationToken cancellationToken)
    {
        var faults = AdapterConfiguration.Load(configurationFile, out var configuration);
        if (configuration is null)
        {
            return new ArchiveVerification(configurationFile, null, string.Join("; ", faults));
        }

        var trusted = TrustedKeys.Of(configuration);

        // An anchor that cannot be read makes its stamps unchecked, and the report counts those; the start of the adapter names the file.
        var stamps = TimestampService.TrustOf(configuration.Options.Trust, configuration.Resolve, []);
        var (report, fault) = await ArchiveSetup.VerifyAsync(
            configuration,
            archiveFolder,
            new VerifyOptions { TrustedKeys = trusted.CheckpointKeys, TimestampTrust = stamps, Messages = new ArchivedMessageVerifier(), Progress = progress, AgainstFiles = against, Unlisted = unlisted },
            cancellationToken);
        return new ArchiveVerification(configurationFile, report, fault is null ? null : $"{fault.Name}: {fault.Text}");
    }
}

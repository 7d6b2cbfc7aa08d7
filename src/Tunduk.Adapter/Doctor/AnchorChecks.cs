using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Hosting;
using Tunduk.Archive;

namespace Tunduk.Adapter.Doctor;

/// <summary>The anchors of the log: whether there are any, whether they lie elsewhere, and whether they answer. Sends no checkpoint.</summary>
internal static class AnchorChecks
{
    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(AdapterConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        var options = configuration.Options;
        var findings = new List<DoctorFinding>();
        var faults = new List<SettingFault>();
        var anchors = AnchorSettings.Read(configuration, faults);
        findings.AddRange(faults.Select(DoctorFinding.Of));
        if (options.Archive.AnchorFile is { } file)
        {
            findings.Add(File(file, configuration));
        }

        foreach (var anchor in anchors)
        {
            findings.Add(await AnchorProbe.TryReachAsync(anchor, clock, cancellationToken) is { } fault
                ? DoctorFinding.Broken(Phrases.Of("Doctor.Anchor", anchor), fault, Phrases.Of("Doctor.CheckAddressCertificatesWay"))
                : DoctorFinding.Ok(Phrases.Of("Doctor.Anchor", anchor), anchor.Address.Scheme == "https" ? Phrases.Of("Doctor.Answers") : Phrases.Of("Doctor.CanSentSyslogGives")));
        }

        if (options.Archive.AnchorFile is null && options.Archive.Anchors.Count == 0 && options.Trust.Timestamps.Authorities.Count == 0)
        {
            findings.Add(DoctorFinding.Warning("anchors", Phrases.Of("Doctor.NoneRewriteWholeArchive"), Phrases.Of("Doctor.SetArchiveAnchorFileAnother")));
        }

        return findings;
    }

    private static DoctorFinding File(string file, AdapterConfiguration configuration)
    {
        var path = configuration.Resolve(file);
        var folder = configuration.Options.Archive.Folder.Length > 0 ? configuration.Resolve(configuration.Options.Archive.Folder) : null;
        return folder is not null && Directory.Exists(folder) && Directory.Exists(Path.GetDirectoryName(path)) && FileChecks.Volume(folder) == FileChecks.Volume(Path.GetDirectoryName(path)!)
            ? DoctorFinding.Warning(Phrases.Of("Doctor.AnchorFile"), Phrases.Of("Doctor.LiesArchiveVolume"), Phrases.Of("Doctor.PutAnotherWhoRewrites"))
            : DoctorFinding.Ok(Phrases.Of("Doctor.AnchorFile"), Phrases.Of("Doctor.TakesEveryCheckpoint", file));
    }
}

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
                ? DoctorFinding.Broken($"anchor {anchor}", fault, "Check address, certificates and the way there; checkpoints wait and are sent when it answers")
                : DoctorFinding.Ok($"anchor {anchor}", anchor.Address.Scheme == "https" ? "it answers" : "it can be sent to; syslog gives no receipt"));
        }

        if (options.Archive.AnchorFile is null && options.Archive.Anchors.Count == 0 && options.Trust.Timestamps.Authorities.Count == 0)
        {
            findings.Add(DoctorFinding.Warning("anchors", "there is none: a rewrite of the whole archive by its owner is not excluded for any entry", "Set Archive:AnchorFile on another volume, Archive:Anchors, or Trust:Timestamps"));
        }

        return findings;
    }

    private static DoctorFinding File(string file, AdapterConfiguration configuration)
    {
        var path = configuration.Resolve(file);
        var folder = configuration.Options.Archive.Folder.Length > 0 ? configuration.Resolve(configuration.Options.Archive.Folder) : null;
        return folder is not null && Directory.Exists(folder) && Directory.Exists(Path.GetDirectoryName(path)) && FileChecks.Volume(folder) == FileChecks.Volume(Path.GetDirectoryName(path)!)
            ? DoctorFinding.Warning("anchor file", "it lies on the archive's volume", "Put it on another: who rewrites one then does not rewrite both")
            : DoctorFinding.Ok("anchor file", $"{file} takes every checkpoint");
    }
}

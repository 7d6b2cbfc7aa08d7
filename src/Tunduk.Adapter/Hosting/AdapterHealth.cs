using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Trust;
using Tunduk.Archive;

namespace Tunduk.Adapter.Hosting;

/// <summary>What <c>/health/ready</c> says.</summary>
internal sealed class AdapterHealth(Func<AdapterOptions> options, IArchive archive, Func<IEnumerable<string>> agreementAlarms, Func<IEnumerable<string>> doctorAlarms, Func<IEnumerable<string>> troubles, Func<IReadOnlyList<CertificateRow>> certificates)
{
    private volatile bool draining;

    /// <summary>From now on the adapter takes nothing new.</summary>
    public void Drain() => draining = true;

    public HealthReport Report()
    {
        var status = archive.Status;
        var problems = new List<string>();
        if (draining)
        {
            problems.Add("the adapter is stopping");
        }

        if (status.Refusing is { } fault)
        {
            problems.Add($"the archive refuses appends: {fault.Name}. {fault.Remedy}");
        }

        problems.AddRange(troubles());

        var warnings = new List<string>(Permissive(options()));
        warnings.AddRange(status.Warnings.Select(warning => $"{warning.Name}: {warning.Detail}. {warning.Remedy}"));
        warnings.AddRange(agreementAlarms());
        warnings.AddRange(doctorAlarms().Where(alarm => !warnings.Contains(alarm, StringComparer.Ordinal)));
        return new HealthReport(problems.Count == 0, problems, warnings)
        {
            Entries = status.Size,
            HeadLag = status.Size - status.HeadSize,
            CheckpointSize = status.CheckpointSize,
            AnchorLag = status.AnchorLag,
            RewriteStatement = status.RewriteStatement,
            OpenRequests = status.OpenRequests,
            Certificates = certificates(),
        };
    }

    /// <summary>The named settings that let somebody in unknown; shown wherever an operator looks.</summary>
    public static IEnumerable<string> Permissive(AdapterOptions options)
    {
        if (options.Listen.AllowIsUnauthenticated)
        {
            yield return "Listen:AllowIsUnauthenticated is on: whoever reaches Listen:Is is taken for the information system";
        }

        if (options.Listen.AllowSecurityServerUnauthenticated)
        {
            yield return "Listen:AllowSecurityServerUnauthenticated is on: whoever reaches Listen:SecurityServer is taken for the security server";
        }

        foreach (var network in options.Listen.Is.TrustedPlainHttp)
        {
            yield return $"Listen:Is:TrustedPlainHttp: whoever sends from {network.Cidr} is taken for {network.Caller}{(network.AllFaces ? ", on every face" : ", on the drop-in face")}";
        }

        if (options.Documents.AllowUnsignedAgreements)
        {
            yield return "Documents:AllowUnsignedAgreements is on: whoever can write the agreements folder decides what may be handed over";
        }

        if (options.Archive.AnchorFile is null)
        {
            yield return "Archive:AnchorFile is not set: a rewrite of the whole log by its owner is not excluded";
        }
    }
}

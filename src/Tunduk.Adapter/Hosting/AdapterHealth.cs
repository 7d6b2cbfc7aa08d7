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
            problems.Add(Phrases.Of("Hosting.AdapterStopping"));
        }

        if (status.Refusing is { } fault)
        {
            problems.Add(Phrases.Of("Hosting.ArchiveRefusesAppends", fault.Name, fault.Text));
        }

        problems.AddRange(troubles());

        var warnings = new List<string>(Permissive(options()));
        warnings.AddRange(status.Warnings.Select(warning => $"{warning.Name}: {warning.Text}"));
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
            yield return Phrases.Of("Hosting.ListenAllowIsUnauthenticatedWhoeverReaches");
        }

        if (options.Listen.AllowSecurityServerUnauthenticated)
        {
            yield return Phrases.Of("Hosting.ListenAllowSecurityServerUnauthenticatedWhoeverReaches");
        }

        foreach (var network in options.Listen.Is.TrustedPlainHttp)
        {
            yield return Phrases.Of("Hosting.ListenTrustedPlainHttpWhoeverSends", network.Cidr, network.Caller, network.AllFaces ? Phrases.Of("Hosting.EveryFace") : Phrases.Of("Hosting.DropFace"));
        }

        if (options.Documents.AllowUnsignedAgreements)
        {
            yield return Phrases.Of("Hosting.DocumentsAllowUnsignedAgreementsWhoeverCan");
        }

        if (options.Archive.AnchorFile is null)
        {
            yield return Phrases.Of("Hosting.ArchiveAnchorFileNotSet");
        }
    }
}

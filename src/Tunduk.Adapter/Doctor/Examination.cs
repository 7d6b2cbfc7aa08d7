using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.Adapter.Hosting;

namespace Tunduk.Adapter.Doctor;

/// <summary>
/// Looks at everything an adapter needs, changes nothing, and says what to do: the same by <c>doctor</c> and, while the
/// adapter runs, on a schedule.
/// </summary>
internal static class Examination
{
    /// <summary>Examines; faults of the configuration itself are reported before.</summary>
    public static async Task<IReadOnlyList<DoctorFinding>> RunAsync(AdapterConfiguration configuration, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var faults = new List<SettingFault>();
        var findings = AdapterHealth.Permissive(configuration.Options).Select(setting => new DoctorFinding(DoctorSeverity.Warning, "setting", setting, null)).ToList();
        findings.AddRange(CertificateChecks.Run(configuration, now, faults));
        var contracts = ContractStore.Load(configuration.Options, configuration.Resolve(configuration.Options.Documents.Contracts), faults);
        findings.AddRange(AgreementChecks.Run(configuration, contracts, now));
        findings.AddRange(OwnerDocumentChecks.Run(configuration, faults));
        findings.AddRange(FileChecks.Run(configuration));
        findings.AddRange(PlaceChecks.Run(configuration));
        findings.AddRange(await AuthorityChecks.RunAsync(configuration, clock, cancellationToken));
        findings.AddRange(await AnchorChecks.RunAsync(configuration, clock, cancellationToken));
        findings.AddRange(await new NeighbourChecks(configuration, clock).RunAsync(cancellationToken));
        findings.AddRange(faults.Select(DoctorFinding.Of));
        return findings;
    }
}

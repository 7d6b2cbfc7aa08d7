using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Contracts;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Doctor;

/// <summary>Agreements against contracts and configuration: faults, proof, expiry, and configured services without one.</summary>
internal static class AgreementChecks
{
    public static IEnumerable<DoctorFinding> Run(AdapterConfiguration configuration, ContractStore contracts, DateTimeOffset now)
    {
        var documents = configuration.Options.Documents;
        var folder = configuration.Resolve(documents.Agreements);
        if (!Directory.Exists(folder))
        {
            return [DoctorFinding.Broken("agreements", Phrases.Of("Doctor.NoFolder", documents.Agreements), Phrases.Of("Doctor.MakeWithoutAgreementsNothing"))];
        }

        var findings = new List<DoctorFinding>();
        var reader = new AgreementReader(contracts.FieldsOf);
        var pins = documents.PinnedAgreements.Select(pin => pin.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        var read = new List<Agreement>();
        foreach (var file in Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal))
        {
            var document = File.ReadAllBytes(file);
            var name = Phrases.Of("Doctor.Agreement", Path.GetFileName(file));
            var reading = reader.Read(Path.GetFileName(file), document);
            findings.AddRange(reading.Faults.Select(fault => new DoctorFinding(fault.IsWarning ? DoctorSeverity.Warning : DoctorSeverity.Fault, name, fault.ToString(), null)));
            var digest = AgreementDigest.Of(document).ToString();
            if (!pins.Contains(digest) && !File.Exists(file + ".sig") && !documents.AllowUnsignedAgreements)
            {
                findings.Add(DoctorFinding.Warning(name, Phrases.Of("Doctor.NeitherPinnedNorSigned"), Phrases.Of("Doctor.PinSha256DocumentsPinnedAgreements", digest)));
            }
            else if (reading.Agreement is { } proved)
            {
                read.Add(proved);
            }

            if (reading.Agreement is { } agreement)
            {
                findings.Add(Expiry.Judge(name, Midnight(agreement.Valid.From), agreement.Valid.Until is { } until ? Midnight(until) : DateTime.MaxValue, now));
                findings.AddRange(agreement.Certificates.Where(pin => pin.Period.Until is not null).Select(pin => Expiry.Judge(Phrases.Of("Doctor.CertificateCounterparty", name), Midnight(pin.Period.From), Midnight(pin.Period.Until!.Value), now)));
            }
        }

        findings.AddRange(Uncovered(configuration.Options, read, now));
        return findings;
    }

    /// <summary>Configured services for which no agreement is in force: each of their exchanges is refused.</summary>
    public static IEnumerable<DoctorFinding> Uncovered(AdapterOptions options, IReadOnlyCollection<Agreement> agreements, DateTimeOffset now)
    {
        foreach (var (alias, service) in options.Services)
        {
            var id = ServiceId.Parse(service.Service);
            var own = ClientId.Parse(service.Client ?? options.Own[0].Subsystem);
            if (!agreements.Any(agreement => agreement.Role == AgreementRole.Consumer && agreement.Own == own && agreement.Counterparty == id.Provider && Lists(agreement, id, now)))
            {
                yield return DoctorFinding.Warning(Phrases.Of("Doctor.Service", alias), Phrases.Of("Doctor.NoAgreementForceCovers"), Phrases.Of("Doctor.ConcludeAgreementListsTake", own, id.Provider, id.Name));
            }
        }

        foreach (var (name, service) in options.Provides)
        {
            var id = ServiceId.Parse(service.Service);
            if (!agreements.Any(agreement => agreement.Role == AgreementRole.Provider && agreement.Own == id.Provider && Lists(agreement, id, now)))
            {
                yield return DoctorFinding.Warning(Phrases.Of("Doctor.ProvidedService", name), Phrases.Of("Doctor.NoAgreementForceCoversNobody"), Phrases.Of("Doctor.ConcludeAgreementListsTakeService", id.Provider, id.Name));
            }
        }
    }

    private static bool Lists(Agreement agreement, ServiceId service, DateTimeOffset now) =>
        now.UtcDateTime >= Midnight(agreement.Valid.From)
        && (agreement.Valid.Until is not { } until || now.UtcDateTime < Midnight(until))
        && agreement.Services.Any(entry => entry.Service == service);

    // Days begin at midnight in Bishkek (AgreementPeriod).
    private static DateTime Midnight(DateOnly day) => day == DateOnly.MinValue ? DateTime.MinValue : new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.FromHours(6)).UtcDateTime;
}

using Tunduk.Adapter.Configuration;
using Tunduk.Adapter.Grants;

namespace Tunduk.Adapter.Doctor;

/// <summary>The owner's documents: which grants count, and which grant or archiving list does not and why.</summary>
internal static class OwnerDocumentChecks
{
    /// <summary>Reads the documents as the gate does; what is wrong with the signers goes to <paramref name="faults"/>.</summary>
    public static IEnumerable<DoctorFinding> Run(AdapterConfiguration configuration, List<SettingFault> faults)
    {
        var documents = OwnerDocuments.Open(configuration, faults);
        var (grants, wrong) = documents.ReadGrants();
        documents.ReadArchivingList(out var wrongList);
        return grants.Select(grant => DoctorFinding.Ok(Phrases.Of("Doctor.Grant", grant.Id), Phrases.Of("Doctor.GrantFor", grant.Reader, grant.From, grant.Until)))
            .Concat(wrong.Concat(wrongList).Select(fault => DoctorFinding.Warning(Phrases.Of("Doctor.OwnerDocuments"), Phrases.Of("Doctor.OwnerDocumentDoesNot", fault), Phrases.Of("Doctor.HaveOwnerSign"))));
    }
}

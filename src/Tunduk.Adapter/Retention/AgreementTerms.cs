using Tunduk.Adapter.Agreements;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Retention;

/// <summary>The terms that the agreements in the folder name (<c>archive.retain</c>), whatever days they are in force: entries outlive agreements.</summary>
internal sealed class AgreementTerms
{
    private readonly ILookup<string, Agreement> agreements;

    private AgreementTerms(IEnumerable<Agreement> agreements) => this.agreements = agreements.Where(static a => a.Archive.Retain is not null).ToLookup(static a => a.Id, StringComparer.Ordinal);

    /// <summary>Every term, to see how far back anything can be due.</summary>
    public IEnumerable<RetentionTerm> All => agreements.SelectMany(static same => same).Select(static agreement => agreement.Archive.Retain!.Value);

    /// <summary>Reads the folder. A document that does not count hides its term: then there are none, with the reason.</summary>
    public static AgreementTerms? Read(AgreementStoreOptions options, out string? fault)
    {
        AgreementFolder folder = new(options, new AgreementReader(contracts: null, options.Offset));
        HashSet<string> listed = folder.List();
        List<Agreement> read = [];
        foreach (string file in AgreementFolder.Documents(listed))
        {
            List<AgreementFault> faults = [];
            AgreementDocument? document = folder.Current(file, listed, lastGood: null, faults);
            if (document?.Reading.Agreement is not { } agreement || document.ProvedBy is null)
            {
                fault = faults.Count == 0 ? file : faults[0].ToString();
                return null;
            }

            read.Add(agreement);
        }

        fault = null;
        return new AgreementTerms(read);
    }

    /// <summary>What the agreement of an entry says: its own version where that is still there, else every version of it.</summary>
    public IReadOnlyList<AgreementArchive> For(LogEntry entry)
    {
        if (entry.Agreement is not { } id)
        {
            return [];
        }

        List<Agreement> same = [.. agreements[id]];
        List<Agreement> version = same.FindAll(agreement => agreement.Version == entry.AgreementVersion);
        return [.. (version.Count > 0 ? version : same).Select(static agreement => agreement.Archive)];
    }
}

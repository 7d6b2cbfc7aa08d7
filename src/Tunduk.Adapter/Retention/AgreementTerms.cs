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

    /// <summary>
    /// Reads the folder as it counts now: of a document that was changed and does not count, the last text that did. Whether its names stand in
    /// a contract is of no interest here.
    /// </summary>
    public static AgreementTerms Read(AgreementStoreOptions options)
    {
        LastGoodTexts lastGood = new(options.StateFolder);
        lastGood.Load();
        AgreementJudgement judgement = AgreementJudgement.Of(options, new AgreementFolder(options, new AgreementReader(contracts: null, options.Offset)), lastGood);
        return new AgreementTerms(judgement.Documents.Select(static document => document.Agreement).OfType<Agreement>());
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

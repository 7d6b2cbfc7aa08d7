using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Contracts;

/// <summary>A difference between the contract in use and the one served now, with what it does to the exchanges of an alias.</summary>
/// <param name="Alias">The alias.</param>
/// <param name="Change">The difference.</param>
/// <param name="Consequence">What follows under the agreement, in words.</param>
internal sealed record ContractDriftEntry(string Alias, ContractChange Change, string Consequence)
{
    /// <summary>The differences that concern an alias, held against its agreement.</summary>
    /// <param name="alias">The alias.</param>
    /// <param name="inUse">Its operation in the contract in use.</param>
    /// <param name="served">The contract the provider serves now.</param>
    /// <param name="terms">Its agreement's lists; null where none is known.</param>
    public static IReadOnlyList<ContractDriftEntry> Compare(string alias, Operation inUse, Contract served, AgreementService? terms) =>
        [.. ContractDrift.Compare(inUse, served).Select(change => new ContractDriftEntry(alias, change, Follows(change, inUse, served, terms)))];

    public override string ToString() => $"{Alias}: {Change}; {Consequence}";

    private static string Follows(ContractChange change, Operation inUse, Contract served, AgreementService? terms)
    {
        if (change.Side is not { } side || change.Path.Length == 0)
        {
            return change.Effect == ContractEffect.None ? "nothing changes for this alias" : "exchanges will fail until the contract in use is replaced";
        }

        var replace = change.Effect switch
        {
            ContractEffect.Breaking when side == MessageSide.Request => "the provider may refuse what is sent by the contract in use",
            ContractEffect.Breaking => "an answer may break the contract in use and be refused",
            ContractEffect.Unlisted => "what the contract in use does not know is refused in an answer and cannot be asked",
            _ => "messages by the contract in use stay valid",
        };
        if (terms is null)
        {
            return replace + "; no agreement in force says whether the field may pass";
        }

        var list = side == MessageSide.Request ? terms.RequestFields : terms.ResponseFields;
        var tree = (served.Find(inUse.ServiceCode, inUse.Version) ?? inUse).Fields(side);
        var action = list.ActionOf(change.Path, tree.TryResolve(list.Wrapper, out _), out _);
        var agreed = action switch
        {
            FieldAction.Allow => "the agreement lists the field",
            FieldAction.Blank => "the agreement blanks the field",
            FieldAction.Refuse => "the agreement refuses messages with the field",
            _ when change.Effect == ContractEffect.Unlisted => "the agreement does not list the field: it is removed until Annex 1 and the agreement name it",
            _ => "the agreement does not list the field: no data is lost",
        };
        return $"{replace}; {agreed}";
    }
}

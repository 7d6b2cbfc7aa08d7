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
            return change.Effect == ContractEffect.None ? Phrases.Of("Contracts.NothingChangesAlias") : Phrases.Of("Contracts.ExchangesWillFailUntil");
        }

        var replace = change.Effect switch
        {
            ContractEffect.Breaking when side == MessageSide.Request => Phrases.Of("Contracts.ProviderMayRefuseWhat"),
            ContractEffect.Breaking => Phrases.Of("Contracts.AnswerMayBreakContract"),
            ContractEffect.Unlisted => Phrases.Of("Contracts.WhatContractUseDoes"),
            _ => Phrases.Of("Contracts.MessagesContractUseStay"),
        };
        if (terms is null)
        {
            return Phrases.Of("Contracts.NoAgreementForceSays", replace);
        }

        var list = side == MessageSide.Request ? terms.RequestFields : terms.ResponseFields;
        var tree = (served.Find(inUse.ServiceCode, inUse.Version) ?? inUse).Fields(side);
        var action = list.ActionOf(change.Path, tree.TryResolve(list.Wrapper, out _), out _);
        var agreed = action switch
        {
            FieldAction.Allow => Phrases.Of("Contracts.AgreementListsField"),
            FieldAction.Blank => Phrases.Of("Contracts.AgreementBlanksField"),
            FieldAction.Refuse => Phrases.Of("Contracts.AgreementRefusesMessagesField"),
            _ when change.Effect == ContractEffect.Unlisted => Phrases.Of("Contracts.AgreementDoesNotList"),
            _ => Phrases.Of("Contracts.AgreementDoesNotListField"),
        };
        return $"{replace}; {agreed}";
    }
}

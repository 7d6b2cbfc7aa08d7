namespace Tunduk.XRoad.Contracts;

/// <summary>Result of an import: the contract (null when nothing in the file can be used) and all that was found.</summary>
public sealed record ContractImport(Contract? Contract, IReadOnlyList<ContractFinding> Findings)
{
    /// <summary>The contract is there and no operation had to be left out.</summary>
    public bool IsWhole => Contract is not null && Findings.All(f => f.Severity != FindingSeverity.Error);
}

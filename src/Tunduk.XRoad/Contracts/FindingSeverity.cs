namespace Tunduk.XRoad.Contracts;

/// <summary>What a finding of an import means for its operation.</summary>
public enum FindingSeverity
{
    /// <summary>Worth knowing; the mapping is exact.</summary>
    Note,

    /// <summary>The mapping works, but something in the contract is not enforced or is ambiguous.</summary>
    Warning,

    /// <summary>What stands there cannot be mapped; operations that need it are left out.</summary>
    Error,
}

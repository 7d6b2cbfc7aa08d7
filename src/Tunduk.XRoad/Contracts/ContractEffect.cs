namespace Tunduk.XRoad.Contracts;

/// <summary>What a change of a contract means for who uses the old one.</summary>
public enum ContractEffect
{
    /// <summary>Nothing changes for messages made or read by the old contract.</summary>
    None,

    /// <summary>There is something new that the old contract and the agreements do not know; it is removed until both are changed.</summary>
    Unlisted,

    /// <summary>Messages that were valid are refused now, or data that came will no longer come.</summary>
    Breaking,
}

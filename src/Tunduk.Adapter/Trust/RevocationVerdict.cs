namespace Tunduk.Adapter.Trust;

/// <summary>What follows from asking about a signer's revocation.</summary>
internal enum RevocationVerdict
{
    /// <summary>No authority of the chain has a service configured, and the agreement pins the certificate.</summary>
    NotAsked,

    /// <summary>Not revoked.</summary>
    Good,

    /// <summary>Nobody answered; the settings accept that for a bounded time, and the entry is flagged.</summary>
    Accepted,

    /// <summary>Revoked.</summary>
    Revoked,

    /// <summary>Nobody answered: a check that could not be made has failed.</summary>
    Unknown,
}

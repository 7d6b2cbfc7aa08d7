namespace Tunduk.Evidence.Revocation;

/// <summary>What an authority says of a certificate.</summary>
public enum RevocationStatus
{
    /// <summary>Nothing: no usable answer. A check that could not be made has failed.</summary>
    NoAnswer,

    /// <summary>Not revoked.</summary>
    Good,

    /// <summary>Revoked.</summary>
    Revoked,

    /// <summary>The responder does not know the certificate.</summary>
    Unknown,
}

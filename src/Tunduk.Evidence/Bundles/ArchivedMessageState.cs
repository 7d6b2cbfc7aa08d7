namespace Tunduk.Evidence.Bundles;

/// <summary>What an archived message's signature is worth when it is looked at again.</summary>
public enum ArchivedMessageState
{
    /// <summary>All signed bytes are here and were checked again now.</summary>
    Verified,

    /// <summary>Checked at receipt; what it needs is not here.</summary>
    Attested,

    /// <summary>The bytes are here and the signature does not hold.</summary>
    Failed,
}

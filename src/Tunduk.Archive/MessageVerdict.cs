namespace Tunduk.Archive;

/// <summary>What a message signature is worth at verification. Only <see cref="Failed"/> is an error.</summary>
public enum MessageVerdict
{
    /// <summary>All signed bytes are present and were checked again now.</summary>
    Verified,

    /// <summary>Checked at receipt; the bytes are withheld or erased.</summary>
    Attested,

    /// <summary>There was no signature.</summary>
    Absent,

    /// <summary>The bytes are present and the signature does not hold.</summary>
    Failed,
}

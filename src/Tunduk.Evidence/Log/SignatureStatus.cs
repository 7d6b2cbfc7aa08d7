namespace Tunduk.Evidence.Log;

/// <summary>The verdict on the message's signature when the entry was made. Whether its bytes can be checked again is found out by <c>verify</c>.</summary>
public enum SignatureStatus
{
    /// <summary>The message carried no signature, or the entry is not about a message.</summary>
    Absent = 0,

    /// <summary>Checked at receipt and found valid.</summary>
    Verified = 1,

    /// <summary>Checked at receipt and found invalid.</summary>
    Failed = 2,

    /// <summary>The message carried nothing but a copy of our own signature.</summary>
    UnsignedEcho = 3,

    /// <summary>Our own signature, made over this message and embedded in it.</summary>
    OwnEmbedded = 4,

    /// <summary>Our own signature, made over this message and kept apart from it.</summary>
    OwnDetached = 5,
}

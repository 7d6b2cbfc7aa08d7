namespace Tunduk.Evidence.Http;

/// <summary>The outcome in one word.</summary>
public enum HttpVerificationStatus
{
    /// <summary>Signed by the profile, by a trusted signer, in time, bound to what the application reads.</summary>
    Valid,

    /// <summary>No signature of the profile.</summary>
    Absent,

    /// <summary>Only a copy of our own signature came back: no signature.</summary>
    Echo,

    /// <summary>Refused; the code says why.</summary>
    Failed,
}

namespace Tunduk.Evidence.Timestamps;

/// <summary>Why a time-stamp is refused. The list is closed.</summary>
public enum TimestampFault
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Not the structure of RFC 3161 in DER, or bytes after it.</summary>
    Malformed,

    /// <summary>Larger than allowed.</summary>
    TooLarge,

    /// <summary>The authority refused: an algorithm it does not take.</summary>
    RefusedAlgorithm,

    /// <summary>The authority refused: it found the request bad.</summary>
    RefusedRequest,

    /// <summary>The authority refused: its clock is not available.</summary>
    RefusedTimeNotAvailable,

    /// <summary>The authority refused: it does not issue under this policy.</summary>
    RefusedPolicy,

    /// <summary>The authority refused: an extension it does not take.</summary>
    RefusedExtension,

    /// <summary>The authority refused: it failed.</summary>
    RefusedSystemFailure,

    /// <summary>The authority refused or is waiting, without a reason this list knows.</summary>
    Refused,

    /// <summary>The token is over other bytes.</summary>
    Imprint,

    /// <summary>The token's hash is not SHA-256, SHA-384 or SHA-512.</summary>
    ImprintAlgorithm,

    /// <summary>The token has no nonce, or that of another request.</summary>
    Nonce,

    /// <summary>The token is of another policy than asked for or allowed.</summary>
    Policy,

    /// <summary>The token has no certificate of its signer, and none is configured.</summary>
    CertificateMissing,

    /// <summary>The signer's certificate is not for time-stamping alone, or its usage is not critical.</summary>
    CertificateUsage,

    /// <summary>The signer's certificate was not valid at the token's time.</summary>
    CertificatePeriod,

    /// <summary>The signer's key is too weak or of no known family.</summary>
    CertificateKey,

    /// <summary>The signer's certificate is not issued under a configured anchor.</summary>
    Untrusted,

    /// <summary>The token is signed with an algorithm that is not on the list.</summary>
    SignatureAlgorithm,

    /// <summary>The signature does not verify.</summary>
    Signature,

    /// <summary>The token's time is ahead of this side's clock by more than its accuracy and the allowed skew.</summary>
    InFuture,

    /// <summary>The token's time is earlier than the moment of the request by more than its accuracy and the allowed skew.</summary>
    BeforeRequest,

    /// <summary>The authority's accuracy is worse than allowed.</summary>
    Accuracy,
}

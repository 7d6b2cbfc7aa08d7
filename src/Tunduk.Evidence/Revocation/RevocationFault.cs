namespace Tunduk.Evidence.Revocation;

/// <summary>Why an OCSP response or a CRL is no evidence. The list is closed.</summary>
public enum RevocationFault
{
    /// <summary>It is.</summary>
    None,

    /// <summary>Not the structure in DER, or bytes after it.</summary>
    Malformed,

    /// <summary>Larger than allowed.</summary>
    TooLarge,

    /// <summary>OCSP: the responder found the request malformed.</summary>
    MalformedRequest,

    /// <summary>OCSP: internal error of the responder.</summary>
    InternalError,

    /// <summary>OCSP: try later.</summary>
    TryLater,

    /// <summary>OCSP: the responder wants signed requests.</summary>
    SignatureRequired,

    /// <summary>OCSP: the responder does not serve this certificate or this client.</summary>
    Unauthorized,

    /// <summary>OCSP: a response status or type that RFC 6960 does not have.</summary>
    UnknownResponse,

    /// <summary>OCSP: no answer about this certificate, or more than one.</summary>
    OtherCertificate,

    /// <summary>OCSP: signed by nobody the issuer has put in charge. CRL: of another issuer.</summary>
    WrongIssuer,

    /// <summary>OCSP: the delegated certificate is not for OCSP signing. CRL: the issuer may not sign CRLs.</summary>
    KeyUsage,

    /// <summary>OCSP: the delegated certificate is outside its period.</summary>
    ResponderPeriod,

    /// <summary>A signature algorithm that is not on the list.</summary>
    SignatureAlgorithm,

    /// <summary>The signature does not verify.</summary>
    Signature,

    /// <summary>OCSP: the nonce was not returned, and it is required.</summary>
    NonceMissing,

    /// <summary>OCSP: the nonce of another request.</summary>
    NonceDiffers,

    /// <summary>thisUpdate or producedAt lies in the future by more than the allowed skew.</summary>
    NotYetValid,

    /// <summary>nextUpdate has passed, or there is none and thisUpdate is too old.</summary>
    Stale,

    /// <summary>CRL: a delta list.</summary>
    DeltaList,

    /// <summary>CRL: an indirect list.</summary>
    IndirectList,

    /// <summary>CRL: only for other certificates or for some reasons.</summary>
    PartialList,

    /// <summary>A critical extension that is not known.</summary>
    CriticalExtension,
}

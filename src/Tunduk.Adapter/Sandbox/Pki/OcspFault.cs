namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>What the OCSP responder of the sandbox does wrong on demand.</summary>
internal enum OcspFault
{
    None,

    /// <summary>Answers tryLater (RFC 6960 §4.2.1).</summary>
    TryLater,

    /// <summary>Answers internalError.</summary>
    InternalError,

    /// <summary>Answers bytes that are no DER.</summary>
    Garbage,

    /// <summary>Leaves the request's nonce out.</summary>
    NoNonce,

    /// <summary>Answers with another nonce.</summary>
    WrongNonce,

    /// <summary>Signs, then changes one bit of the signature.</summary>
    WrongSignature,

    /// <summary>Answers with thisUpdate and nextUpdate a day in the past.</summary>
    Stale,

    /// <summary>Answers about another serial number.</summary>
    WrongCertificate,

    /// <summary>Signs with a certificate that is not entitled to (the time-stamping authority's).</summary>
    WrongResponder,

    /// <summary>Signs with a delegated certificate that has no ocsp-nocheck: no fault until it is revoked.</summary>
    ResponderToBeAsked,

    /// <summary>Never answers.</summary>
    Hang,
}

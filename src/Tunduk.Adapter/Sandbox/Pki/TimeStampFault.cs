namespace Tunduk.Adapter.Sandbox.Pki;

/// <summary>What the time-stamping authority of the sandbox does wrong on demand.</summary>
internal enum TimeStampFault
{
    None,

    /// <summary>Answers status rejection with failInfo systemFailure (RFC 3161 §2.4.2).</summary>
    Rejection,

    /// <summary>Answers bytes that are no DER.</summary>
    Garbage,

    /// <summary>Leaves the request's nonce out.</summary>
    NoNonce,

    /// <summary>Answers with another nonce.</summary>
    WrongNonce,

    /// <summary>Stamps another digest than the one asked for.</summary>
    WrongImprint,

    /// <summary>Stamps the time one day ago.</summary>
    WrongTime,

    /// <summary>Signs with a certificate without the time-stamping usage (the OCSP responder's).</summary>
    WrongSigner,

    /// <summary>Never answers.</summary>
    Hang,
}

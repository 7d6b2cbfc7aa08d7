namespace Tunduk.Evidence.Signing;

/// <summary>Why a detached signature is refused.</summary>
public enum DetachedFault
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Not a CMS SignedData in DER.</summary>
    Malformed,

    /// <summary>It carries content: not detached.</summary>
    NotDetached,

    /// <summary>Not exactly one signer with exactly one certificate.</summary>
    SignerCount,

    /// <summary>An algorithm that is not on the list.</summary>
    Algorithm,

    /// <summary>A signed attribute is missing, doubled or of another context.</summary>
    Context,

    /// <summary>The certificate is not trusted; <see cref="DetachedVerification.Trust"/> says why.</summary>
    Untrusted,

    /// <summary>The certificate was not valid at the time asked for.</summary>
    CertificatePeriod,

    /// <summary>The bytes are not the signed ones.</summary>
    Digest,

    /// <summary>The signature does not verify.</summary>
    Signature,
}

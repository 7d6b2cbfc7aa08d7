namespace Tunduk.Evidence.Trust;

/// <summary>Why a certificate is not trusted to sign.</summary>
public enum TrustFault
{
    /// <summary>It is trusted.</summary>
    None,

    /// <summary>Not a certificate.</summary>
    Malformed,

    /// <summary>Neither pinned nor issued under a configured anchor.</summary>
    Untrusted,

    /// <summary>RSA shorter than the minimum or with an exponent below 65537, or a curve other than P-256 and P-384.</summary>
    WeakKey,

    /// <summary>Neither RSA nor ECDSA.</summary>
    UnsupportedKey,

    /// <summary>Key usage allows neither digitalSignature nor nonRepudiation.</summary>
    KeyUsage,

    /// <summary>A certificate of the chain is signed with a weak digest.</summary>
    WeakChain,

    /// <summary>It has a critical extension that is not known here (RFC 5280 §4.2): pinned or not, nobody knows what it forbids.</summary>
    CriticalExtension,
}

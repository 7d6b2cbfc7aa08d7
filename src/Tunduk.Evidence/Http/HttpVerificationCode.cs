namespace Tunduk.Evidence.Http;

/// <summary>Reasons of the strict verifier. The list is closed; the stable spelling is <c>rest_</c> and the name in snake case.</summary>
public enum HttpVerificationCode
{
    /// <summary>No reason: valid, absent or an echo.</summary>
    None = 0,

    /// <summary>Headers of the profile without a signature: it was stripped.</summary>
    SignatureMissing,

    /// <summary>A signature without its Signature-Input member.</summary>
    SignatureInputMissing,

    /// <summary>Signature is no dictionary, its member no byte sequence, or it has parameters.</summary>
    SignatureMalformed,

    /// <summary>Signature-Input is no dictionary, or its member no inner list.</summary>
    SignatureInputMalformed,

    /// <summary>A label comes twice.</summary>
    LabelRepeated,

    /// <summary>A signature of the profile under a label that is not for this direction.</summary>
    LabelUnexpected,

    /// <summary>A signature parameter is missing.</summary>
    ParameterMissing,

    /// <summary>A signature parameter the profile does not have, or one that comes twice.</summary>
    ParameterUnexpected,

    /// <summary>A signature parameter of the wrong type, or a nonce shorter than 16 bytes.</summary>
    ParameterMalformed,

    /// <summary>The tag is not the profile's.</summary>
    TagDiffers,

    /// <summary>A signature algorithm known to be too weak, or of the wrong family.</summary>
    SignatureAlgorithmWeak,

    /// <summary>A signature algorithm that is not on the list.</summary>
    SignatureAlgorithmUnknown,

    /// <summary>The key does not fit the algorithm.</summary>
    SignatureAlgorithmKey,

    /// <summary>A component is covered twice.</summary>
    ComponentRepeated,

    /// <summary>A component the profile does not cover at this place, or with other parameters than the profile's.</summary>
    ComponentUnexpected,

    /// <summary>A component is covered and the message does not have it.</summary>
    ComponentMissing,

    /// <summary>The message has a component that the signature must cover and does not.</summary>
    ComponentNotCovered,

    /// <summary>A header that the profile covers comes more than once.</summary>
    HeaderRepeated,

    /// <summary>A covered value with other than printable ASCII, line folding included.</summary>
    HeaderText,

    /// <summary>A Content-Type that does not parse.</summary>
    ContentTypeMalformed,

    /// <summary>No tunduk-certificate.</summary>
    CertificateMissing,

    /// <summary>More than one tunduk-certificate.</summary>
    CertificateRepeated,

    /// <summary>tunduk-certificate holds no certificate.</summary>
    CertificateMalformed,

    /// <summary>The keyid is not the SHA-256 of the certificate.</summary>
    CertificateKeyId,

    /// <summary>The certificate is neither pinned nor issued under a configured anchor.</summary>
    CertificateUntrusted,

    /// <summary>The certificate's key is too weak.</summary>
    CertificateWeakKey,

    /// <summary>The certificate's key is neither RSA nor ECDSA.</summary>
    CertificateUnsupportedKey,

    /// <summary>The certificate's key usage forbids signing.</summary>
    CertificateKeyUsage,

    /// <summary>The certificate's chain rests on a weak digest.</summary>
    CertificateWeakChain,

    /// <summary>The certificate has a critical extension that is not known.</summary>
    CertificateCriticalExtension,

    /// <summary>The certificate, its chain or its pin is not valid yet.</summary>
    CertificateNotYetValid,

    /// <summary>The certificate, its chain or its pin is no longer valid.</summary>
    CertificateExpired,

    /// <summary>The signature over the signature base does not verify with the certificate's key.</summary>
    SignatureInvalid,

    /// <summary>
    /// The response is signed over another request: its signature holds over the values of another one, or binds the signature of a
    /// request where this one had none.
    /// </summary>
    RequestDiffers,

    /// <summary>Expires is not after Created.</summary>
    TimeOrder,

    /// <summary>From Created to Expires is longer than allowed.</summary>
    TimeLifetime,

    /// <summary>Created lies in the future by more than the allowed skew.</summary>
    TimeInFuture,

    /// <summary>Expires has passed by more than the allowed skew.</summary>
    TimeExpired,

    /// <summary>A body on a method whose body the security servers do not forward.</summary>
    BodyUnexpected,

    /// <summary>A body without a Content-Digest.</summary>
    DigestMissing,

    /// <summary>A Content-Digest that is no dictionary of digests, or names an algorithm twice.</summary>
    DigestMalformed,

    /// <summary>A Content-Digest of algorithms that are too weak.</summary>
    DigestAlgorithmWeak,

    /// <summary>A Content-Digest of algorithms that are not known.</summary>
    DigestAlgorithmUnknown,

    /// <summary>The body is not the signed one.</summary>
    DigestDiffers,

    /// <summary>tunduk-target does not parse.</summary>
    TargetMalformed,

    /// <summary>The request was signed for another service, path or query.</summary>
    TargetDiffers,

    /// <summary>tunduk-checkpoint is no SHA-256.</summary>
    CheckpointMalformed,
}

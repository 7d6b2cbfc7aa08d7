namespace Tunduk.Evidence.Soap;

/// <summary>Reasons of the strict verifier. The list is closed; the stable spelling is <c>soap_</c> and the name in snake case.</summary>
public enum SoapVerificationCode
{
    /// <summary>No reason: valid, absent or an echo.</summary>
    None = 0,

    /// <summary>Not a SOAP 1.1 envelope with at most one Header followed by exactly one Body.</summary>
    EnvelopeShape,

    /// <summary>A second Body in the envelope of a signed message.</summary>
    MultipleBodies,

    /// <summary>A second Header in the envelope of a signed message.</summary>
    MultipleHeaders,

    /// <summary>The signed Body stands elsewhere in the message; what the application would read is not it.</summary>
    BodyWrapped,

    /// <summary>The signed Timestamp stands elsewhere in the message.</summary>
    TimestampWrapped,

    /// <summary>The signed Exchange block stands elsewhere in the message.</summary>
    ExchangeWrapped,

    /// <summary>More than one Security header.</summary>
    MultipleSecurityHeaders,

    /// <summary>More than one Exchange header.</summary>
    MultipleExchangeHeaders,

    /// <summary>An Exchange header without a Security header: the signature was stripped.</summary>
    SecurityMissing,

    /// <summary>A Security header without an Exchange header.</summary>
    ExchangeMissing,

    /// <summary>A Security header without Signature.</summary>
    SignatureMissing,

    /// <summary>More than one Signature.</summary>
    MultipleSignatures,

    /// <summary>No Timestamp.</summary>
    TimestampMissing,

    /// <summary>More than one Timestamp.</summary>
    MultipleTimestamps,

    /// <summary>No BinarySecurityToken.</summary>
    TokenMissing,

    /// <summary>More than one BinarySecurityToken.</summary>
    MultipleTokens,

    /// <summary>An element the profile does not have at this place.</summary>
    UnexpectedElement,

    /// <summary>An element the profile demands is missing, doubled or out of order.</summary>
    ElementMissing,

    /// <summary>An attribute the profile does not have at this place.</summary>
    UnexpectedAttribute,

    /// <summary>An attribute the profile demands is missing.</summary>
    AttributeMissing,

    /// <summary>A comment, processing instruction or text between elements of the signature or the Exchange block; a comment anywhere in a signed message.</summary>
    UnexpectedNode,

    /// <summary>A referenced part has no wsu:Id, or one that is no plain name.</summary>
    IdMissing,

    /// <summary>An identifier that a reference points to occurs more than once.</summary>
    DuplicateId,

    /// <summary>The canonicalization of SignedInfo is not exclusive C14N without comments.</summary>
    CanonicalizationNotAllowed,

    /// <summary>A signature algorithm known to be too weak, or of the wrong family.</summary>
    SignatureAlgorithmWeak,

    /// <summary>A signature algorithm that is not on the list.</summary>
    SignatureAlgorithmUnknown,

    /// <summary>The key does not fit the algorithm.</summary>
    SignatureAlgorithmKey,

    /// <summary>A digest algorithm known to be too weak.</summary>
    DigestAlgorithmWeak,

    /// <summary>A digest algorithm that is not on the list.</summary>
    DigestAlgorithmUnknown,

    /// <summary>A digest value that is no base64 of the right length.</summary>
    DigestMalformed,

    /// <summary>A reference without <c>#id</c>: empty, external, or an XPointer.</summary>
    ReferenceUri,

    /// <summary>A reference to something else than Body, Timestamp and Exchange.</summary>
    ReferenceUnexpected,

    /// <summary>Two references to one part.</summary>
    ReferenceDuplicate,

    /// <summary>Another transform than exclusive C14N without comments, or not exactly one.</summary>
    TransformNotAllowed,

    /// <summary>No reference covers the Body the application reads.</summary>
    BodyNotCovered,

    /// <summary>No reference covers the Timestamp.</summary>
    TimestampNotCovered,

    /// <summary>No reference covers the Exchange block.</summary>
    ExchangeNotCovered,

    /// <summary>KeyInfo holds something else than one reference to the token.</summary>
    KeyInfoNotAllowed,

    /// <summary>KeyInfo points to something else than the token of this header.</summary>
    KeyInfoReference,

    /// <summary>The token is no base64, or not of the X.509 v3 type.</summary>
    TokenMalformed,

    /// <summary>The token is no certificate.</summary>
    CertificateMalformed,

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

    /// <summary>The SignatureValue is no base64.</summary>
    SignatureMalformed,

    /// <summary>The signature over SignedInfo does not verify with the certificate's key.</summary>
    SignatureInvalid,

    /// <summary>The Body is not the signed one.</summary>
    BodyDigest,

    /// <summary>The Timestamp is not the signed one.</summary>
    TimestampDigest,

    /// <summary>The Exchange block is not the signed one.</summary>
    ExchangeDigest,

    /// <summary>A time that is no xs:dateTime in UTC.</summary>
    TimestampMalformed,

    /// <summary>Expires is not after Created.</summary>
    TimestampOrder,

    /// <summary>From Created to Expires is longer than allowed.</summary>
    TimestampLifetime,

    /// <summary>Created lies in the future by more than the allowed skew.</summary>
    TimestampInFuture,

    /// <summary>Expires has passed by more than the allowed skew.</summary>
    TimestampExpired,

    /// <summary>The Exchange block is malformed.</summary>
    ExchangeMalformed,

    /// <summary>The Exchange block is that of another kind of message.</summary>
    ExchangeKind,

    /// <summary>A header of the message is not in the Exchange block.</summary>
    HeaderNotCovered,

    /// <summary>The Exchange block has a header that the message has not.</summary>
    HeaderMissing,

    /// <summary>A header of the message differs from the Exchange block.</summary>
    HeaderDiffers,

    /// <summary>An attachment is not in the Exchange block.</summary>
    AttachmentNotCovered,

    /// <summary>The Exchange block names an attachment that is not there.</summary>
    AttachmentMissing,

    /// <summary>An attachment is not the signed one.</summary>
    AttachmentDigest,

    /// <summary>An attachment came under another Content-Type than the signed one.</summary>
    AttachmentType,

    /// <summary>An attachment came under another file name than the signed one, or with one where none was signed.</summary>
    AttachmentName,

    /// <summary>A response without the hash of its request.</summary>
    RequestHashMissing,

    /// <summary>The response answers another request.</summary>
    RequestHashDiffers,

    /// <summary>The request was signed and the response does not confirm its signature.</summary>
    ConfirmationMissing,

    /// <summary>The response confirms another signature than the request's.</summary>
    ConfirmationDiffers,
}

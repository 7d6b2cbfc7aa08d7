using System.Collections.Frozen;
using System.Net;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// The closed list of refusal codes. A code is stable: clients may branch on it. Its title and remedy stand in
/// <c>Refusals.resx</c>; its HTTP status stands here.
/// </summary>
public static class ExchangeCodes
{
    // Authenticate
    public const string CallerUnknown = "caller_unknown";
    public const string CallerNotPermitted = "caller_not_permitted";
    public const string ClientNotOwn = "client_not_own";
    public const string UserNotAuthorised = "user_not_authorised";
    public const string CallerLimitReached = "caller_limit_reached";

    // Decode
    public const string ServiceAliasUnknown = "service_alias_unknown";
    public const string ContentTypeUnsupported = "content_type_unsupported";
    public const string MessageTooLarge = "message_too_large";
    public const string JsonMalformed = "json_malformed";
    public const string JsonDuplicateName = "json_duplicate_name";
    public const string ProtobufMalformed = "protobuf_malformed";
    public const string NumberInexact = "number_inexact";
    public const string XmlMalformed = "xml_malformed";
    public const string XmlForbidden = "xml_forbidden";
    public const string SoapMalformed = "soap_malformed";
    public const string RequestIncomplete = "request_incomplete";
    public const string MultipartMalformed = "multipart_malformed";
    public const string TransferStalled = "transfer_stalled";
    public const string SpoolFull = "spool_full";
    public const string AddressInvalid = "address_invalid";
    public const string AddressUnknown = "address_unknown";
    public const string HeadersTooLarge = "headers_too_large";
    public const string HttpMalformed = "http_malformed";

    // Validate
    public const string HeaderMissing = "header_missing";
    public const string UserIdMissing = "user_id_missing";
    public const string UserIdPlaceholder = "user_id_placeholder";
    public const string IssueMissing = "issue_missing";
    public const string IssuePlaceholder = "issue_placeholder";
    public const string HeaderInvalid = "header_invalid";
    public const string HeaderDuplicate = "header_duplicate";
    public const string ContractViolated = "contract_violated";
    public const string ServiceUnknown = "service_unknown";
    public const string MessageIdRepeated = "message_id_repeated";
    public const string MethodUnsupported = "method_unsupported";
    public const string BodyNotForwarded = "body_not_forwarded";
    public const string MetaserviceInvalid = "metaservice_invalid";

    // Authorize
    public const string NoAgreement = "no_agreement";
    public const string AgreementNotYetValid = "agreement_not_yet_valid";
    public const string AgreementExpired = "agreement_expired";
    public const string AgreementInvalid = "agreement_invalid";
    public const string AgreementConflict = "agreement_conflict";
    public const string AgreementSuspended = "agreement_suspended";
    public const string ServiceNotListed = "service_not_listed";
    public const string PurposeNotAgreed = "purpose_not_agreed";
    public const string RepresentedPartyNotAgreed = "represented_party_not_agreed";
    public const string OutsideAgreedHours = "outside_agreed_hours";
    public const string EnvironmentMismatch = "environment_mismatch";
    public const string AgreementConsentEnded = "agreement_consent_ended";
    public const string AgreementRateExceeded = "agreement_rate_exceeded";

    // Filter
    public const string FieldNotListed = "field_not_listed";
    public const string RequiredFieldRemoved = "required_field_removed";
    public const string AgreementVolumeExceeded = "agreement_volume_exceeded";
    public const string EndpointNotListed = "endpoint_not_listed";
    public const string AttachmentNotListed = "attachment_not_listed";
    public const string AttachmentReferencedTwice = "attachment_referenced_twice";
    public const string EncodingAmbiguous = "encoding_ambiguous";
    public const string NilWithContent = "nil_with_content";
    public const string TypeSubstitution = "type_substitution";
    public const string WrongInstanceAttribute = "wrong_instance_attribute";

    // Sign
    public const string SigningKeyUnavailable = "signing_key_unavailable";
    public const string SigningFailed = "signing_failed";
    public const string SigningQueueFull = "signing_queue_full";
    public const string SigningTimeout = "signing_timeout";
    public const string TimestampOverdue = "timestamp_overdue";

    // Append
    public const string LoggingFailed = "logging_failed";
    public const string ResponseNotArchived = "response_not_archived";
    public const string ExecutedNotArchived = "executed_not_archived";

    // Forward
    public const string SecurityServerUnreachable = "security_server_unreachable";
    public const string SecurityServerTimeout = "security_server_timeout";
    public const string SecurityServerBroken = "security_server_broken";
    public const string SecurityServerFault = "security_server_fault";
    public const string InformationSystemUnreachable = "information_system_unreachable";
    public const string InformationSystemTimeout = "information_system_timeout";
    public const string InformationSystemBroken = "information_system_broken";
    public const string InformationSystemRefused = "information_system_refused";
    public const string InformationSystemFailed = "information_system_failed";
    public const string ProviderFault = "provider_fault";
    public const string ProviderFaultUnverified = "provider_fault_unverified";
    public const string Overloaded = "overloaded";

    // Verify
    public const string SignatureMissing = "signature_missing";
    public const string SignatureInvalid = "signature_invalid";
    public const string CertificateNotTrusted = "certificate_not_trusted";
    public const string CertificateRevoked = "certificate_revoked";
    public const string RevocationUnknown = "revocation_unknown";
    public const string MessageReplayed = "message_replayed";
    public const string ResponseNotBound = "response_not_bound";
    public const string RequestHashMismatch = "request_hash_mismatch";
    public const string HeaderEchoMismatch = "header_echo_mismatch";
    public const string ResponseMalformed = "response_malformed";

    // Reading the archive
    public const string QueryInvalid = "query_invalid";
    public const string RecordUnknown = "record_unknown";
    public const string GrantMissing = "grant_missing";
    public const string GrantExpired = "grant_expired";
    public const string GrantAmbiguous = "grant_ambiguous";
    public const string GrantExceeded = "grant_exceeded";
    public const string ApprovalMissing = "approval_missing";
    public const string ApprovalInvalid = "approval_invalid";
    public const string ApprovalUsed = "approval_used";
    public const string ExportFailed = "export_failed";
    public const string RetentionUnconfirmed = "retention_unconfirmed";
    public const string HoldInForce = "hold_in_force";
    public const string HoldUnknown = "hold_unknown";

    // Any stage
    public const string Cancelled = "cancelled";
    public const string Internal = "internal";

    private static readonly FrozenDictionary<string, HttpStatusCode> Statuses = new Dictionary<string, HttpStatusCode>(StringComparer.Ordinal)
    {
        [CallerUnknown] = HttpStatusCode.Unauthorized,
        [CallerNotPermitted] = HttpStatusCode.Forbidden,
        [ClientNotOwn] = HttpStatusCode.Forbidden,
        [UserNotAuthorised] = HttpStatusCode.Forbidden,
        [CallerLimitReached] = HttpStatusCode.TooManyRequests,
        [ServiceAliasUnknown] = HttpStatusCode.NotFound,
        [ContentTypeUnsupported] = HttpStatusCode.UnsupportedMediaType,
        [MessageTooLarge] = HttpStatusCode.RequestEntityTooLarge,
        [JsonMalformed] = HttpStatusCode.BadRequest,
        [JsonDuplicateName] = HttpStatusCode.BadRequest,
        [ProtobufMalformed] = HttpStatusCode.BadRequest,
        [NumberInexact] = HttpStatusCode.BadRequest,
        [XmlMalformed] = HttpStatusCode.BadRequest,
        [XmlForbidden] = HttpStatusCode.BadRequest,
        [SoapMalformed] = HttpStatusCode.BadRequest,
        [RequestIncomplete] = HttpStatusCode.BadRequest,
        [MultipartMalformed] = HttpStatusCode.BadRequest,
        [TransferStalled] = HttpStatusCode.RequestTimeout,
        [SpoolFull] = HttpStatusCode.ServiceUnavailable,
        [AddressInvalid] = HttpStatusCode.BadRequest,
        [AddressUnknown] = HttpStatusCode.NotFound,
        [HeadersTooLarge] = HttpStatusCode.RequestHeaderFieldsTooLarge,
        [HttpMalformed] = HttpStatusCode.BadRequest,
        [HeaderMissing] = HttpStatusCode.BadRequest,
        [UserIdMissing] = HttpStatusCode.BadRequest,
        [UserIdPlaceholder] = HttpStatusCode.BadRequest,
        [IssueMissing] = HttpStatusCode.BadRequest,
        [IssuePlaceholder] = HttpStatusCode.BadRequest,
        [HeaderInvalid] = HttpStatusCode.BadRequest,
        [HeaderDuplicate] = HttpStatusCode.BadRequest,
        [ContractViolated] = HttpStatusCode.UnprocessableEntity,
        [ServiceUnknown] = HttpStatusCode.NotFound,
        [MessageIdRepeated] = HttpStatusCode.Conflict,
        [MethodUnsupported] = HttpStatusCode.MethodNotAllowed,
        [BodyNotForwarded] = HttpStatusCode.BadRequest,
        [MetaserviceInvalid] = HttpStatusCode.BadRequest,
        [NoAgreement] = HttpStatusCode.Forbidden,
        [AgreementNotYetValid] = HttpStatusCode.Forbidden,
        [AgreementExpired] = HttpStatusCode.Forbidden,
        [AgreementInvalid] = HttpStatusCode.Forbidden,
        [AgreementConflict] = HttpStatusCode.Forbidden,
        [AgreementSuspended] = HttpStatusCode.Forbidden,
        [ServiceNotListed] = HttpStatusCode.Forbidden,
        [PurposeNotAgreed] = HttpStatusCode.Forbidden,
        [RepresentedPartyNotAgreed] = HttpStatusCode.Forbidden,
        [OutsideAgreedHours] = HttpStatusCode.Forbidden,
        [EnvironmentMismatch] = HttpStatusCode.Forbidden,
        [AgreementConsentEnded] = HttpStatusCode.Forbidden,
        [AgreementRateExceeded] = HttpStatusCode.TooManyRequests,
        [FieldNotListed] = HttpStatusCode.Forbidden,
        [RequiredFieldRemoved] = HttpStatusCode.BadGateway,
        [AgreementVolumeExceeded] = HttpStatusCode.Forbidden,
        [EndpointNotListed] = HttpStatusCode.Forbidden,
        [AttachmentNotListed] = HttpStatusCode.Forbidden,
        [AttachmentReferencedTwice] = HttpStatusCode.BadRequest,
        [EncodingAmbiguous] = HttpStatusCode.BadRequest,
        [NilWithContent] = HttpStatusCode.BadRequest,
        [TypeSubstitution] = HttpStatusCode.BadRequest,
        [WrongInstanceAttribute] = HttpStatusCode.BadRequest,
        [SigningKeyUnavailable] = HttpStatusCode.ServiceUnavailable,
        [SigningFailed] = HttpStatusCode.ServiceUnavailable,
        [SigningQueueFull] = HttpStatusCode.ServiceUnavailable,
        [SigningTimeout] = HttpStatusCode.ServiceUnavailable,
        [TimestampOverdue] = HttpStatusCode.ServiceUnavailable,
        [LoggingFailed] = HttpStatusCode.ServiceUnavailable,
        [ResponseNotArchived] = HttpStatusCode.InternalServerError,
        [ExecutedNotArchived] = HttpStatusCode.InternalServerError,
        [SecurityServerUnreachable] = HttpStatusCode.BadGateway,
        [SecurityServerTimeout] = HttpStatusCode.GatewayTimeout,
        [SecurityServerBroken] = HttpStatusCode.BadGateway,
        [SecurityServerFault] = HttpStatusCode.BadGateway,
        [InformationSystemUnreachable] = HttpStatusCode.BadGateway,
        [InformationSystemTimeout] = HttpStatusCode.GatewayTimeout,
        [InformationSystemBroken] = HttpStatusCode.BadGateway,
        [InformationSystemRefused] = HttpStatusCode.BadGateway,
        [InformationSystemFailed] = HttpStatusCode.BadGateway,
        [ProviderFault] = HttpStatusCode.BadGateway,
        [ProviderFaultUnverified] = HttpStatusCode.BadGateway,
        [Overloaded] = HttpStatusCode.ServiceUnavailable,
        [SignatureMissing] = HttpStatusCode.BadGateway,
        [SignatureInvalid] = HttpStatusCode.BadGateway,
        [CertificateNotTrusted] = HttpStatusCode.BadGateway,
        [CertificateRevoked] = HttpStatusCode.BadGateway,
        [RevocationUnknown] = HttpStatusCode.BadGateway,
        [MessageReplayed] = HttpStatusCode.Conflict,
        [ResponseNotBound] = HttpStatusCode.BadGateway,
        [RequestHashMismatch] = HttpStatusCode.BadGateway,
        [HeaderEchoMismatch] = HttpStatusCode.BadGateway,
        [ResponseMalformed] = HttpStatusCode.BadGateway,
        [QueryInvalid] = HttpStatusCode.BadRequest,
        [RecordUnknown] = HttpStatusCode.NotFound,
        [GrantMissing] = HttpStatusCode.Forbidden,
        [GrantExpired] = HttpStatusCode.Forbidden,
        [GrantAmbiguous] = HttpStatusCode.Conflict,
        [GrantExceeded] = HttpStatusCode.Forbidden,
        [ApprovalMissing] = HttpStatusCode.Forbidden,
        [ApprovalInvalid] = HttpStatusCode.Forbidden,
        [ApprovalUsed] = HttpStatusCode.Conflict,
        [ExportFailed] = HttpStatusCode.InternalServerError,
        [RetentionUnconfirmed] = HttpStatusCode.Conflict,
        [HoldInForce] = HttpStatusCode.Conflict,
        [HoldUnknown] = HttpStatusCode.NotFound,
        [Cancelled] = (HttpStatusCode)499,
        [Internal] = HttpStatusCode.InternalServerError,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // What a provider's adapter says after its information system got the request, or may have got it.
    private static readonly FrozenSet<string> AfterForward = FrozenSet.ToFrozenSet(
        [
            InformationSystemTimeout, InformationSystemBroken, InformationSystemFailed, ExecutedNotArchived, ResponseNotArchived, RequiredFieldRemoved,
            SigningKeyUnavailable, SigningFailed, SigningQueueFull, SigningTimeout, TimestampOverdue, Internal,
        ],
        StringComparer.Ordinal);

    /// <summary>Every code of the list.</summary>
    public static IReadOnlyCollection<string> All => Statuses.Keys;

    /// <summary>True when the code belongs to the list.</summary>
    public static bool Knows(string code) => Statuses.ContainsKey(code);

    /// <summary>
    /// Whether the request may have been executed where a provider's adapter refuses with this code. A code that only a later version knows
    /// says nothing of it, and so it may.
    /// </summary>
    public static bool MayHaveExecuted(string code) => AfterForward.Contains(code) || !Knows(code);

    /// <summary>The HTTP status of a code on <c>/v1</c>; never 200. An unknown code is a bug and answers 500.</summary>
    public static HttpStatusCode StatusOf(string code) =>
        Statuses.TryGetValue(code, out var status) ? status : HttpStatusCode.InternalServerError;
}

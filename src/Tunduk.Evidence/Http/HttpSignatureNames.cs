namespace Tunduk.Evidence.Http;

/// <summary>Names of the REST profile.</summary>
public static class HttpSignatureNames
{
    /// <summary>Label of a request's signature. It differs from a response's, so that a copied header is known on sight.</summary>
    public const string RequestLabel = "tunduk-request";

    /// <summary>Label of a response's signature.</summary>
    public const string ResponseLabel = "tunduk-response";

    /// <summary>The tag parameter: the context in which these signatures mean something (RFC 9421 §2.3).</summary>
    public const string Tag = "tunduk-adapter";

    public const string Signature = "signature";

    public const string SignatureInput = "signature-input";

    public const string ContentType = "content-type";

    public const string ContentDigest = "content-digest";

    /// <summary>Service and raw path; see <see cref="HttpTarget"/>.</summary>
    public const string Target = "tunduk-target";

    /// <summary>SHA-256 of the sender's latest checkpoint, a byte sequence.</summary>
    public const string Checkpoint = "tunduk-checkpoint";

    /// <summary>
    /// The signer's certificate in DER, a byte sequence. It travels with every message because agreements may name an authority
    /// instead of a certificate, and because a message in an archive must be verifiable by itself. It is not covered: the signed
    /// keyid is its digest.
    /// </summary>
    public const string Certificate = "tunduk-certificate";

    /// <summary>What a signed response answers, in plain text; see <see cref="HttpAnswers"/>. Not covered.</summary>
    public const string Answers = "tunduk-answers";

    public const string Client = "x-road-client";

    public const string Id = "x-road-id";

    public const string UserId = "x-road-userid";

    public const string Issue = "x-road-issue";

    public const string RepresentedParty = "x-road-represented-party";

    internal const string Method = "@method";

    internal const string Status = "@status";

    internal const string Params = "@signature-params";
}

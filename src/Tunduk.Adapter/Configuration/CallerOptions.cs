namespace Tunduk.Adapter.Configuration;

/// <summary>Somebody who may call the adapter.</summary>
public sealed class CallerOptions
{
    /// <summary>Name shown in logs and entries. No default.</summary>
    public string Name { get; set; } = "";

    /// <summary>SHA-256 (hex) of the API key, which the caller sends as <c>Authorization: Bearer …</c>.</summary>
    public string? ApiKeySha256 { get; set; }

    /// <summary>SHA-256 thumbprint (hex) of the client certificate.</summary>
    public string? CertificateSha256 { get; set; }

    /// <summary>
    /// PEM file of an authority whose certificates stand for this caller when their subject has
    /// <see cref="CertificateSubject"/>: its root, and the authorities below it that issue them. Chains are built from this file alone.
    /// </summary>
    public string? CertificateAuthority { get; set; }

    /// <summary>Part the subject of such a certificate must have, compared whole, for example <c>CN=loans-app</c>; the only one of its kind there, but for <c>OU</c>. Needed with <see cref="CertificateAuthority"/>.</summary>
    public string? CertificateSubject { get; set; }

    /// <summary>Requests a second this caller may send over time; more are refused with 429. Range 1–100,000, default no limit of its own.</summary>
    public int? RequestsPerSecond { get; set; }

    /// <summary>Requests this caller may send at once after a pause. Range 1–100,000, default <see cref="RequestsPerSecond"/>.</summary>
    public int? Burst { get; set; }

    /// <summary>Requests of this caller under way at once; more are refused with 429. Range 1–100,000, default no limit of its own.</summary>
    public int? MaxConcurrent { get; set; }

    /// <summary>
    /// A request repeated by this caller with the same UUID in <c>X-Road-Id</c> and the same body is answered by the first
    /// answer, of services that also say so, instead of being sent again. On <c>/v1</c> alone. Default false.
    /// </summary>
    public bool AnswersRepeats { get; set; }

    /// <summary>Last moment the API key or certificate is accepted from. Default: no end of its own.</summary>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>Roles: <c>is</c>, <c>operations</c>, <c>auditor</c>, <c>approver</c>, <c>tunduk-operator</c>.</summary>
    public List<string> Roles { get; set; } = [];

    /// <summary>Own subsystems this caller may speak for. Empty means none.</summary>
    public List<string> Subsystems { get; set; } = [];

    /// <summary>Service aliases this caller may use; empty means every alias of its subsystems.</summary>
    public List<string> Services { get; set; } = [];

    /// <summary>
    /// <c>production</c> (default) or <c>test</c>: which services of agreements this caller may ask for. The two never mix.
    /// </summary>
    public string Environment { get; set; } = "production";

    /// <summary>
    /// <c>userId</c> values this caller may speak for (clause 3.2.10), each with its last day; empty means any value that
    /// is not a placeholder.
    /// </summary>
    public List<AuthorisedPersonOptions> AuthorisedPersons { get; set; } = [];
}

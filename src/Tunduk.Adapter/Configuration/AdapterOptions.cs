namespace Tunduk.Adapter.Configuration;

/// <summary>Everything in <c>adapter.json</c>. Validated whole at start; an unknown key is a fault.</summary>
public sealed class AdapterOptions
{
    /// <summary>X-Road instance, for example <c>central-server</c>. No default.</summary>
    public string Instance { get; set; } = "";

    /// <summary>The own subsystems this adapter speaks for, as <c>instance/class/member/subsystem</c>. At least one.</summary>
    public List<OwnSubsystemOptions> Own { get; set; } = [];

    /// <summary>The four listeners.</summary>
    public ListenOptions Listen { get; set; } = new();

    /// <summary>The own security server and how to reach it. Needed when <see cref="Services"/> is not empty.</summary>
    public SecurityServerOptions SecurityServer { get; set; } = new();

    /// <summary>Services our information system may ask for, by alias (the last part of <c>/v1/services/{alias}</c>).</summary>
    public Dictionary<string, ConsumedServiceOptions> Services { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Services our information system answers, by a name used in logs only.</summary>
    public Dictionary<string, ProvidedServiceOptions> Provides { get; set; } = new(StringComparer.Ordinal);

    /// <summary>IS signing keys by name; referred to by <see cref="OwnSubsystemOptions.SigningKey"/>.</summary>
    public Dictionary<string, SigningKeyOptions> Keys { get; set; } = new(StringComparer.Ordinal);

    /// <summary>Who may call the adapter.</summary>
    public List<CallerOptions> Callers { get; set; } = [];

    /// <summary>The durable request log.</summary>
    public ArchiveOptions Archive { get; set; } = new();

    /// <summary>Agreements and contracts beside the configuration file.</summary>
    public DocumentOptions Documents { get; set; } = new();

    /// <summary>Whom a counterparty's certificate may be issued by.</summary>
    public TrustOptions Trust { get; set; } = new();

    /// <summary>Names in certificate requests.</summary>
    public CertificateRequestOptions CertificateRequests { get; set; } = new();

    /// <summary>Bounds on what is accepted.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>The examination of the running adapter.</summary>
    public DoctorOptions Doctor { get; set; } = new();

    /// <summary>Logs and traces.</summary>
    public TelemetryOptions Telemetry { get; set; } = new();
}

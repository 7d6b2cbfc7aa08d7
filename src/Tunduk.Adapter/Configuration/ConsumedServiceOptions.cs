namespace Tunduk.Adapter.Configuration;

/// <summary>A service our information system may ask for.</summary>
public sealed class ConsumedServiceOptions
{
    /// <summary>Identifier <c>instance/class/member/subsystem/service[/version]</c>. No default.</summary>
    public string Service { get; set; } = "";

    /// <summary>File name in the contracts folder: WSDL of a SOAP service, OpenAPI of a REST service. No default; a REST service, which has no version, may be without.</summary>
    public string Contract { get; set; } = "";

    /// <summary>Own subsystem that asks when the caller names none. Default: the only entry of <c>Own</c>.</summary>
    public string? Client { get; set; }

    /// <summary>Overrides <c>SecurityServer:TotalTimeout</c> for this service. Range 1 s–24 h.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Overrides <c>SecurityServer:ConnectTimeout</c> for this service. Range 0.1–60 s.</summary>
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>Overrides <c>SecurityServer:ResponseTimeout</c> for this service. Range 1 s–1 h.</summary>
    public TimeSpan? ResponseTimeout { get; set; }

    /// <summary>Calls of this service under way at once; more wait. Range 1–10,000, default half of <c>SecurityServer:MaxConnections</c>.</summary>
    public int? MaxConcurrent { get; set; }

    /// <summary>
    /// The provider has said that the same message twice does no harm and costs nothing: the request may be sent again when
    /// a connection broke after bytes of it were written, and callers may send it again under its id while it is under way.
    /// Default false: it is never sent twice.
    /// </summary>
    public bool Idempotent { get; set; }

    /// <summary>Repeats of callers that say so too are answered by the first answer (<c>Callers:AnswersRepeats</c>). Default false.</summary>
    public bool AnswersRepeats { get; set; }
}

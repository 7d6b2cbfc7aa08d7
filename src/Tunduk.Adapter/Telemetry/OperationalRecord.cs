using System.Text.Json.Serialization;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Telemetry;

/// <summary>
/// One exchange as X-Road's operational monitoring describes it (PR-OPMON, record fields), seen from the adapter. Field
/// names and units are those of X-Road; text is cut at 255 characters as there.
/// </summary>
internal sealed record OperationalRecord
{
    private const int Longest = 255;
    private static readonly string Software = "tunduk-adapter/" + typeof(OperationalRecord).Assembly.GetName().Version!.ToString(3);

    /// <summary>When the record was made, in seconds since 1970.</summary>
    public required long MonitoringDataTs { get; init; }

    /// <summary><c>Client</c> where our information system asked, <c>Producer</c> where it answered.</summary>
    public required string SecurityServerType { get; init; }

    /// <summary>Address of the security server on our side, as the adapter sees it.</summary>
    public string? SecurityServerInternalIp { get; init; }

    /// <summary>Milliseconds since 1970, as the three that follow.</summary>
    public required long RequestInTs { get; init; }

    public long? RequestOutTs { get; init; }

    public long? ResponseInTs { get; init; }

    public required long ResponseOutTs { get; init; }

    [JsonPropertyName("clientXRoadInstance")]
    public string? ClientInstance { get; init; }

    public string? ClientMemberClass { get; init; }

    public string? ClientMemberCode { get; init; }

    public string? ClientSubsystemCode { get; init; }

    [JsonPropertyName("serviceXRoadInstance")]
    public string? ServiceInstance { get; init; }

    public string? ServiceMemberClass { get; init; }

    public string? ServiceMemberCode { get; init; }

    public string? ServiceSubsystemCode { get; init; }

    public string? ServiceCode { get; init; }

    public string? ServiceVersion { get; init; }

    public string? RepresentedPartyClass { get; init; }

    public string? RepresentedPartyCode { get; init; }

    public string? MessageId { get; init; }

    public string? MessageUserId { get; init; }

    public string? MessageIssue { get; init; }

    public string? MessageProtocolVersion { get; init; }

    public string? ClientSecurityServerAddress { get; init; }

    public string? ServiceSecurityServerAddress { get; init; }

    /// <summary>Bytes of the request's SOAP envelope or body.</summary>
    public long? RequestSize { get; init; }

    /// <summary>Bytes of it with its attachments; absent without.</summary>
    public long? RequestMimeSize { get; init; }

    public int? RequestAttachmentCount { get; init; }

    /// <summary>Bytes of the answer's.</summary>
    public long? ResponseSize { get; init; }

    /// <summary>Bytes of it with its attachments; absent without.</summary>
    public long? ResponseMimeSize { get; init; }

    public int? ResponseAttachmentCount { get; init; }

    /// <summary><c>WSDL</c> or <c>REST</c>.</summary>
    public string? ServiceType { get; init; }

    public string? RestMethod { get; init; }

    /// <summary>Only where our information system answers, as in X-Road.</summary>
    public string? RestPath { get; init; }

    /// <summary>HTTP status of the service's answer to a REST request.</summary>
    public int? StatusCode { get; init; }

    /// <summary>What the security servers call a REST request among themselves.</summary>
    [JsonPropertyName("xRequestId")]
    public string? RequestId { get; init; }

    /// <summary>The software that made the record: this adapter, not a security server.</summary>
    [JsonPropertyName("xRoadVersion")]
    public required string SoftwareVersion { get; init; }

    public required bool Succeeded { get; init; }

    /// <summary>Code of the refusal, of the closed list.</summary>
    public string? FaultCode { get; init; }

    public string? FaultString { get; init; }

    /// <summary>The adapter's own: the request's entry in the archive, to be given to <c>explain</c>.</summary>
    public string? RecordId { get; init; }

    public static OperationalRecord Of(ExchangeRun run, DateTimeOffset now)
    {
        var (client, service, headers) = (run.Direction == ExchangeDirection.Consumer ? run.Own : run.Counterparty, run.Service, run.Headers);
        var ok = run.Code == ExchangeJournal.OkCode;
        var isClient = run.Direction == ExchangeDirection.Consumer;
        return new OperationalRecord
        {
            MonitoringDataTs = now.ToUnixTimeSeconds(),
            SecurityServerType = isClient ? "Client" : "Producer",
            SecurityServerInternalIp = Cut(run.SecurityServer),
            ClientSecurityServerAddress = isClient ? Cut(run.SecurityServer) : null,
            ServiceSecurityServerAddress = isClient ? null : Cut(run.SecurityServer),
            RequestInTs = run.Arrived.ToUnixTimeMilliseconds(),
            RequestOutTs = run.ForwardBegan?.ToUnixTimeMilliseconds(),
            ResponseInTs = run.ForwardEnded?.ToUnixTimeMilliseconds(),
            ResponseOutTs = now.ToUnixTimeMilliseconds(),
            ClientInstance = Cut(client?.Instance),
            ClientMemberClass = Cut(client?.MemberClass),
            ClientMemberCode = Cut(client?.MemberCode),
            ClientSubsystemCode = Cut(client?.SubsystemCode),
            ServiceInstance = Cut(service?.Provider.Instance),
            ServiceMemberClass = Cut(service?.Provider.MemberClass),
            ServiceMemberCode = Cut(service?.Provider.MemberCode),
            ServiceSubsystemCode = Cut(service?.Provider.SubsystemCode),
            ServiceCode = Cut(service?.Code),
            ServiceVersion = Cut(service?.Version),
            RepresentedPartyClass = Cut(headers?.RepresentedParty?.PartyClass),
            RepresentedPartyCode = Cut(headers?.RepresentedParty?.PartyCode),
            MessageId = Cut(headers?.Id),
            MessageUserId = Cut(headers?.UserId),
            MessageIssue = Cut(headers?.Issue),
            MessageProtocolVersion = headers is null ? null : run.RestMethod is null ? "4.0" : "1",
            RequestSize = run.RequestSize,
            RequestMimeSize = run.RequestMimeSize,
            RequestAttachmentCount = run.RequestSize is null ? null : run.RequestAttachments,
            ResponseSize = run.ResponseSize,
            ResponseMimeSize = run.ResponseMimeSize,
            ResponseAttachmentCount = run.ResponseSize is null ? null : run.ResponseAttachments,
            ServiceType = headers is null ? null : run.RestMethod is null ? "WSDL" : "REST",
            RestMethod = run.RestMethod,
            RestPath = isClient ? null : Cut(run.RestPath),
            StatusCode = run.RestStatus,
            RequestId = Cut(run.RequestId),
            SoftwareVersion = Software,
            Succeeded = ok,
            FaultCode = ok ? null : run.Code,
            FaultString = ok ? null : RefusalTexts.Title(run.Code),
            RecordId = run.Request?.ToString(),
        };
    }

    private static string? Cut(string? text) => text is { Length: > Longest } ? text[..Longest] : text;
}

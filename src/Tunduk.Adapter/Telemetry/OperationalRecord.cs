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

    /// <summary>When the record was made, in seconds since 1970.</summary>
    public required long MonitoringDataTs { get; init; }

    /// <summary><c>Client</c> where our information system asked, <c>Producer</c> where it answered.</summary>
    public required string SecurityServerType { get; init; }

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

    /// <summary>Bytes of the request's SOAP envelope or body.</summary>
    public long? RequestSize { get; init; }

    /// <summary>Bytes of the answer's.</summary>
    public long? ResponseSize { get; init; }

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
        return new OperationalRecord
        {
            MonitoringDataTs = now.ToUnixTimeSeconds(),
            SecurityServerType = run.Direction == ExchangeDirection.Consumer ? "Client" : "Producer",
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
            MessageProtocolVersion = headers is null ? null : "4.0",
            RequestSize = run.RequestSize,
            ResponseSize = run.ResponseSize,
            Succeeded = ok,
            FaultCode = ok ? null : run.Code,
            FaultString = ok ? null : RefusalTexts.Title(run.Code),
            RecordId = run.Request?.ToString(),
        };
    }

    private static string? Cut(string? text) => text is { Length: > Longest } ? text[..Longest] : text;
}

using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Tunduk.Adapter.V1;
using Tunduk.GrpcHosting;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// How one refusal looks to each kind of caller. The own information system gets everything; a counterparty gets code
/// and record id.
/// </summary>
internal static class RefusalMapping
{
    /// <summary>Media type of RFC 9457.</summary>
    public const string ProblemContentType = "application/problem+json";

    /// <summary>Prefix of a fault code the adapter itself answers to a security server.</summary>
    public const string FaultPrefix = "adapter.";

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Problem details for the own information system (RFC 9457).</summary>
    public static ReadOnlyMemory<byte> ToProblem(ExchangeError error, string? recordId, string? traceId)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteString("type", "urn:tunduk-adapter:refusal:" + error.Code);
            json.WriteString("title", RefusalTexts.Title(error.Code));
            json.WriteNumber("status", (int)ExchangeCodes.StatusOf(error.Code));
            json.WriteString("stage", StageName(error.Stage));
            json.WriteString("code", error.Code);
            WriteIfPresent(json, "path", error.Path);
            WriteIfPresent(json, "expected", error.Expected);
            WriteIfPresent(json, "found", error.Found);
            json.WriteString("remedy", error.Remedy ?? RefusalTexts.Remedy(error.Code));
            if (error.OutcomeUnknown)
            {
                json.WriteBoolean("outcomeUnknown", true);
            }

            if (error.Details.Count > 0)
            {
                json.WriteStartArray("details");
                foreach (var detail in error.Details)
                {
                    json.WriteStringValue(detail);
                }

                json.WriteEndArray();
            }

            WriteIfPresent(json, "recordId", recordId);
            WriteIfPresent(json, "traceId", traceId);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>
    /// gRPC status with details for the own information system: <c>tunduk.adapter.v1.Refusal</c> with everything, and
    /// <c>google.rpc.ErrorInfo</c> for clients that know only the standard ones.
    /// </summary>
    public static RpcException ToRpc(ExchangeError error, string? recordId, string? traceId)
    {
        var refusal = new Refusal
        {
            Stage = StageName(error.Stage),
            Code = error.Code,
            Title = RefusalTexts.Title(error.Code),
            Remedy = error.Remedy ?? RefusalTexts.Remedy(error.Code),
            OutcomeUnknown = error.OutcomeUnknown,
            Documentation = "urn:tunduk-adapter:refusal:" + error.Code,
        };
        refusal.Details.AddRange(error.Details);
        var info = new ErrorInfo { Reason = error.Code, Domain = "tunduk-adapter", Metadata = { ["stage"] = refusal.Stage } };
        SetIfPresent(error.Path, value => refusal.Path = info.Metadata["path"] = value);
        SetIfPresent(error.Expected, value => refusal.Expected = info.Metadata["expected"] = value);
        SetIfPresent(error.Found, value => refusal.Found = info.Metadata["found"] = value);
        SetIfPresent(recordId, value => refusal.RecordId = info.Metadata["recordId"] = value);
        SetIfPresent(traceId, value => refusal.TraceId = value);
        var status = new Google.Rpc.Status { Code = (int)RpcCodeOf(error), Message = $"{refusal.Title}. {refusal.Remedy}" };
        status.Details.Add(Any.Pack(refusal));
        status.Details.Add(Any.Pack(info));
        if (ExchangeCodes.StatusOf(error.Code) is HttpStatusCode.TooManyRequests || error.Code == ExchangeCodes.Overloaded)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }));
        }

        return status.ToRpcException();
    }

    /// <summary>
    /// The status code of a refusal. UNAVAILABLE invites clients to repeat the call by themselves, so it is said only where nothing
    /// can have been executed.
    /// </summary>
    public static StatusCode RpcCodeOf(ExchangeError error) => error.OutcomeUnknown
        ? StatusCode.Unknown
        : ExchangeCodes.StatusOf(error.Code) switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.UnsupportedMediaType => StatusCode.InvalidArgument,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.NotFound,
            HttpStatusCode.Conflict => StatusCode.AlreadyExists,
            HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.TooManyRequests => StatusCode.ResourceExhausted,
            HttpStatusCode.ServiceUnavailable => StatusCode.Unavailable,
            HttpStatusCode.GatewayTimeout => StatusCode.DeadlineExceeded,
            HttpStatusCode.BadGateway => StatusCode.FailedPrecondition,
            _ => StatusCode.Internal,
        };

    /// <summary>Fault code for a counterparty: ours, unprefixed by any security server, so that it is told from theirs.</summary>
    public static string ToFaultCode(ExchangeError error) => FaultPrefix + error.Code;

    /// <summary>Fault string for a counterparty: what happened, and the number to ask with; nothing else.</summary>
    public static string ToFaultString(ExchangeError error, string? recordId) =>
        recordId is null ? RefusalTexts.Title(error.Code) : $"{RefusalTexts.Title(error.Code)} (record {recordId})";

    /// <summary>
    /// The refusal in one text for an existing X-Road client, which shows a fault string or a message and nothing else: what,
    /// where, what was expected and found, what cures it.
    /// </summary>
    public static string ToClientText(ExchangeError error)
    {
        var text = new System.Text.StringBuilder(RefusalTexts.Title(error.Code));
        Append(text, ": ", error.Path);
        Append(text, "; expected ", error.Expected);
        Append(text, "; found ", error.Found);
        text.Append(". ").Append(error.Remedy ?? RefusalTexts.Remedy(error.Code));
        return error.OutcomeUnknown ? text.Append(" The provider may have executed the request.").ToString() : text.ToString();
    }

    /// <summary>The stage's name as users see it.</summary>
    public static string StageName(ExchangeStage stage) => stage.ToString().ToLowerInvariant();

    /// <summary>Whole seconds after which one may ask again, for <c>Retry-After</c>; null where the refusal is no matter of time.</summary>
    public static string? RetryAfter(ExchangeError error) => error.RetryAfter is { } after
        ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture)
        : error.Code == ExchangeCodes.Overloaded ? "1" : null;

    private static void Append(System.Text.StringBuilder text, string before, string? value)
    {
        if (value is not null)
        {
            text.Append(before).Append(value);
        }
    }

    private static void SetIfPresent(string? value, Action<string> set)
    {
        if (value is not null)
        {
            set(value);
        }
    }

    private static void WriteIfPresent(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}

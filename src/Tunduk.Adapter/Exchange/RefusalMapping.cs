using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Xml;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Tunduk.Adapter.V1;
using Tunduk.Evidence.Log;
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

    /// <summary>Namespace of the refusal in the detail of a SOAP fault.</summary>
    public const string Namespace = "urn:tunduk-adapter:refusal:1";

    private static readonly FrozenDictionary<ExchangeStage, string> StageNames = System.Enum.GetValues<ExchangeStage>().ToFrozenDictionary(static stage => stage, static stage => stage.ToString().ToLowerInvariant());
    private static readonly XmlWriterSettings Fragment = new() { OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Fragment, Encoding = new UTF8Encoding(false) };

    /// <summary>How JSON with a refusal in it is written.</summary>
    public static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Problem details for the own information system (RFC 9457).</summary>
    public static ReadOnlyMemory<byte> ToProblem(ExchangeError error, string? recordId, string? traceId)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            WriteProblem(json, error, recordId, traceId);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The same within other JSON.</summary>
    public static void WriteProblem(Utf8JsonWriter json, ExchangeError error, string? recordId, string? traceId)
    {
        json.WriteStartObject();
        json.WriteString("type", RefusalPage.LinkTo(error.Code));
        json.WriteString("title", RefusalTexts.Title(error.Code));
        json.WriteNumber("status", (int)ExchangeCodes.StatusOf(error.Code));
        json.WriteString("stage", StageName(error.Stage));
        json.WriteString("code", error.Code);
        WriteIfPresent(json, "rule", RefusalRules.Of(error));
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

    /// <summary>
    /// gRPC status with details for the own information system: <c>tunduk.adapter.v1.Refusal</c> with everything, and
    /// <c>google.rpc.ErrorInfo</c> for clients that know only the standard ones.
    /// </summary>
    /// <param name="error">The refusal.</param>
    /// <param name="recordId">Its record.</param>
    /// <param name="traceId">Its trace.</param>
    /// <param name="site">Where links of the refusal lead: a gRPC method's own address opens no page. Null leaves them relative.</param>
    public static RpcException ToRpc(ExchangeError error, string? recordId, string? traceId, Uri? site = null)
    {
        var refusal = new Refusal
        {
            Stage = StageName(error.Stage),
            Code = error.Code,
            Title = RefusalTexts.Title(error.Code),
            Rule = RefusalRules.Of(error),
            Remedy = error.Remedy ?? RefusalTexts.Remedy(error.Code),
            OutcomeUnknown = error.OutcomeUnknown,
            Documentation = site is null ? RefusalPage.LinkTo(error.Code) : new Uri(site, RefusalPage.LinkTo(error.Code)).ToString(),
        };
        refusal.Details.AddRange(error.Details);
        var info = new ErrorInfo { Reason = error.Code, Domain = "tunduk-adapter", Metadata = { ["stage"] = refusal.Stage, ["rule"] = refusal.Rule } };
        SetIfPresent(error.Path, value => refusal.Path = info.Metadata["path"] = value);
        SetIfPresent(error.Expected, value => refusal.Expected = info.Metadata["expected"] = value);
        SetIfPresent(error.Found, value => refusal.Found = info.Metadata["found"] = value);
        SetIfPresent(recordId, value => refusal.RecordId = info.Metadata["recordId"] = value);
        SetIfPresent(traceId, value => refusal.TraceId = value);
        var status = new Google.Rpc.Status { Code = (int)RpcCodeOf(error), Message = $"{refusal.Title}. {refusal.Remedy}" };
        status.Details.Add(Any.Pack(refusal));
        status.Details.Add(Any.Pack(info));
        if (WaitOf(error) is { } wait)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(wait) }));
        }

        return status.ToRpcException();
    }

    /// <summary>
    /// The status code of a refusal. UNAVAILABLE invites clients to repeat the call by themselves, so it is said only where nothing
    /// can have been executed.
    /// </summary>
    public static StatusCode RpcCodeOf(ExchangeError error) => error.OutcomeUnknown
        ? StatusCode.Unknown
        : error.Code == ExchangeCodes.AddressUnknown ? StatusCode.Unimplemented // As gRPC calls a method that is not there.
        : ExchangeCodes.StatusOf(error.Code) switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.UnsupportedMediaType => StatusCode.InvalidArgument,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.NotFound,
            HttpStatusCode.Conflict => StatusCode.AlreadyExists,
            HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.RequestHeaderFieldsTooLarge or HttpStatusCode.TooManyRequests => StatusCode.ResourceExhausted,
            HttpStatusCode.ServiceUnavailable => StatusCode.Unavailable,
            HttpStatusCode.GatewayTimeout => StatusCode.DeadlineExceeded,
            HttpStatusCode.BadGateway => StatusCode.FailedPrecondition,
            _ => StatusCode.Internal,
        };

    /// <summary>Fault code for a counterparty: ours, unprefixed by any security server, so that it is told from theirs.</summary>
    public static string ToFaultCode(ExchangeError error) => FaultPrefix + ToldCode(error);

    /// <summary>Fault string for a counterparty: what happened, and the number to ask with; nothing else.</summary>
    public static string ToFaultString(ExchangeError error, string? recordId) =>
        recordId is null ? RefusalTexts.Title(ToldCode(error)) : Phrases.Of("Exchange.Record", RefusalTexts.Title(ToldCode(error)), recordId);

    /// <summary>The code a counterparty is told: what was refused of an answer must not read as if the request had been refused.</summary>
    public static string ToldCode(ExchangeError error) => error.AfterForward && !ExchangeCodes.MayHaveExecuted(error.Code) ? ExchangeCodes.ExecutedNotArchived : error.Code;

    /// <summary>
    /// The refusal that a fault of the provider or of its adapter is. A fault of the service's own is its answer, and nothing more is known or
    /// asked; a refusal of the adapter's says by its code whether the request may have been executed.
    /// </summary>
    /// <param name="path">Where the code stood.</param>
    /// <param name="code">The fault's code, fit to be shown.</param>
    /// <param name="record">What stood where an adapter names its record, by which its operations find the exchange; null: nothing.</param>
    public static ExchangeError OfProviderFault(string path, string code, string? record = null)
    {
        var unknown = code.StartsWith(FaultPrefix, StringComparison.Ordinal) && ExchangeCodes.MayHaveExecuted(code[FaultPrefix.Length..]);
        return new ExchangeError(ExchangeStage.Forward, ExchangeCodes.ProviderFault)
        {
            Path = path,
            Expected = RefusalPhrases.Of("answer"),
            Found = code,
            Remedy = unknown ? RefusalTexts.Remedy(ExchangeCodes.ProviderFault, "may-have-executed") : null,
            OutcomeUnknown = unknown,
            Details = code.StartsWith(FaultPrefix, StringComparison.Ordinal) && RecordId.TryParse(record, out var theirs) ? [Phrases.Of("Exchange.ProviderRecord", theirs)] : [],
            KeepDetails = true,
        };
    }

    /// <summary>
    /// The refusal in one text for an existing X-Road client, which shows a fault string or a message and nothing else: what,
    /// where, what was expected and found, what cures it.
    /// </summary>
    public static string ToClientText(ExchangeError error)
    {
        var text = new StringBuilder(RefusalTexts.Title(error.Code));
        Append(text, ": ", error.Path);
        Append(text, Phrases.Of("Exchange.Expected"), error.Expected);
        Append(text, Phrases.Of("Exchange.Found"), error.Found);
        Append(text, Phrases.Of("Exchange.Rule"), RefusalRules.Of(error));
        text.Append(". ").Append(error.Remedy ?? RefusalTexts.Remedy(error.Code));
        return error.OutcomeUnknown ? text.Append(Phrases.Of("Exchange.ProviderMayExecutedRequest")).ToString() : text.ToString();
    }

    /// <summary>
    /// The detail of a SOAP fault for an existing X-Road client of our own: <c>faultDetail</c> with the record, as security servers
    /// have it, and beside it what problem+json says, each value in an element named as its member.
    /// </summary>
    public static ReadOnlyMemory<byte> ToFaultDetail(ExchangeError error, string? recordId, string? traceId)
    {
        using var buffer = new MemoryStream(1024);
        using (var xml = XmlWriter.Create(buffer, Fragment))
        {
            xml.WriteStartElement("detail");
            if (recordId is not null)
            {
                xml.WriteElementString("faultDetail", recordId);
            }

            xml.WriteStartElement("refusal", Namespace);
            foreach (var (name, value) in new[]
            {
                ("type", RefusalPage.LinkTo(error.Code)), ("title", RefusalTexts.Title(error.Code)), ("stage", StageName(error.Stage)), ("code", error.Code),
                ("rule", RefusalRules.Of(error)), ("path", error.Path), ("expected", error.Expected), ("found", error.Found), ("remedy", error.Remedy ?? RefusalTexts.Remedy(error.Code)),
                ("outcomeUnknown", error.OutcomeUnknown ? "true" : null), ("recordId", recordId), ("traceId", traceId),
            })
            {
                if (value is not null)
                {
                    xml.WriteElementString(name, Namespace, Writable(value));
                }
            }

            foreach (var detail in error.Details)
            {
                xml.WriteElementString("details", Namespace, Writable(detail));
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return buffer.ToArray();
    }

    /// <summary>The stage's name as users see it.</summary>
    public static string StageName(ExchangeStage stage) => StageNames.TryGetValue(stage, out var name) ? name : stage.ToString();

    /// <summary>Whole seconds after which one may ask again, for <c>Retry-After</c>; null where the refusal is no matter of time.</summary>
    public static string? RetryAfter(ExchangeError error) => WaitOf(error)?.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    // Whole seconds, at least one. Who may have been executed is not invited to ask again.
    private static TimeSpan? WaitOf(ExchangeError error) =>
        error.RetryAfter is { } after ? TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(after.TotalSeconds)))
        : !error.OutcomeUnknown && (error.Code == ExchangeCodes.Overloaded || ExchangeCodes.StatusOf(error.Code) is HttpStatusCode.TooManyRequests) ? TimeSpan.FromSeconds(1)
        : null;

    private static void Append(StringBuilder text, string before, string? value)
    {
        if (value is not null)
        {
            text.Append(before).Append(value);
        }
    }

    // Names of members may hold what no XML document can (XML 1.0 §2.2).
    private static string Writable(string text) => text.All(XmlConvert.IsXmlChar) ? text : string.Concat(text.EnumerateRunes().Select(static rune =>
        rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar : rune));

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

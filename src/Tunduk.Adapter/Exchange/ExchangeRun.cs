using System.Diagnostics;
using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.Adapter.Telemetry;
using Tunduk.Archive;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Contracts.Outcomes;
using Tunduk.XRoad.Identifiers;
using Tunduk.XRoad.Soap;

namespace Tunduk.Adapter.Exchange;

/// <summary>What is known of one exchange while it runs. Filled stage by stage; never shared between exchanges.</summary>
internal sealed class ExchangeRun : IDisposable
{
    private readonly AdapterMetrics metrics;
    private readonly TimeProvider clock;
    private readonly long started;
    private readonly Activity? activity;
    private ExchangeStage stage;
    private long stageStarted;
    private Activity? stageActivity;
    private ExchangeError? ended;

    public ExchangeRun(ExchangeDirection direction, AdapterMetrics metrics, TimeProvider clock)
    {
        Direction = direction;
        this.metrics = metrics;
        this.clock = clock;
        started = clock.GetTimestamp();
        Arrived = clock.GetUtcNow();
        activity = metrics.Source.StartActivity("exchange", direction == ExchangeDirection.Consumer ? ActivityKind.Server : ActivityKind.Consumer);
        metrics.Started();
        Enter(ExchangeStage.Authenticate);
    }

    public ExchangeDirection Direction { get; }

    /// <summary>The trace this exchange belongs to; null where nobody traces.</summary>
    public string? TraceId => (activity ?? Activity.Current)?.TraceId.ToString();

    /// <summary>When the request arrived, by the adapter's clock.</summary>
    public DateTimeOffset Arrived { get; }

    /// <summary>Headers of the request, once they are known.</summary>
    public SoapHeaders? Headers { get; set; }

    public ServiceId? Service { get; set; }

    /// <summary>A setting names the service.</summary>
    public bool IsServiceConfigured { get; set; }

    /// <summary>The service as measurements, spans and alarms show it: <c>(unlisted)</c> where neither a setting nor an agreement has it, since whoever asks may write there what he likes; empty before it is known.</summary>
    public string ShownService => Shown(static service => service.ToString());

    /// <summary>The same with the service's own name alone.</summary>
    public string ShownServiceName => Shown(static service => service.Name);

    public ClientId? Own { get; set; }

    public ClientId? Counterparty { get; set; }

    public Agreement? Agreement { get; set; }

    public AgreementService? Terms { get; set; }

    /// <summary>The owner's archiving list as it was when the exchange was first archived; <see cref="ListIsRead"/> says whether it was looked for.</summary>
    public Retention.ArchivingList? List { get; set; }

    public bool ListIsRead { get; set; }

    /// <summary>A new version of the terms that runs beside them and decides nothing; null: there is none.</summary>
    public AgreementService? Shadow { get; set; }

    /// <summary>The document of <see cref="Shadow"/>.</summary>
    public Agreement? ShadowAgreement { get; set; }

    /// <summary>Where the agreements' work is counted, once an agreement was looked for.</summary>
    public AgreementAccount? Account { get; set; }

    public EntryFlags Flags { get; set; }

    /// <summary>Authorities' answers about the signer of the message that was verified last; kept with its entry.</summary>
    public IReadOnlyList<PayloadPart> Evidence { get; set; } = [];

    /// <summary>What was found out about the signature of the message that was verified last; kept with its entry.</summary>
    public string? Verified { get; set; }

    /// <summary>The request's entry, once it is durable.</summary>
    public RecordId? Request { get; set; }

    /// <summary>SHA-512 of the request's raw SOAP part, once it is known: what an answer or fault of ours is bound to.</summary>
    public ReadOnlyMemory<byte> RequestSha512 { get; set; }

    /// <summary>The request's signature value; empty for a request without one.</summary>
    public ReadOnlyMemory<byte> RequestSignatureValue { get; set; }

    /// <summary>Nothing will be sent: every entry says so, and no agreement's use counts it.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>By what repeats of this request are known; null where none are answered.</summary>
    public RepeatKey? Repeat { get; set; }

    /// <summary>Bytes of the request's envelope or body, once it is written to the archive.</summary>
    public long? RequestSize { get; set; }

    /// <summary>Bytes of the answer's.</summary>
    public long? ResponseSize { get; set; }

    /// <summary>Bytes of the whole request with its attachments; null for one without.</summary>
    public long? RequestMimeSize { get; set; }

    public int RequestAttachments { get; set; }

    /// <summary>Bytes of the whole answer with its attachments; null for one without.</summary>
    public long? ResponseMimeSize { get; set; }

    public int ResponseAttachments { get; set; }

    /// <summary>Method of a REST exchange; null for SOAP.</summary>
    public string? RestMethod { get; set; }

    /// <summary>Path of a REST exchange after the service code, without query.</summary>
    public string? RestPath { get; set; }

    /// <summary>HTTP status of the service's answer to a REST request.</summary>
    public int? RestStatus { get; set; }

    /// <summary>What the security servers call a REST request among themselves.</summary>
    public string? RequestId { get; set; }

    /// <summary>Address of the security server on our side: the one that was asked, or the one that asked.</summary>
    public string? SecurityServer { get; set; }

    /// <summary>When the request was handed on; null when it was not.</summary>
    public DateTimeOffset? ForwardBegan { get; private set; }

    /// <summary>When its answer was there, or its failure.</summary>
    public DateTimeOffset? ForwardEnded { get; private set; }

    /// <summary>How the exchange ended; <see cref="ExchangeJournal.OkCode"/> or a code of the closed list.</summary>
    public string Code { get; set; } = ExchangeJournal.OkCode;

    /// <summary>What the answer says by the rules beside its contract; null before one is judged and where there are no rules.</summary>
    public BusinessOutcome? Business { get; private set; }

    public string DirectionName => Direction == ExchangeDirection.Consumer ? "consumer" : "provider";

    /// <summary>Notes that this message id was used before.</summary>
    public void Repeats()
    {
        Flags |= EntryFlags.RepeatedMessageId;
        metrics.RepeatedMessageId(Counterparty?.ToString() ?? "", ShownService);
    }

    /// <summary>Leaves the stage before and enters the next.</summary>
    public void Enter(ExchangeStage next)
    {
        Leave();
        stage = next;
        ForwardBegan = next == ExchangeStage.Forward ? clock.GetUtcNow() : ForwardBegan;
        stageStarted = clock.GetTimestamp();
        stageActivity = metrics.Source.StartActivity(RefusalMapping.StageName(next));
        stageActivity?.SetTag("tunduk.direction", DirectionName);
    }

    /// <summary>Judges an answer as it passes: a field the agreement does not let through decides nothing.</summary>
    public void Judge(OutcomeRules rules, FilteredBody answered)
    {
        if (rules.Rules.Count > 0 && Service is { } service)
        {
            Business = rules.Decide(service.Code, answered.Json.Span, answered.Status);
        }
    }

    /// <summary>Notes the refusal that ends this exchange and gives it back, with the rule it enforces.</summary>
    public ExchangeError End(ExchangeError error)
    {
        error = RefusalRules.Name(error, Agreement, Terms, isAnswer: ForwardBegan is not null);
        Code = error.Code;
        stage = error.Stage;
        ended = error;
        return error;
    }

    public void Dispose()
    {
        Leave();
        if (!IsDryRun)
        {
            Account?.Ended(this, ended);
            metrics.Operational.Add(OperationalRecord.Of(this, clock.GetUtcNow()));
        }

        if (Business is { } business && ended is null)
        {
            metrics.BusinessOutcome(DirectionName, ShownService, OutcomeRules.Name(business));
        }

        metrics.Ended(DirectionName, ShownService, RefusalMapping.StageName(stage), Code, clock.GetElapsedTime(started));
        activity?.SetTag("tunduk.service", ShownService);
        activity?.SetTag("tunduk.code", Code);
        activity?.SetTag("tunduk.outcome", Business is { } told ? OutcomeRules.Name(told) : null);
        activity?.Dispose();
    }

    private string Shown(Func<ServiceId, string> form) =>
        Service is not { } service ? "" : Terms is not null || IsServiceConfigured ? form(service) : RemovedField.Unlisted;

    private void Leave()
    {
        ForwardEnded ??= ForwardBegan is null ? null : clock.GetUtcNow();
        if (stage != 0)
        {
            metrics.StageTook(DirectionName, RefusalMapping.StageName(stage), clock.GetElapsedTime(stageStarted));
        }

        stageActivity?.Dispose();
        stageActivity = null;
    }
}

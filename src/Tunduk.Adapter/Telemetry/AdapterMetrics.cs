using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tunduk.Adapter.Telemetry;

/// <summary>
/// The adapter's own instruments, under the meter and activity source <c>Tunduk.Adapter</c>. Labels are identifiers,
/// stages and codes; never a personal value.
/// </summary>
public sealed class AdapterMetrics : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Tunduk.Adapter";

    /// <summary>Meters of the framework that are shown and sent beside it: connections of both sides, memory, collections and threads. What its others measure of each request stands in the own ones, by service and stage.</summary>
    public static readonly FrozenSet<string> OfTheFramework = ["Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime"];

    private static readonly FrozenSet<string> OfEachRequest = ["http.client.request.duration", "http.client.active_requests", "http.client.request.time_in_queue"];

    private readonly Meter meter;
    private readonly Counter<long> exchanges;
    private readonly Counter<long> outcomes;
    private readonly Counter<long> removed;
    private readonly Counter<long> refused;
    private readonly Counter<long> excess;
    private readonly Counter<long> shadow;
    private readonly Counter<long> unauthenticated;
    private readonly Counter<long> repeated;
    private readonly Histogram<double> duration;
    private readonly Histogram<double> stage;
    private readonly UpDownCounter<long> active;

    /// <summary>Makes the instruments.</summary>
    /// <param name="instance">Name of the adapter.</param>
    /// <param name="operationalRecords">Exchanges kept for <c>/v1/operational-data</c>.</param>
    public AdapterMetrics(string instance, int operationalRecords = 0)
    {
        Operational = new OperationalData(operationalRecords);
        // The tag tells two adapters in one process (the sandbox) apart.
        meter = new Meter(Name, version: null, tags: [new("adapter", instance)]);
        exchanges = meter.CreateCounter<long>("tunduk_exchanges", description: "Exchanges ended, by direction, service, stage and outcome code.");
        outcomes = meter.CreateCounter<long>("tunduk_business_outcomes", description: "What answers said by the rules beside their contracts, by direction, service and outcome.");
        removed = meter.CreateCounter<long>("tunduk_fields_removed", description: "Fields removed, by agreement, service, side and path.");
        refused = meter.CreateCounter<long>("tunduk_agreement_refusals", description: "Exchanges an agreement refused, by agreement, service, path and code.");
        excess = meter.CreateCounter<long>("tunduk_agreement_excess_alarms", description: "Alarms about a counterparty that keeps sending or asking for more, by agreement and service.");
        shadow = meter.CreateCounter<long>("tunduk_shadow_differences", description: "What a shadow version of an agreement would have done otherwise, by agreement, service and difference.");
        unauthenticated = meter.CreateCounter<long>("tunduk_unauthenticated", description: "Calls refused before a caller was known.");
        repeated = meter.CreateCounter<long>("tunduk_repeated_message_ids", description: "Requests under a message id that was used before, by counterparty and service: an alarm to raise with the counterparty.");
        duration = meter.CreateHistogram<double>("tunduk_exchange_seconds", "s", "Time of a whole exchange.");
        stage = meter.CreateHistogram<double>("tunduk_stage_seconds", "s", "Time of one stage.");
        active = meter.CreateUpDownCounter<long>("tunduk_exchanges_active", description: "Exchanges under way.");
        Source = new ActivitySource(Name);
    }

    /// <summary>Whether an instrument of the framework is shown and sent.</summary>
    /// <param name="instrument">An instrument of any meter.</param>
    public static bool IsShown(Instrument instrument) => OfTheFramework.Contains(instrument.Meter.Name) && !OfEachRequest.Contains(instrument.Name);

    /// <summary>The newest exchanges, for the operator.</summary>
    internal OperationalData Operational { get; }

    /// <summary>Where the spans of an exchange come from.</summary>
    public ActivitySource Source { get; }

    /// <summary>The meter, for gauges that others own.</summary>
    public Meter Meter => meter;

    public void Started() => active.Add(1);

    public void Ended(string direction, string service, string stageName, string code, TimeSpan took)
    {
        active.Add(-1);
        exchanges.Add(1, new("direction", direction), new("service", service), new("stage", stageName), new("code", code));
        duration.Record(took.TotalSeconds, new("direction", direction), new KeyValuePair<string, object?>("service", service));
    }

    public void BusinessOutcome(string direction, string service, string outcome) =>
        outcomes.Add(1, new("direction", direction), new("service", service), new KeyValuePair<string, object?>("outcome", outcome));

    public void StageTook(string direction, string stageName, TimeSpan took) =>
        stage.Record(took.TotalSeconds, new("direction", direction), new KeyValuePair<string, object?>("stage", stageName));

    public void Removed(string agreement, string service, string side, string path, long count) =>
        removed.Add(count, new("agreement", agreement), new("service", service), new("side", side), new("path", path));

    public void AgreementRefused(string agreement, string service, string path, string code) =>
        refused.Add(1, new("agreement", agreement), new("service", service), new("path", path), new("code", code));

    public void Excess(string agreement, string service) => excess.Add(1, new("agreement", agreement), new KeyValuePair<string, object?>("service", service));

    public void ShadowDiffers(string agreement, string service, string difference, long count) =>
        shadow.Add(count, new("agreement", agreement), new("service", service), new("difference", difference));

    public void Unauthenticated(string listener) => unauthenticated.Add(1, new KeyValuePair<string, object?>("listener", listener));

    public void RepeatedMessageId(string counterparty, string service) => repeated.Add(1, new("counterparty", counterparty), new KeyValuePair<string, object?>("service", service));

    public void Dispose()
    {
        meter.Dispose();
        Source.Dispose();
    }
}

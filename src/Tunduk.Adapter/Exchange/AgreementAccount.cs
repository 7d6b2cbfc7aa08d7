using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.Adapter.Telemetry;
using Tunduk.Evidence.Log;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Exchange;

/// <summary>
/// What is seen of the agreements at work: removals and refusals by name, the use of each, counterparties that keep
/// going beyond, and what a shadow version would have done.
/// </summary>
internal sealed partial class AgreementAccount(AgreementMeter meter, AgreementUsage usage, ExcessWatch watch, AdapterMetrics metrics, TimeProvider clock, ILogger log)
{
    public AgreementUsage Usage => usage;

    public AgreementMeter Meter => meter;

    /// <summary>Notes what was removed from one message, and what it weighed.</summary>
    public void Filtered(ExchangeRun run, string side, FilteredBody body) => Filtered(run, side, body.Json.Length, body.Removed);

    /// <inheritdoc cref="Filtered(ExchangeRun, string, FilteredBody)"/>
    public void Filtered(ExchangeRun run, string side, long bytes, IReadOnlyList<RemovedField> removed)
    {
        meter.Weigh(run.Agreement!, run.Terms!, bytes, run.Arrived);
        if (removed.Count == 0)
        {
            return;
        }

        run.Flags |= EntryFlags.FieldsRemoved;
        var service = run.Service!.Value.Name;
        foreach (var field in removed)
        {
            metrics.Removed(run.Agreement!.Id, service, side, field.Path, field.Count);
            usage.Removed(run.Agreement.Id, service, field.Path, field.Count);
        }

        // What the counterparty gives: requests where we answer, responses where we ask. Our own surplus is our own affair.
        if (run.Direction == ExchangeDirection.Provider ? side == FieldList.Request : side == FieldList.Response)
        {
            foreach (var field in removed)
            {
                Excess(run, $"it {(side == FieldList.Request ? "asks with" : "sends")} {field.Path}", field.Count);
            }
        }
    }

    /// <summary>Notes how an exchange ended.</summary>
    public void Ended(ExchangeRun run, ExchangeError? error)
    {
        if (error is null)
        {
            if (run.Agreement is { } agreement)
            {
                usage.Used(agreement.Id, run.Arrived);
            }

            return;
        }

        if (error.Stage is not (ExchangeStage.Authorize or ExchangeStage.Filter))
        {
            return;
        }

        var id = run.Agreement?.Id ?? "";
        var service = run.Service?.Name ?? "";
        metrics.AgreementRefused(id, service, error.Path ?? "", error.Code);
        usage.Refused(id, service, error.Code, error.Path ?? "");
        if (run.Direction == ExchangeDirection.Provider)
        {
            Excess(run, $"it is refused as {error.Code}", 1);
        }
    }

    /// <summary>Counts what the shadow version does otherwise with a message.</summary>
    public void Shadow(ExchangeRun run, string side, ReadOnlyMemory<byte> json, FilteredBody? passed)
    {
        if (run.Shadow is not { } shadow)
        {
            return;
        }

        var inForce = side == FieldList.Request ? run.Terms!.RequestFields : run.Terms!.ResponseFields;
        var would = side == FieldList.Request ? shadow.RequestFields : shadow.ResponseFields;
        var differences = FieldDifference.Between(inForce, would, json.Span);
        if (passed is null || differences.Any(static difference => difference.Would == FieldAction.Refuse))
        {
            var refusal = differences.FirstOrDefault(static difference => difference.Would == FieldAction.Refuse);
            if (refusal is not null || (passed is null && differences.Any(static difference => difference.InForce == FieldAction.Refuse)))
            {
                Differs(run, refusal is null ? $"{side}: would pass" : $"{side}: would be refused for {refusal.Path}", 1);
            }

            return;
        }

        foreach (var difference in differences)
        {
            Differs(run, difference.ToString(), difference.Count);
        }
    }

    public void Differs(ExchangeRun run, string difference, long count)
    {
        var agreement = run.ShadowAgreement!.Id;
        var service = run.Service!.Value.Name;
        metrics.ShadowDiffers(agreement, service, difference, count);
        usage.ShadowDiffers(agreement, service, difference, count);
    }

    public IReadOnlyList<string> Alarms() => watch.Alarms(clock.GetUtcNow());

    private void Excess(ExchangeRun run, string what, long count)
    {
        var counterparty = run.Counterparty?.ToString() ?? "";
        var service = run.Service?.Name ?? "";
        if (watch.Note(counterparty, service, what, count, run.Arrived))
        {
            metrics.Excess(run.Agreement?.Id ?? "", service);
            LogExcess(counterparty, service, what);
        }
    }

    [LoggerMessage(1305, LogLevel.Warning, "{Counterparty} goes beyond the agreement on {Service} again and again: {What}")]
    private partial void LogExcess(string counterparty, string service, string what);
}

using Tunduk.Adapter.Agreements;
using Tunduk.Adapter.Filtering;
using Tunduk.Adapter.Telemetry;
using Tunduk.Evidence.Log;

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
        var service = run.ShownServiceName;
        foreach (var field in removed)
        {
            metrics.Removed(run.Agreement!.Id, service, side, field.Path, field.Count);
            usage.Removed(run.Agreement.Id, service, field.Path, field.Count);
        }

        // What the counterparty gives: requests where we answer, responses where we ask. Our own surplus is our own affair.
        if (run.Direction == ExchangeDirection.Provider ? side == FieldList.Request : side == FieldList.Response)
        {
            // Messages are counted, not elements: who keeps doing it is meant. Headers are the client's, not what is asked for.
            foreach (var path in removed.Select(field => field.Path).Where(path => path != RestPolicy.UnlistedHeaders).Distinct(StringComparer.Ordinal))
            {
                Excess(run, Phrases.Of("Exchange.It", side == FieldList.Request ? Phrases.Of("Exchange.Asks") : Phrases.Of("Exchange.Sends"), path), 1);
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
        var service = run.ShownServiceName;
        var path = error.HasSendersName ? RemovedField.Unlisted : error.Path ?? "";
        metrics.AgreementRefused(id, service, path, error.Code);
        usage.Refused(id, service, error.Code, path);
        if (run.Direction == ExchangeDirection.Provider)
        {
            Excess(run, Phrases.Of("Exchange.Refused", error.Code), 1);
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
        var role = run.Direction == ExchangeDirection.Provider ? AgreementRole.Provider : AgreementRole.Consumer;
        var differences = FieldDifference.Between(inForce, would, json.Span, RequiredFields.Of(shadow, role, side));
        if (differences.FirstOrDefault(static difference => difference.Would == FieldAction.Refuse || difference.Breaks) is { } refusal)
        {
            Differs(run, refusal.Breaks ? Phrases.Of("Exchange.WouldRefused", side, ExchangeCodes.RequiredFieldRemoved, refusal.Path) : Phrases.Of("Exchange.WouldBeRefusedFor", side, refusal.Path), 1);
            return;
        }

        if (passed is null)
        {
            if (differences.Any(static difference => difference.InForce == FieldAction.Refuse))
            {
                Differs(run, Phrases.Of("Exchange.WouldPass", side), 1);
            }

            return;
        }

        foreach (var difference in differences)
        {
            Differs(run, difference.ToString(), difference.Count);
        }
    }

    /// <summary>Counts what the shadow version does otherwise with a message of which both verdicts are there: REST, attachments.</summary>
    /// <param name="run">The exchange.</param>
    /// <param name="side"><c>request</c> or <c>response</c>.</param>
    /// <param name="passes">The version in force lets it through.</param>
    /// <param name="wouldPass">The shadow would.</param>
    /// <param name="refusal">The shadow's refusal.</param>
    /// <param name="differences">Piece by piece, where both let it through.</param>
    public void Shadow(ExchangeRun run, string side, bool passes, bool wouldPass, ExchangeError? refusal, Func<IEnumerable<FieldDifference>> differences)
    {
        if (passes != wouldPass)
        {
            Differs(run, wouldPass ? Phrases.Of("Exchange.WouldPass", side) : Phrases.Of("Exchange.WouldRefused", side, refusal?.Code, refusal?.Path), 1);
            return;
        }

        foreach (var difference in passes ? differences() : [])
        {
            Differs(run, difference.ToString(), difference.Count);
        }
    }

    public void Differs(ExchangeRun run, string difference, long count)
    {
        var agreement = run.ShadowAgreement!.Id;
        var service = run.ShownServiceName;
        metrics.ShadowDiffers(agreement, service, difference, count);
        usage.ShadowDiffers(agreement, service, difference, count);
    }

    public IReadOnlyList<string> Alarms() => watch.Alarms(clock.GetUtcNow());

    private void Excess(ExchangeRun run, string what, long count)
    {
        var counterparty = run.Counterparty?.ToString() ?? "";
        var service = run.ShownServiceName;
        if (watch.Note(counterparty, service, what, count, run.Arrived))
        {
            metrics.Excess(run.Agreement?.Id ?? "", service);
            LogExcess(counterparty, service, what);
        }
    }

    [LoggerMessage(1305, LogLevel.Warning, "{Counterparty} goes beyond the agreement on {Service} again and again: {What}")]
    private partial void LogExcess(string counterparty, string service, string what);
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tunduk.Adapter.Callers;
using Tunduk.Adapter.Exchange;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Telemetry;

/// <summary>
/// <c>GET /v1/operational-data?recordsFrom=SECONDS&amp;recordsTo=SECONDS</c> on <c>Listen:Admin</c>: operational records for
/// the operator (clauses 2.6, 3.2.14). They name who asked on which basis, so that each look is an entry of the archive.
/// </summary>
internal sealed class OperationalDataEndpoint(CallerDoor door, OperationalData data, IArchive archive, UnauthenticatedRefusals refusals, AdapterMetrics metrics, TimeProvider clock)
{
    private const int Most = 1_000;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public void Map(WebApplication application, Func<HttpContext, ExchangeError, Task> refuse) =>
        application.MapGet("/v1/operational-data", context => AnswerAsync(context, refuse));

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, ExchangeError, Task> refuse)
    {
        if (!door.Enter(context, ["tunduk-operator", "operations"]).TryGet(out var caller, out var error))
        {
            metrics.Unauthenticated("admin");
            refusals.Count("admin", context.Connection.RemoteIpAddress, error);
            await refuse(context, error);
            return;
        }

        if (Second(context, "recordsFrom", 0) is not { } from || Second(context, "recordsTo", long.MaxValue) is not { } to || from > to)
        {
            await refuse(context, new ExchangeError(ExchangeStage.Validate, ExchangeCodes.QueryInvalid) { Path = "recordsFrom", Expected = RefusalPhrases.Of("seconds_since_1970_recordsfrom_not_after"), Found = RefusalPhrases.Of("something_else") });
            return;
        }

        var look = new EntryDraft { Kind = EntryKind.ArchiveAccess, EventTime = clock.GetUtcNow(), Stage = "read", Code = EntryCodes.OperationalData, Facts = [SealedValue.Text("$reader", caller.Name)] };
        var result = await archive.AppendAsync(look, CancellationToken.None);
        if (!result.IsDurable)
        {
            await refuse(context, ExchangeJournal.NotLogged(result));
            return;
        }

        var (records, next) = data.Read(from, to, Most);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(new Answer(records.Count, next, records), Json, context.RequestAborted);
    }

    private static long? Second(HttpContext context, string name, long absent)
    {
        var values = context.Request.Query[name];
        return values.Count == 0 ? absent
            : values.Count == 1 && long.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var second) ? second
            : null;
    }

    private sealed record Answer(int RecordsCount, long? NextRecordsFrom, IReadOnlyList<OperationalRecord> Records);
}

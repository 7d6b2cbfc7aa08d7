using Tunduk.Adapter.Agreements;
using Tunduk.Archive;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Exchange;

/// <summary>Counts today's exchanges of limited agreements from the archive, so that a restart gives nobody new room.</summary>
internal static class MeterSeed
{
    public static async Task RunAsync(IArchive archive, IEnumerable<AgreementStatus> documents, AgreementMeter meter, TimeSpan offset, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.ToOffset(offset).DateTime);
        foreach (var agreement in documents.Select(document => document.Agreement).OfType<Agreement>().Where(Counted))
        {
            var query = new SearchQuery
            {
                Counterparty = agreement.Counterparty.ToString(),
                Agreement = agreement.Id,
                Kinds = [EntryKind.Request, EntryKind.Response],
                From = new DateTimeOffset(today, TimeOnly.MinValue, offset),
                PageSize = 1_000,
            };
            do
            {
                var page = await archive.SearchAsync(query, CancellationToken.None);
                foreach (var entry in page.Entries)
                {
                    if (agreement.Services.FirstOrDefault(service => service.Service.ToString() == entry.Entry.Service) is { } service)
                    {
                        meter.Seed(agreement, service, entry.Entry.Kind == EntryKind.Request ? 1 : 0, entry.Entry.FilteredSize ?? 0, today);
                    }
                }

                query = query with { After = page.Next };
            }
            while (query.After is not null);
        }
    }

    private static bool Counted(Agreement agreement) =>
        Daily(agreement.Limits) || agreement.Services.Any(service => Daily(service.Limits));

    private static bool Daily(AgreementLimits limits) => limits.PerDay is not null || limits.BytesPerDay is not null;
}

using System.Collections.Concurrent;
using Tunduk.Adapter.Filtering;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Counts exchanges and bytes against the agreed rates. Safe for concurrent use; memory is one small counter for each
/// limited agreement and service.
/// </summary>
/// <remarks>
/// LIMIT: each adapter counts for itself. What was exchanged today before a restart is counted again from the archive
/// (<see cref="Seed"/>); several adapters before one archive share the day's count only at their starts.
/// </remarks>
internal sealed class AgreementMeter(TimeSpan offset)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Agreement, ServiceId Service), AgreementCounter> counters = new();

    /// <summary>Takes one exchange, or says which limit it would pass. A refused exchange counts nowhere.</summary>
    public PolicyRefusal? Enter(Agreement agreement, AgreementService service, DateTimeOffset now)
    {
        AgreementCounter? whole = Counter(agreement, default, agreement.Limits);
        AgreementCounter? part = Counter(agreement, service.Service, service.Limits);
        if (whole is null && part is null)
        {
            return null;
        }

        DateOnly day = DateOnly.FromDateTime(now.ToOffset(offset).DateTime);
        long second = now.ToUnixTimeSeconds();
        if (whole?.Passed(agreement.Limits, day, second) is { } limit)
        {
            return Refuse(limit);
        }

        if (part?.Passed(service.Limits, day, second) is { } own)
        {
            return Refuse(own);
        }

        // Two exchanges at the same moment may both have looked before either counts: the second look is the one that holds.
        if (whole is not null && !whole.TryCount(agreement.Limits, day, second))
        {
            return Refuse("perMinute");
        }

        return part is not null && !part.TryCount(service.Limits, day, second) ? Refuse("perMinute") : null;

        PolicyRefusal Refuse(string name) => new(
            "agreement_rate_exceeded",
            "limits." + name,
            Expected(agreement.Limits, service.Limits, name),
            "more",
            Phrases.Of("Agreements.WaitUntilMinuteDay"))
        {
            RetryAfter = name == "perMinute" ? Minute : TimeSpan.FromDays(1) - now.ToOffset(offset).TimeOfDay,
        };
    }

    /// <summary>Counts what a message weighed.</summary>
    public void Weigh(Agreement agreement, AgreementService service, long bytes, DateTimeOffset now)
    {
        DateOnly day = DateOnly.FromDateTime(now.ToOffset(offset).DateTime);
        Counter(agreement, default, agreement.Limits)?.Add(day, 0, bytes);
        Counter(agreement, service.Service, service.Limits)?.Add(day, 0, bytes);
    }

    /// <summary>Counts what the archive says was exchanged earlier today.</summary>
    public void Seed(Agreement agreement, AgreementService service, int exchanges, long bytes, DateOnly day)
    {
        Counter(agreement, default, agreement.Limits)?.Add(day, exchanges, bytes);
        Counter(agreement, service.Service, service.Limits)?.Add(day, exchanges, bytes);
    }

    private static string Expected(AgreementLimits whole, AgreementLimits part, string name) => name switch
    {
        "perMinute" => Phrases.Of("Agreements.MostExchangesMinute", AgreementLimits.Lower(whole.PerMinute, part.PerMinute)),
        "perDay" => Phrases.Of("Agreements.MostExchangesDay", AgreementLimits.Lower(whole.PerDay, part.PerDay)),
        _ => Phrases.Of("Agreements.MostBytesDay", Math.Min(whole.BytesPerDay ?? long.MaxValue, part.BytesPerDay ?? long.MaxValue)),
    };

    private AgreementCounter? Counter(Agreement agreement, ServiceId service, AgreementLimits limits) =>
        limits.Counts ? counters.GetOrAdd((agreement.Id, service), static _ => new AgreementCounter()) : null;
}

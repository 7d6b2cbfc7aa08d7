namespace Tunduk.Adapter.Agreements;

/// <summary>Days of the week and hours in which exchange is agreed, in the configured offset.</summary>
/// <param name="Days">The days; a window that passes midnight belongs to the day it begins on.</param>
/// <param name="From">Beginning, inclusive.</param>
/// <param name="Until">End, exclusive; equal to <paramref name="From"/> means the whole day; earlier means the next day.</param>
internal sealed record AgreementHours(IReadOnlySet<DayOfWeek> Days, TimeOnly From, TimeOnly Until)
{
    public bool Contains(DateTimeOffset local)
    {
        TimeOnly time = TimeOnly.FromDateTime(local.DateTime);
        if (From == Until)
        {
            return Days.Contains(local.DayOfWeek);
        }

        if (From < Until)
        {
            return Days.Contains(local.DayOfWeek) && time >= From && time < Until;
        }

        return (Days.Contains(local.DayOfWeek) && time >= From)
            || (Days.Contains((DayOfWeek)(((int)local.DayOfWeek + 6) % 7)) && time < Until);
    }

    public override string ToString() =>
        $"{string.Join(", ", Days.OrderBy(static d => ((int)d + 6) % 7).Select(static d => d.ToString()[..3].ToLowerInvariant()))} {(From == Until ? Phrases.Of("Agreements.AllDay") : $"{From:HH\\:mm}-{(Until == TimeOnly.MinValue ? "24:00" : Until.ToString("HH\\:mm", System.Globalization.CultureInfo.InvariantCulture))}")}";
}

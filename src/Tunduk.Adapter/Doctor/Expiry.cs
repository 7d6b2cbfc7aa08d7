namespace Tunduk.Adapter.Doctor;

/// <summary>What ends on a day: warned of 30, 14, 7 and 1 days ahead.</summary>
internal static class Expiry
{
    private static readonly int[] Horizons = [1, 7, 14, 30];

    /// <summary>The finding for a period; <see cref="DateTime.MaxValue"/> has no end.</summary>
    public static DoctorFinding Judge(string subject, DateTime from, DateTime until, DateTimeOffset now)
    {
        var left = until == DateTime.MaxValue ? (double?)null : (until.ToUniversalTime() - now.UtcDateTime).TotalDays;
        return Find(subject, from, until, left, now) with { DaysLeft = left };
    }

    private static DoctorFinding Find(string subject, DateTime from, DateTime until, double? left, DateTimeOffset now)
    {
        if (now.UtcDateTime < from.ToUniversalTime())
        {
            return DoctorFinding.Warning(subject, $"it is valid from {from:yyyy-MM-dd} only", "Wait, or correct the date");
        }

        if (left < 0)
        {
            return DoctorFinding.Broken(subject, $"it expired on {until:yyyy-MM-dd}", "Renew it");
        }

        return Horizons.FirstOrDefault(days => left < days) is > 0 and var horizon
            ? DoctorFinding.Warning(subject, $"it expires within {horizon} day{(horizon == 1 ? "" : "s")}, on {until:yyyy-MM-dd}", "Renew it now")
            : DoctorFinding.Ok(subject, left is null ? "it has no end" : $"valid until {until:yyyy-MM-dd}");
    }
}

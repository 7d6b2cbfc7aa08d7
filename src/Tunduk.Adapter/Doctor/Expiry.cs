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
            return DoctorFinding.Warning(subject, Phrases.Of("Doctor.ValidFromOnly", from), Phrases.Of("Doctor.WaitCorrectDate"));
        }

        if (left < 0)
        {
            return DoctorFinding.Broken(subject, Phrases.Of("Doctor.Expired", until), Phrases.Of("Doctor.Renew"));
        }

        return Horizons.FirstOrDefault(days => left < days) is > 0 and var horizon
            ? DoctorFinding.Warning(subject, horizon == 1 ? Phrases.Of("Doctor.ExpiresWithinDay", until) : Phrases.Of("Doctor.ExpiresWithinDays", horizon, until), Phrases.Of("Doctor.RenewNow"))
            : DoctorFinding.Ok(subject, left is null ? Phrases.Of("Doctor.NoEnd") : Phrases.Of("Doctor.ValidUntil", until));
    }
}

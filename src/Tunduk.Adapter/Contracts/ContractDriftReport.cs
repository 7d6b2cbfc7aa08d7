using Tunduk.XRoad.Contracts;

namespace Tunduk.Adapter.Contracts;

/// <summary>What a comparison of the contracts in use with those served now found.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Checked">Names of the services compared.</param>
/// <param name="Differences">What differs.</param>
/// <param name="Unread">Services whose contract could not be had or read, with why: a check that could not be made.</param>
internal sealed record ContractDriftReport(DateTimeOffset At, IReadOnlyList<string> Checked, IReadOnlyList<ContractDriftEntry> Differences, IReadOnlyList<UnreadContract> Unread)
{
    private const int MostShown = 3;

    /// <summary>True when everything was compared and nothing differs.</summary>
    public bool IsClean => Differences.Count == 0 && Unread.Count == 0;

    /// <summary>One line a service, for <c>/health/ready</c>: how much differs, the gravest first.</summary>
    public IEnumerable<string> Alarms()
    {
        foreach (var service in Differences.GroupBy(entry => entry.Alias, StringComparer.Ordinal))
        {
            var gravest = service.OrderByDescending(entry => entry.Change.Effect).Take(MostShown).Select(entry => $"{entry.Change.Side} {entry.Change.Path} {entry.Change.What} ({entry.Consequence})".Trim());
            var count = service.Count();
            yield return Phrases.Of("Contracts.ContractDifferencesFromWhat", service.Key, count, service.Count(entry => entry.Change.Effect == ContractEffect.Breaking), string.Join("; ", gravest), count > MostShown ? Phrases.Of("Contracts.More") : "");
        }

        foreach (var (name, why) in Unread)
        {
            yield return Phrases.Of("Contracts.ContractCouldNotCompared", name, why);
        }
    }
}

using Tunduk.Adapter.Agreements;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Retention;

/// <summary>
/// Which rule an entry goes by. The archiving list names it, and no term that its agreement asks for may be shorter. What the list does not name
/// goes by its agreement alone, if somebody confirmed the term there by name and basis; else it stays for ever.
/// </summary>
internal sealed class PurgeRules(ArchivingList list, AgreementTerms agreements)
{
    private readonly Dictionary<(string?, int?, string?), PurgeRule?> known = [];

    public PurgeRule? For(LogEntry entry)
    {
        (string?, int?, string?) key = (entry.Agreement, entry.AgreementVersion, entry.Service);
        if (!known.TryGetValue(key, out PurgeRule? rule))
        {
            rule = Make(entry);
            known.Add(key, rule);
        }

        return rule;
    }

    /// <summary>No entry from this moment on has a term that is over.</summary>
    public DateTimeOffset NewestDue(DateTimeOffset now)
    {
        List<RetentionTerm> terms = [.. list.Rules.Select(static rule => rule.Retain), .. agreements.All];
        return terms.Count == 0 ? DateTimeOffset.UnixEpoch : terms.Max(term => now.AddYears(-term.Years).AddMonths(-term.Months).AddDays(2 - term.Days));
    }

    private PurgeRule? Make(LogEntry entry)
    {
        IReadOnlyList<AgreementArchive> asked = agreements.For(entry);
        List<RetentionTerm> terms = [.. asked.Select(static archive => archive.Retain!.Value)];
        if (list.For(entry) is { } rule)
        {
            return new PurgeRule(rule.Name, rule.Agreement, rule.Service, list.ConfirmedBy, list.Basis, [rule.Retain, .. terms]);
        }

        return asked.Count > 0 && asked.All(static archive => !string.IsNullOrWhiteSpace(archive.ConfirmedBy) && !string.IsNullOrWhiteSpace(archive.Basis))
            ? new PurgeRule("agreement " + entry.Agreement, entry.Agreement, null, asked[0].ConfirmedBy!, asked[0].Basis!, terms)
            : null;
    }
}

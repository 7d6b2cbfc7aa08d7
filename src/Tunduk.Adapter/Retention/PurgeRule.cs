using Tunduk.Adapter.Agreements;
using Tunduk.Evidence.Log;

namespace Tunduk.Adapter.Retention;

/// <summary>By what an entry is kept and forgotten: the rule of the archiving list, the term of its agreement, or both. Both must be over.</summary>
/// <param name="Name">Names it in the entry of a retention run.</param>
/// <param name="Agreement">Number of the agreement, where it is for one.</param>
/// <param name="Service">The service, where it is for one.</param>
/// <param name="ConfirmedBy">Who confirmed the term.</param>
/// <param name="Basis">On what ground.</param>
/// <param name="Terms">All must be over.</param>
internal sealed record PurgeRule(string Name, string? Agreement, string? Service, string ConfirmedBy, string Basis, IReadOnlyList<RetentionTerm> Terms)
{
    /// <summary>Days of terms are those of Bishkek.</summary>
    private static readonly TimeSpan Offset = TimeSpan.FromHours(6);

    public string Text => string.Join(" and ", Terms.Distinct());

    public bool IsOver(LogEntry entry, DateTimeOffset now)
    {
        DateOnly begun = DateOnly.FromDateTime(entry.Time.ToOffset(Offset).Date);
        DateOnly today = DateOnly.FromDateTime(now.ToOffset(Offset).Date);
        return Terms.All(term => term.AddTo(begun) <= today);
    }
}

using System.Collections.Concurrent;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// What happened under each agreement since this adapter started: the last use, and removals, refusals and differences
/// of a shadow version by name. Names of the contract, the agreement and the closed list of codes only, so that it
/// neither grows with traffic nor holds a value.
/// </summary>
internal sealed class AgreementUsage
{
    /// <summary>More names are not told apart for one agreement.</summary>
    private const int MostNames = 10_000;

    private readonly ConcurrentDictionary<string, Book> books = new(StringComparer.Ordinal);

    public void Used(string agreement, DateTimeOffset at)
    {
        Book book = Of(agreement);
        Interlocked.Increment(ref book.Exchanges);
        Latest(ref book.LastUse, at.UtcTicks);
    }

    public void Removed(string agreement, string service, string path, long count) => Of(agreement).Add((service, UsageKind.Removed, path), count);

    public void Refused(string agreement, string service, string code, string path) => Of(agreement).Add((service, UsageKind.Refused, path.Length == 0 ? code : $"{code} {path}"), 1);

    public void ShadowDiffers(string agreement, string service, string difference, long count) => Of(agreement).Add((service, UsageKind.Shadow, difference), count);

    /// <summary>When an exchange under the agreement last went through since the start; null: none has.</summary>
    public DateTimeOffset? LastUse(string agreement) =>
        books.TryGetValue(agreement, out Book? book) && Volatile.Read(ref book.LastUse) is var ticks and > 0 ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public long Exchanges(string agreement) => books.TryGetValue(agreement, out Book? book) ? Volatile.Read(ref book.Exchanges) : 0;

    /// <summary>The counts of one kind, largest first.</summary>
    public IReadOnlyList<UsageCount> Counts(string agreement, UsageKind kind) => books.TryGetValue(agreement, out Book? book)
        ? [.. book.Counts.Where(p => p.Key.Kind == kind)
            .Select(static p => new UsageCount(p.Key.Service, p.Key.Name, p.Value))
            .OrderByDescending(static c => c.Count).ThenBy(static c => c.Service, StringComparer.Ordinal).ThenBy(static c => c.Name, StringComparer.Ordinal)]
        : [];

    private static void Latest(ref long place, long ticks)
    {
        long seen = Volatile.Read(ref place);
        while (ticks > seen)
        {
            long before = Interlocked.CompareExchange(ref place, ticks, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    private Book Of(string agreement) => books.GetOrAdd(agreement, static _ => new Book());

    private sealed class Book
    {
        public long Exchanges;
        public long LastUse;

        public ConcurrentDictionary<(string Service, UsageKind Kind, string Name), long> Counts { get; } = new();

        public void Add((string Service, UsageKind Kind, string Name) key, long count)
        {
            if (Counts.Count >= MostNames && !Counts.ContainsKey(key))
            {
                key = (key.Service, key.Kind, "(other names)");
            }

            Counts.AddOrUpdate(key, static (_, n) => n, static (_, before, n) => before + n, count);
        }
    }
}

using System.Collections.Concurrent;

namespace Tunduk.Adapter.Agreements;

/// <summary>
/// Notices a counterparty that keeps sending or asking for more than agreed: the same name, again and again within an
/// hour. Counts in two half hours, so that an alarm ends by itself when the excess does.
/// </summary>
/// <param name="threshold">How often within an hour raises the alarm.</param>
internal sealed class ExcessWatch(int threshold)
{
    /// <summary>Counterparties can choose what they ask for: more kinds of excess are counted as one.</summary>
    private const int MostKinds = 10_000;

    private readonly ConcurrentDictionary<(string Counterparty, string Service, string What), Spell> spells = new();

    /// <summary>Counts one excess; true when it is the one that raises the alarm.</summary>
    public bool Note(string counterparty, string service, string what, long count, DateTimeOffset now)
    {
        (string, string, string) key = (counterparty, service, what);
        if (spells.Count >= MostKinds && !spells.ContainsKey(key))
        {
            Forget(now);
            key = spells.Count >= MostKinds ? ("(any)", "(any)", "(any)") : key;
        }

        Spell spell = spells.GetOrAdd(key, static _ => new Spell());
        lock (spell)
        {
            spell.Turn(HalfHour(now));
            bool before = spell.Sum >= threshold;
            spell.Now += count;
            return !before && spell.Sum >= threshold;
        }
    }

    /// <summary>The alarms that stand now, in words.</summary>
    public IReadOnlyList<string> Alarms(DateTimeOffset now)
    {
        List<string> alarms = [];
        foreach (((string counterparty, string service, string what), Spell spell) in spells)
        {
            lock (spell)
            {
                spell.Turn(HalfHour(now));
                if (spell.Sum >= threshold)
                {
                    alarms.Add(Phrases.Of("Agreements.GoesBeyondAgreementAgain", counterparty, service, what, spell.Sum));
                }
            }
        }

        alarms.Sort(StringComparer.Ordinal);
        return alarms;
    }

    private static long HalfHour(DateTimeOffset now) => now.ToUnixTimeSeconds() / 1800;

    private void Forget(DateTimeOffset now)
    {
        foreach (((string, string, string) key, Spell spell) in spells)
        {
            lock (spell)
            {
                spell.Turn(HalfHour(now));
                if (spell.Sum == 0)
                {
                    spells.TryRemove(key, out _);
                }
            }
        }
    }

    private sealed class Spell
    {
        private long half;
        private long before;

        public long Now { get; set; }

        public long Sum => before + Now;

        public void Turn(long to)
        {
            if (to <= half)
            {
                return;
            }

            before = to == half + 1 ? Now : 0;
            Now = 0;
            half = to;
        }
    }
}

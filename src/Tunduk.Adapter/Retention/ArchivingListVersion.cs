using Tunduk.Adapter.Grants;

namespace Tunduk.Adapter.Retention;

/// <summary>Version of the owner's archiving list as every entry names it; looked for again at most every few seconds.</summary>
internal sealed class ArchivingListVersion(OwnerDocuments documents, TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private State? state;

    private sealed record State(string? Version, long ReadAt);

    /// <summary>The version in force; null where no list counts.</summary>
    public string? Current()
    {
        var known = Volatile.Read(ref state);
        if (known is not null && clock.GetElapsedTime(known.ReadAt) < Life)
        {
            return known.Version;
        }

        lock (gate)
        {
            // Exchanges that waited find what the first one read.
            if (!ReferenceEquals(state, known))
            {
                return state!.Version;
            }

            var read = new State(documents.ReadArchivingList(out _)?.Version, clock.GetTimestamp());
            Volatile.Write(ref state, read);
            return read.Version;
        }
    }
}

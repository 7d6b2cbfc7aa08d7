using Tunduk.Adapter.Grants;

namespace Tunduk.Adapter.Retention;

/// <summary>The owner's archiving list as exchanges go by it: its version stands in every entry, its rules say what is kept. Looked for again at most every few seconds.</summary>
internal sealed class CurrentArchivingList(OwnerDocuments documents, TimeProvider clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private State? state;

    private sealed record State(ArchivingList? List, long ReadAt);

    /// <summary>The list in force; null where none counts.</summary>
    public ArchivingList? Read()
    {
        var known = Volatile.Read(ref state);
        if (known is not null && clock.GetElapsedTime(known.ReadAt) < Life)
        {
            return known.List;
        }

        lock (gate)
        {
            // Exchanges that waited find what the first one read.
            if (!ReferenceEquals(state, known))
            {
                return state!.List;
            }

            var read = new State(documents.ReadArchivingList(out _), clock.GetTimestamp());
            Volatile.Write(ref state, read);
            return read.List;
        }
    }
}

using Tunduk.Evidence.Log;

namespace Tunduk.Evidence.Bundles;

/// <summary>Checkpoints of a log and those that were given from elsewhere as one sequence by size, each once; of the log's own only one is in memory.</summary>
internal sealed class NotesBySize : IDisposable
{
    private readonly IEnumerator<SignedCheckpoint> own;
    private readonly List<SignedCheckpoint> given;
    private SignedCheckpoint? nextOwn;

    /// <summary>Begins at the smallest.</summary>
    /// <param name="own">In the order of their sizes.</param>
    /// <param name="given">In any order.</param>
    public NotesBySize(IEnumerable<SignedCheckpoint> own, IEnumerable<SignedCheckpoint> given)
    {
        this.own = own.GetEnumerator();
        this.given = [.. given.DistinctBy(static note => note.Note).OrderByDescending(static note => note.Size)];
        nextOwn = this.own.MoveNext() ? this.own.Current : null;
        Choose();
    }

    /// <summary>Null at the end.</summary>
    public SignedCheckpoint? Next { get; private set; }

    public void MoveOn()
    {
        if (ReferenceEquals(Next, nextOwn))
        {
            string before = nextOwn!.Note;
            given.RemoveAll(note => note.Note == before);
            nextOwn = own.MoveNext() ? own.Current : null;
        }
        else
        {
            given.RemoveAt(given.Count - 1);
        }

        Choose();
    }

    public void Dispose() => own.Dispose();

    private void Choose() => Next = given.Count > 0 && (nextOwn is null || given[^1].Size < nextOwn.Size) ? given[^1] : nextOwn;
}

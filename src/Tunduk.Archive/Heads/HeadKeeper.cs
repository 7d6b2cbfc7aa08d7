using Tunduk.Archive.Writing;

namespace Tunduk.Archive.Heads;

/// <summary>The head as this process last stored it. Safe for concurrent use: writer and publisher both replace it.</summary>
internal sealed class HeadKeeper(IHeadStore store) : IDisposable
{
    private readonly Lock gate = new();

    /// <summary>Null before anything was stored.</summary>
    public HeadState? Current { get; private set; }

    public void Open()
    {
        lock (gate)
        {
            Current = store.Open();
        }
    }

    /// <summary>The erasure journal beside the head, which vouches for it from now on.</summary>
    public Func<JournalMark>? Journal { get; set; }

    public void Replace(HeadState next)
    {
        lock (gate)
        {
            next = next with { Erasures = Journal?.Invoke() ?? Current?.Erasures };
            store.Replace(Current, next);
            Current = next;
        }
    }

    public void Dispose() => store.Dispose();
}

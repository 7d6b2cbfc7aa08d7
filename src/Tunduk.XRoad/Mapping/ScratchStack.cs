namespace Tunduk.XRoad.Mapping;

/// <summary>Working memory that grows with nesting and is used again: no allocation for each object.</summary>
internal sealed class ScratchStack<T>
    where T : struct
{
    private T[] items = new T[64];

    public int Count { get; private set; }

    public ref T this[int index] => ref items[index];

    /// <summary>Takes cleared items; returns the index of the first.</summary>
    public int Take(int count)
    {
        var first = Count;
        Reserve(count);
        Array.Clear(items, first, count);
        Count += count;
        return first;
    }

    public void Push(T item)
    {
        Reserve(1);
        items[Count++] = item;
    }

    public ReadOnlySpan<T> From(int first) => items.AsSpan(first, Count - first);

    /// <summary>Gives back everything from an index on.</summary>
    public void Return(int first) => Count = first;

    private void Reserve(int more)
    {
        if (Count + more > items.Length)
        {
            Array.Resize(ref items, Math.Max(items.Length * 2, Count + more));
        }
    }
}

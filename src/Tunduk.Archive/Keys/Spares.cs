namespace Tunduk.Archive.Keys;

/// <summary>
/// Ciphers and hashes under one key, kept ready: to set one up costs more than to use it, and none may be used by two threads at once. As many
/// as there are processors are kept, whatever the number of threads that come and go.
/// </summary>
internal sealed class Spares<T>(Func<T> make) : IDisposable
    where T : class, IDisposable
{
    private readonly T?[] kept = new T?[Environment.ProcessorCount];
    private volatile bool disposed;

    /// <summary>One that nobody else has.</summary>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public T Take()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        for (int i = 0; i < kept.Length; i++)
        {
            if (kept[i] is not null && Interlocked.Exchange(ref kept[i], null) is { } spare)
            {
                return spare;
            }
        }

        T made = make();
        if (disposed)
        {
            made.Dispose(); // the key may have been wiped before it was read
        }

        ObjectDisposedException.ThrowIf(disposed, this);
        return made;
    }

    /// <summary>Gives it back for the next one. After a failure that leaves it half fed it is not given back.</summary>
    public void Return(T spare)
    {
        for (int i = 0; i < kept.Length && !disposed; i++)
        {
            if (kept[i] is null && Interlocked.CompareExchange(ref kept[i], spare, null) is null)
            {
                if (disposed)
                {
                    Clear();
                }

                return;
            }
        }

        spare.Dispose();
    }

    /// <summary>Before the key is wiped: whoever comes later gets nothing.</summary>
    public void Dispose()
    {
        disposed = true;
        Clear();
    }

    private void Clear()
    {
        for (int i = 0; i < kept.Length; i++)
        {
            Interlocked.Exchange(ref kept[i], null)?.Dispose();
        }
    }
}

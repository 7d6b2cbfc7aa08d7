namespace Tunduk.Archive.Stores;

/// <summary>
/// After any failure nothing more is written through a store: what is there is found out by opening a fresh one.
/// </summary>
internal sealed class WriteGuard
{
    public bool IsBroken { get; private set; }

    public void Run(Action write)
    {
        try
        {
            write();
        }
        catch
        {
            IsBroken = true;
            throw;
        }
    }

    public ValueTask RunAsync(Action write)
    {
        Run(write);
        return ValueTask.CompletedTask;
    }
}

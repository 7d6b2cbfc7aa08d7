namespace Tunduk.Archive;

/// <summary>
/// The turn to place a hold, or to look at the holds and then erase: one at a time among everybody who writes to the database, so that a hold that was placed
/// is seen by every erasure begun after it. Given back when disposed, and by the end of the process.
/// </summary>
public sealed class RetentionTurn : IAsyncDisposable
{
    private Action? giveBack;

    internal RetentionTurn(Action giveBack) => this.giveBack = giveBack;

    internal RetentionTurn(ArchiveFault fault) => Fault = fault;

    /// <summary>Why the turn was not had; then nothing may be placed or erased. Null: it is had.</summary>
    public ArchiveFault? Fault { get; }

    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref giveBack, null)?.Invoke();
        return ValueTask.CompletedTask;
    }
}

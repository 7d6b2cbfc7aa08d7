namespace Tunduk.Archive;

/// <summary>
/// Lets an erasure of many records run beside traffic: after each piece it waits so much longer than the piece took that the traffic keeps nine
/// tenths of the machine; where nobody appended meanwhile it does not wait.
/// </summary>
public sealed class ErasurePace(IArchive archive, TimeProvider time)
{
    /// <summary>Pause for each second of work.</summary>
    private const int PausePerWork = 15;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private long size = archive.Status.Size;
    private long begun = time.GetTimestamp();

    /// <summary>A piece begins.</summary>
    public void Begin()
    {
        size = archive.Status.Size;
        begun = time.GetTimestamp();
    }

    /// <summary>A piece has ended; returns when the next one may begin.</summary>
    /// <param name="entries">Entries that the piece itself appended.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task EndAsync(int entries, CancellationToken cancellationToken)
    {
        if (archive.Status.Size - size <= entries)
        {
            return Task.CompletedTask;
        }

        TimeSpan pause = time.GetElapsedTime(begun) * PausePerWork;
        return Task.Delay(pause < Longest ? pause : Longest, time, cancellationToken);
    }
}

namespace Tunduk.Archive;

/// <summary>
/// Lets an erasure of many records run beside traffic: after each piece it waits so much longer than the piece took that the traffic keeps more than
/// nine tenths of the archive's time. How much longer goes by how busy the traffic keeps the archive: idle time is used, and where nobody appends it does
/// not wait.
/// </summary>
public sealed class ErasurePace(IArchive archive, TimeProvider time)
{
    /// <summary>Pause for each second of work beside full traffic.</summary>
    private const int PausePerWork = 15;

    // Who appends has work of its own too: an archive that is busy this part of the time is beside full traffic.
    private const double Full = 0.5;

    // Somebody appends, and how much of the time that takes is not told yet.
    private const double Least = 0.1;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private long size = archive.Status.Size;
    private long begun = time.GetTimestamp();
    private long judgedAt = time.GetTimestamp();
    private TimeSpan judged = archive.Status.Busy;

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
        ArchiveStatus status = archive.Status;
        TimeSpan work = time.GetElapsedTime(begun);

        // Of the time since it was last judged: the part in which the archive was not busy with this piece.
        TimeSpan passed = time.GetElapsedTime(judgedAt) - work;
        double load = passed <= TimeSpan.Zero ? 1 : Math.Clamp((status.Busy - judged) / passed / Full, Least, 1);
        (judgedAt, judged) = (time.GetTimestamp(), status.Busy);
        if (status.Size - size <= entries)
        {
            return Task.CompletedTask;
        }

        TimeSpan pause = work * (PausePerWork * load);
        return Task.Delay(pause < Longest ? pause : Longest, time, cancellationToken);
    }
}

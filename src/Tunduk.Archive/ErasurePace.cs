namespace Tunduk.Archive;

/// <summary>
/// Lets an erasure of many records run beside traffic: after each piece it waits so much longer than the piece worked that the traffic keeps more than
/// nine tenths of the archive's time. While the piece waited for appends before it, it took nothing from anybody. How much longer goes by how busy
/// the traffic keeps the archive: idle time is used, and where nobody appends it does not wait.
/// </summary>
public sealed class ErasurePace(IArchive archive, TimeProvider time)
{
    /// <summary>Records of a piece: as many as one entry can name, whatever their numbers.</summary>
    public const int Records = 150;

    // Pause for each second of work beside full traffic: a sixteenth of the time is the erasure's. With an eleventh, traffic bound by the processor
    // and not by the disk lost 10 %: reading and preparing a piece takes from it as well.
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
    private TimeSpan waited = archive.Status.ErasuresWaited;

    /// <summary>A piece begins.</summary>
    public void Begin()
    {
        ArchiveStatus status = archive.Status;
        (size, waited) = (status.Size, status.ErasuresWaited);
        begun = time.GetTimestamp();
    }

    /// <summary>A piece has ended; returns when the next one may begin.</summary>
    /// <param name="entries">Entries that the piece itself appended.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task EndAsync(int entries, CancellationToken cancellationToken)
    {
        ArchiveStatus status = archive.Status;
        TimeSpan work = Work(time.GetElapsedTime(begun), status.ErasuresWaited - waited);

        // Of the time since it was last judged: the part in which the archive was not busy with this piece.
        TimeSpan passed = time.GetElapsedTime(judgedAt) - work;
        double load = passed <= TimeSpan.Zero ? 1 : Math.Clamp((status.Busy - judged) / passed / Full, Least, 1);
        (judgedAt, judged) = (time.GetTimestamp(), status.Busy);
        if (status.Size - size <= entries)
        {
            return Task.CompletedTask;
        }

        return Task.Delay(Pause(work, load), time, cancellationToken);
    }

    /// <summary>What of a piece's time was its own; never less than nothing, however two clocks were read.</summary>
    internal static TimeSpan Work(TimeSpan elapsed, TimeSpan waited) => elapsed > waited ? elapsed - waited : TimeSpan.Zero;

    /// <summary>The pause after so much work.</summary>
    internal static TimeSpan Pause(TimeSpan work, double load) => work * (PausePerWork * load) is var pause && pause < Longest ? pause : Longest;
}

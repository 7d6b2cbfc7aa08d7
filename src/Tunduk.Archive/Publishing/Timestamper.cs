using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>
/// Has checkpoints stamped and makes each time-stamp an entry: token, revocation data and chains lie in its sealed part, so that every
/// later checkpoint, and the time-stamp over that, renews them.
/// </summary>
internal sealed class Timestamper(ICheckpointTimestamper authority, TimeSpan interval, TimeProvider time, Func<EntryDraft, Task<AppendResult>> append)
{
    private long intervalTicks = interval.Ticks;
    private long stampedAt;
    private long stampedSize;
    private volatile AnchorStatus? status;

    public string Name => authority.Name;

    public bool IsOn => authority.IsOn;

    /// <summary>Time from one time-stamp to the next.</summary>
    public TimeSpan Interval
    {
        get => new(Interlocked.Read(ref intervalTicks));
        set => Interlocked.Exchange(ref intervalTicks, value.Ticks);
    }

    /// <summary>The checkpoint that was stamped last.</summary>
    public string? LastNote { get; private set; }

    /// <summary>How far the adapter's clock stood from the authority's at the last time-stamp; null before the first.</summary>
    public TimeSpan? Offset { get; private set; }

    /// <summary>The newest time-stamp as an anchor.</summary>
    public AnchorStatus Status => status ?? new AnchorStatus(authority.Name, true, 0, null, 0, 0, null);

    /// <summary>Whether a checkpoint is to be stamped: at the first, and then every interval if entries arrived that are not evidence themselves.</summary>
    public bool IsDue(SignedCheckpoint checkpoint) =>
        stampedAt == 0 || (checkpoint.Size > stampedSize + 1 && time.GetElapsedTime(stampedAt) >= Interval);

    /// <summary>Stamps a published checkpoint and appends the entry.</summary>
    /// <exception cref="IOException">No valid answer.</exception>
    public async Task StampAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(checkpoint.Note));
        DateTimeOffset asked = time.GetUtcNow();
        CheckpointTimestamp stamp = await authority.StampAsync(hash, cancellationToken).ConfigureAwait(false);
        DateTimeOffset answered = time.GetUtcNow();

        // The authority's time lies between question and answer where the clocks agree.
        Offset = stamp.Time < asked ? stamp.Time - asked : stamp.Time > answered ? stamp.Time - answered : TimeSpan.Zero;
        AppendResult entry = await append(new EntryDraft
        {
            Kind = EntryKind.CheckpointEvidence,
            Stage = "Archive",
            Code = EntryCodes.TimeStamp,
            EventTime = stamp.Time,
            Subject = string.Create(CultureInfo.InvariantCulture, $"authority {Clean(authority.Name)}\ntime {stamp.Time.ToUnixTimeSeconds()}\nsize {checkpoint.Size}\n{checkpoint.Note}"),
            Parts = [new PayloadPart(CheckpointEvidence.TokenPart, "application/timestamp-token", stamp.Token), .. stamp.Evidence],
        }).ConfigureAwait(false);
        if (!entry.IsDurable)
        {
            throw new IOException(Phrases.Of("Publishing.TimeStampCouldNot", entry.Fault?.Name));
        }

        LastNote = checkpoint.Note;
        status = new AnchorStatus(authority.Name, true, checkpoint.Size, stamp.Time, 0, 0, null);
        stampedAt = time.GetTimestamp();
        stampedSize = Math.Max(checkpoint.Size, entry.Record!.Value.Index);
    }

    private static string Clean(string name) => string.Concat(name.Where(static c => !char.IsControl(c)).Take(200));
}

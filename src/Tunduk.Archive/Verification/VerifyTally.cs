using System.Collections.Concurrent;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Verification;

/// <summary>Counts of a running verification; safe for concurrent use.</summary>
internal sealed class VerifyTally(VerifyOptions options)
{
    private readonly ConcurrentQueue<VerifyFailure> failures = [];
    private readonly long[] counts = new long[Enum.GetValues<Count>().Length];
    private long failureCount;

    /// <summary>Entries whose time-stamp a trusted authority gave, with its time: a few words for each.</summary>
    public ConcurrentQueue<Stamp> Stamps { get; } = [];

    /// <summary>What is not wrong and must be known all the same.</summary>
    public ConcurrentQueue<string> Notices { get; } = [];

    /// <summary>Hashes of checkpoints that came to somebody and that the archive holds.</summary>
    public ConcurrentDictionary<LogHash, byte> Met { get; } = [];

    /// <summary>Own subsystems that entries name.</summary>
    public ConcurrentDictionary<string, byte> Owners { get; } = new(StringComparer.Ordinal);

    internal readonly record struct Stamp(RecordId Entry, DateTimeOffset Time);

    public enum Count
    {
        Logs,
        Entries,
        Checkpoints,
        CheckpointsOfLost,
        Open,
        Complete,
        Partial,
        Erased,
        Values,
        Parts,
        Chunks,
        Terms,
        Sealed,
        Verified,
        Attested,
        Absent,
        FailedSignature,
        TimestampsUnchecked,
    }

    public void Add(Count what, long number = 1) => Interlocked.Add(ref counts[(int)what], number);

    public long Get(Count what) => Interlocked.Read(ref counts[(int)what]);

    public void Fail(RecordId? record, string code, string detail)
    {
        VerifyFailure failure = new(record, code, detail);
        if (Interlocked.Increment(ref failureCount) <= options.MaxListed)
        {
            failures.Enqueue(failure);
        }
        else
        {
            options.Unlisted?.Invoke(failure);
        }
    }

    public VerifyReport Report(bool signerEstablished, string statement, IReadOnlyList<string> notices) => new()
    {
        Logs = Get(Count.Logs),
        Entries = Get(Count.Entries),
        Checkpoints = Get(Count.Checkpoints),
        SealedComplete = Get(Count.Complete),
        SealedPartial = Get(Count.Partial),
        SealedErased = Get(Count.Erased),
        Values = Get(Count.Values),
        Parts = Get(Count.Parts),
        SignaturesVerified = Get(Count.Verified),
        SignaturesAttested = Get(Count.Attested),
        SignaturesAbsent = Get(Count.Absent),
        SignaturesFailed = Get(Count.FailedSignature),
        Timestamps = Stamps.Count,
        TimestampsUnchecked = Get(Count.TimestampsUnchecked),
        SignerEstablished = signerEstablished,
        FailureCount = Interlocked.Read(ref failureCount),
        Failures = [.. failures.OrderBy(static f => f.Record?.Index ?? -1)],
        RewriteStatement = statement,
        Notices = [.. notices, .. Notices],
    };
}

using Tunduk.Archive.Heads;
using Tunduk.Archive.Stores;
using Tunduk.Archive.Writing;
using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Tests;

/// <summary>Which write to break, counted over all stores of a test, and whether it is persisted before it breaks.</summary>
internal sealed class FaultPlan
{
    public int Commits { get; set; }
    public int BreakCommit { get; set; } = -1;
    public bool Persist { get; set; }
    public int Opened { get; set; }
    public int HeadWrites { get; set; }

    /// <summary>Called on the writer's thread before each commit.</summary>
    public Action<StoreBatch>? Committing { get; set; }
    public int BreakHead { get; set; } = -1;

    /// <summary>Called before each write of the head.</summary>
    public Action? MovingHead { get; set; }

    /// <summary>The head store cannot be written.</summary>
    public bool HeadDown { get; set; }

    /// <summary>What the breaking write says.</summary>
    public ArchiveFaultCode Code { get; set; } = ArchiveFaultCode.ArchiveUnwritable;
}

/// <summary>A real store whose writes break as planned.</summary>
internal sealed class FaultyStore(IArchiveStore inner, FaultPlan plan) : IArchiveStore
{
    public ISpace Space => inner.Space;

    public bool IsShared => inner.IsShared;

    public void Reclaim(bool deep) => inner.Reclaim(deep);

    public IDisposable LockRetention() => inner.LockRetention();

    public ILogStore NewWriter() => new FaultyLogStore(inner.NewWriter(), plan);

    public T Use<T>(Func<IStoreReader, T> read) => inner.Use(read);

    public Task<T> UseAsync<T>(Func<IStoreReader, Task<T>> read) => inner.UseAsync(read);

    public void Dispose() => inner.Dispose();
}

/// <summary>The writer of a <see cref="FaultyStore"/>.</summary>
internal sealed class FaultyLogStore(ILogStore inner, FaultPlan plan) : ILogStore
{
    public ValueTask<StoreState?> OpenAsync(CancellationToken cancellationToken)
    {
        plan.Opened++;
        return inner.OpenAsync(cancellationToken);
    }

    public ValueTask CreateLogAsync(LogId log, string origin, CancellationToken cancellationToken) => inner.CreateLogAsync(log, origin, cancellationToken);

    public ValueTask<IReadOnlyList<ClaimRow>> FindClaimsAsync(IReadOnlyList<byte[]> macs, CancellationToken cancellationToken) => inner.FindClaimsAsync(macs, cancellationToken);

    public ValueTask<EndRow?> FindEndAsync(RecordId request, CancellationToken cancellationToken) => inner.FindEndAsync(request, cancellationToken);

    public ValueTask<LogEntry?> FindEntryAsync(RecordId record, CancellationToken cancellationToken) => inner.FindEntryAsync(record, cancellationToken);

    public async ValueTask CommitAsync(StoreBatch batch, CancellationToken cancellationToken)
    {
        plan.Committing?.Invoke(batch);
        bool breaks = plan.Commits++ == plan.BreakCommit;
        if (!breaks || plan.Persist)
        {
            await inner.CommitAsync(batch, cancellationToken);
        }

        if (breaks)
        {
            throw new StoreException(plan.Code, "injected");
        }
    }

    public ValueTask<long> FindAppliedAsync(LogId journal, CancellationToken cancellationToken) => inner.FindAppliedAsync(journal, cancellationToken);

    public ValueTask<ScrubState> ScrubAsync(bool deep, CancellationToken cancellationToken) => inner.ScrubAsync(deep, cancellationToken);

    public ValueTask PurgeClaimsAsync(long before, CancellationToken cancellationToken) => inner.PurgeClaimsAsync(before, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>A head store whose writes break as planned.</summary>
internal sealed class FaultyHead(IHeadStore inner, FaultPlan plan) : IHeadStore
{
    public HeadState? Open() => inner.Open();

    public void Replace(HeadState? expected, HeadState next)
    {
        plan.MovingHead?.Invoke();
        bool breaks = plan.HeadWrites++ == plan.BreakHead || plan.HeadDown;
        if (!breaks || plan.Persist)
        {
            inner.Replace(expected, next);
        }

        if (breaks)
        {
            throw new StoreException(ArchiveFaultCode.ArchiveUnwritable, "injected");
        }
    }

    public void Dispose() => inner.Dispose();
}

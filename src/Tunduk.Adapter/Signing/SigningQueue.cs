using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tunduk.Adapter.Exchange;
using Tunduk.Adapter.Keys;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// Signatures of one slow key, one at a time on a thread of its own: what does not sign with this key never waits for it.
/// The queue is bounded, every wait has a deadline, and checkpoints have places that messages cannot take.
/// </summary>
internal sealed class SigningQueue : IDisposable
{
    /// <summary>Places for checkpoints beside the queue's own length.</summary>
    public const int Reserved = 4;

    /// <summary>How long after a failure the key is tried without a message.</summary>
    public static readonly TimeSpan TrialAfter = TokenSession.RetryAfter + TimeSpan.FromMilliseconds(100);

    private readonly Func<ReadOnlyMemory<byte>, byte[]> sign;
    private readonly int length;
    private readonly TimeSpan deadline;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly LinkedList<Work> messages = new();
    private readonly LinkedList<Work> checkpoints = new();
    private readonly SemaphoreSlim waiting = new(0);
    private readonly CancellationTokenSource stopped = new();
    private Action? trial;
    private readonly ITimer trials;
    private volatile string? failure;

    /// <summary>Starts the queue.</summary>
    /// <param name="name">Name of the key.</param>
    /// <param name="sign">Signs; may take long.</param>
    /// <param name="length">Messages that may wait.</param>
    /// <param name="deadline">Longest wait of one of them, signing included.</param>
    /// <param name="clock">The clock of the deadline.</param>
    /// <param name="trial">Tries whether the key signs again, every <see cref="TrialAfter"/> while it does not; null: the next message does.</param>
    public SigningQueue(string name, Func<ReadOnlyMemory<byte>, byte[]> sign, int length, TimeSpan deadline, TimeProvider clock, Action? trial = null)
    {
        this.sign = sign;
        this.length = length;
        this.deadline = deadline;
        this.clock = clock;
        this.trial = trial;
        trials = clock.CreateTimer(_ => waiting.Release(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var stop = stopped.Token;
        new Thread(() => Run(stop)) { IsBackground = true, Name = $"signing {name}" }.Start();
    }

    /// <summary>Messages and checkpoints that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return messages.Count + checkpoints.Count;
            }
        }
    }

    /// <summary>True from a failed signature until the next good one, or a good trial.</summary>
    public bool IsBroken => failure is not null;

    /// <summary>Why the last signature was not made; null where it was.</summary>
    public string? Failure => failure;

    /// <summary>Signs when it is this work's turn.</summary>
    /// <param name="data">What is signed.</param>
    /// <param name="isCheckpoint">Takes a reserved place, before all messages.</param>
    /// <param name="cancellationToken">Ends the wait, not a signature under way.</param>
    /// <exception cref="SigningUnavailableException">The queue is full, the deadline has passed or the token has failed.</exception>
    public async ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, bool isCheckpoint, CancellationToken cancellationToken)
    {
        var work = new Work(data);
        lock (gate)
        {
            var (queue, most) = isCheckpoint ? (checkpoints, Reserved) : (messages, length);
            if (queue.Count >= most)
            {
                throw new SigningUnavailableException(ExchangeCodes.SigningQueueFull, RefusalPhrases.Of("that_many_wait", queue.Count));
            }

            queue.AddLast(work.Place);
        }

        waiting.Release();
        try
        {
            return await work.Done.Task.WaitAsync(deadline, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new SigningUnavailableException(ExchangeCodes.SigningTimeout, RefusalPhrases.Of("none_within_s", deadline.TotalSeconds));
        }
        finally
        {
            // What nobody waits for any more gives its place back and is not signed.
            lock (gate)
            {
                work.Place.List?.Remove(work.Place);
            }
        }
    }

    /// <summary>No message is meant to come any more: a key that failed is not tried without one.</summary>
    public void Rest() => trial = null;

    public void Dispose()
    {
        stopped.Cancel();
        trials.Dispose();
        lock (gate)
        {
            foreach (var work in messages.Concat(checkpoints))
            {
                work.Done.TrySetException(new SigningUnavailableException(ExchangeCodes.SigningFailed, RefusalPhrases.Of("adapter_is_stopping")));
            }
        }

        stopped.Dispose();
    }

    private bool TryTake([NotNullWhen(true)] out Work? work)
    {
        lock (gate)
        {
            var first = checkpoints.First ?? messages.First;
            first?.List!.Remove(first);
            work = first?.Value;
            return work is not null;
        }
    }

    private void Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                waiting.Wait(stop);
                if (TryTake(out var work))
                {
                    Sign(work);
                }
                else if (IsBroken && trial is { } once)
                {
                    Try(once);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private void Sign(Work work)
    {
        try
        {
            var value = sign(work.Data);
            failure = null;
            work.Done.TrySetResult(value);
        }
        catch (Exception exception)
        {
            // Whatever the token's library throws: the queue's thread lives on, and the caller gets its refusal.
            Fail(exception);
            var found = exception is TokenException token ? RefusalPhrases.Of("token_refused_with_code", token.Fault.CodeName) : RefusalPhrases.Of("token_refused_with_number", exception.HResult);
            work.Done.TrySetException(new SigningUnavailableException(ExchangeCodes.SigningFailed, found, exception));
        }
    }

    private void Try(Action once)
    {
        try
        {
            once();
            failure = null;
        }
        catch (Exception exception)
        {
            Fail(exception);
        }
    }

    private void Fail(Exception exception)
    {
        failure = exception is TokenException token ? $"{token.Message}. {token.Fault.Remedy}" : $"{exception.HResult:X8}";
        if (trial is not null && !stopped.IsCancellationRequested)
        {
            _ = trials.Change(TrialAfter, Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class Work
    {
        public Work(ReadOnlyMemory<byte> data)
        {
            Data = data;
            Place = new LinkedListNode<Work>(this);
        }

        public ReadOnlyMemory<byte> Data { get; }

        public LinkedListNode<Work> Place { get; }

        public TaskCompletionSource<byte[]> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Tunduk.Adapter.Exchange;

namespace Tunduk.Adapter.Signing;

/// <summary>
/// Signatures of one slow key, one at a time on a thread of its own: what does not sign with this key never waits for it.
/// The queue is bounded, every wait has a deadline, and checkpoints have places that messages cannot take.
/// </summary>
internal sealed class SigningQueue : IDisposable
{
    /// <summary>Places for checkpoints beside the queue's own length.</summary>
    public const int Reserved = 4;

    private readonly Func<ReadOnlyMemory<byte>, byte[]> sign;
    private readonly int length;
    private readonly TimeSpan deadline;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly LinkedList<Work> messages = new();
    private readonly LinkedList<Work> checkpoints = new();
    private readonly SemaphoreSlim waiting = new(0);
    private readonly CancellationTokenSource stopped = new();

    /// <summary>Starts the queue.</summary>
    /// <param name="name">Name of the key.</param>
    /// <param name="sign">Signs; may take long.</param>
    /// <param name="length">Messages that may wait.</param>
    /// <param name="deadline">Longest wait of one of them, signing included.</param>
    /// <param name="clock">The clock of the deadline.</param>
    public SigningQueue(string name, Func<ReadOnlyMemory<byte>, byte[]> sign, int length, TimeSpan deadline, TimeProvider clock)
    {
        this.sign = sign;
        this.length = length;
        this.deadline = deadline;
        this.clock = clock;
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

    /// <summary>True from a failed signature until the next good one.</summary>
    public bool IsBroken { get; private set; }

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
                throw new SigningUnavailableException(ExchangeCodes.SigningQueueFull, $"{queue.Count} that wait");
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
            throw new SigningUnavailableException(ExchangeCodes.SigningTimeout, $"none within {deadline.TotalSeconds:0.###} s");
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

    public void Dispose()
    {
        stopped.Cancel();
        lock (gate)
        {
            foreach (var work in messages.Concat(checkpoints))
            {
                work.Done.TrySetException(new SigningUnavailableException(ExchangeCodes.SigningFailed, "the adapter is stopping"));
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
            IsBroken = false;
            work.Done.TrySetResult(value);
        }
        catch (Exception exception)
        {
            // Whatever the token's library throws: the queue's thread lives on, and the caller gets its refusal.
            IsBroken = true;
            work.Done.TrySetException(new SigningUnavailableException(ExchangeCodes.SigningFailed, $"the token refused ({exception.HResult:X8})", exception));
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
